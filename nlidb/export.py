"""Write all rows of a ValidQuery to a CSV file: streamed, and never a half-written file.

The rows go to a file beside the target, which takes its place only when it is whole: a full disk, a stopped
query or a killed process leaves the target as it was. Cells are written as they are; a spreadsheet may read one
that begins with ``=`` as a formula.
"""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
import threading
from pathlib import Path
from typing import Final

from nlidb.database import Database
from nlidb.errors import ExecutionFailed
from nlidb.execute import stream
from nlidb.validate import ValidQuery

EXPORT_SECONDS: Final = 600.0
MAX_EXPORT_CELL: Final = 10_000_000
"""Characters of a cell: an export keeps what a screen would cut."""


def write_csv(
    database: Database,
    valid: ValidQuery,
    path: str | Path,
    *,
    timeout: float = EXPORT_SECONDS,
    cancel: threading.Event | None = None,
) -> int:
    """Write the query's rows to ``path`` as UTF-8 CSV with a line of column names.

    NULL is an empty cell. An existing file is replaced.

    Returns:
        How many rows were written.

    Raises:
        ExecutionFailed: the file cannot be written (no such folder, no right, disk full), or the engine
            broke off.
        QueryTimeout, ConnectionFailed: as ``execute``.
    """
    target = Path(path)
    count = 0
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(
            dir=target.absolute().parent, prefix=f".{target.name[:50]}-", suffix=".part"
        )
        beside = Path(name)
        with (
            os.fdopen(handle, "w", encoding="utf-8", newline="") as file,
            stream(database, valid, timeout=timeout, max_cell=MAX_EXPORT_CELL, cancel=cancel) as (
                columns,
                batches,
            ),
        ):
            writer = csv.writer(file)
            writer.writerow(columns)
            for rows in batches:
                writer.writerows(rows)
                count += len(rows)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o666 & ~_umask())
        beside.replace(target)
        beside = None
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ExecutionFailed(
            f"{str(path)!r} could not be written: {reason}.",
            hint="Check the folder, its rights and the free space.",
        ) from error
    finally:
        if beside is not None:
            with contextlib.suppress(OSError):
                beside.unlink()
    return count


def _umask() -> int:
    """The process's file mask; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
