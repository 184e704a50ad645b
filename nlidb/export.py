"""Write all rows of a ValidQuery to a file: CSV here, streamed; and never a half-written file of any kind.

The rows go to a file beside the target, which takes its place only when it is whole: a full disk, a stopped
query or a killed process leaves the target as it was. Cells are written as they are; a spreadsheet may read one
that begins with ``=`` as a formula.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from nlidb.database import Database
from nlidb.errors import ExecutionFailed
from nlidb.execute import MAX_EXPORT_BYTES, stream
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
    max_bytes: int = MAX_EXPORT_BYTES,
    cancel: threading.Event | None = None,
) -> int:
    """Write the query's rows to ``path`` as UTF-8 CSV with a line of column names.

    NULL is an empty cell. An existing file is replaced.

    Returns:
        How many rows were written.

    Raises:
        ExecutionFailed: the file cannot be written (no such folder, no right, disk full), the values have more
            than ``max_bytes``, or the engine broke off.
        QueryTimeout, ConnectionFailed: as ``execute``.
    """
    count = 0
    with (
        whole_file(path) as file,
        stream(
            database,
            valid,
            timeout=timeout,
            max_cell=MAX_EXPORT_CELL,
            max_bytes=max_bytes,
            cancel=cancel,
        ) as (columns, batches),
    ):
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text)
        try:
            writer.writerow(columns)
            for rows in batches:
                writer.writerows(rows)
                count += len(rows)
        finally:
            text.detach()  # whole_file closes it
    return count


@contextlib.contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of ``path`` when the block has ended without an error.

    After an error ``path`` is as it was, and nothing is left beside it.

    Raises:
        ExecutionFailed: it cannot be written: no such folder, no right, disk full.
    """
    target = Path(path)
    beside: Path | None = None
    file: BinaryIO | None = None
    try:
        handle, name = tempfile.mkstemp(
            dir=target.absolute().parent, prefix=f".{target.name[:50]}-", suffix=".part"
        )
        beside = Path(name)
        file = os.fdopen(handle, "w+b")
        yield file
        file.flush()
        os.fsync(file.fileno())
        file.close()
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
        with contextlib.suppress(OSError, ValueError):
            if file is not None:
                file.close()  # on a full disk it cannot write what it still holds
        with contextlib.suppress(OSError):
            if beside is not None:
                beside.unlink()


def _umask() -> int:
    """The process's file mask; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
