"""Times our evaluation beside the official one on the same predictions and measures.

    python -m training.bench_evaluate --data DIR [--official DIR] [--predictions FILE] [--split dev]

Without ``--predictions`` the gold queries are the predictions. Without ``--official`` only ours is timed.
``--official`` is a checkout of taoyds/test-suite-sql-eval. It needs packages of its own, which this
project does not bring: sqlparse, and nltk with its punkt data. Put them in a folder and name that:

    pip install --target official-packages sqlparse nltk
    PYTHONPATH="$PWD/official-packages" python -m nltk.downloader punkt punkt_tab
    PYTHONPATH="$PWD/official-packages" make bench-evaluate DATA=DIR OFFICIAL=DIR

Its ``evaluation.py`` is run as it is, ``--etype all``, once without and once with ``--keep_distinct``
because one run of ours computes both. It opens databases for writing, so it gets a copy of them.
Prints a table, and one JSON object on the last line.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from nlidb.errors import NlidbError
from nlidb.evaluate import evaluate, read_predictions
from nlidb.spider import load_examples, load_schemas

OFFICIAL_HELP = (
    "a checkout of taoyds/test-suite-sql-eval; it needs sqlparse, and nltk with its punkt data: name the "
    "folder that holds them in PYTHONPATH"
)


def time_official(
    official: Path, data: Path, split: str, predictions: Sequence[str], keep_distinct: bool
) -> float:
    """Seconds that the official script takes; it must end well."""
    examples = load_examples(data, split)
    with tempfile.TemporaryDirectory(prefix="nlidb-") as name:
        folder = Path(name)
        shutil.copytree(data / "database", folder / "database")
        gold, predicted = folder / "gold.txt", folder / "predicted.txt"
        gold.write_text(
            "".join(f"{' '.join(one.sql.split())}\t{one.db_id}\n" for one in examples),
            encoding="utf-8",
        )
        # An empty line would end a session there.
        lines = (" ".join(sql.split()) or "SELECT" for sql in predictions)
        predicted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [sys.executable, "evaluation.py", "--etype", "all"]
        command += ["--gold", str(gold), "--pred", str(predicted)]
        command += ["--db", str(folder / "database")]
        command += ["--table", str((data / "tables.json").resolve())]
        command += ["--keep_distinct"] if keep_distinct else []
        started = time.perf_counter()
        subprocess.run(command, cwd=official, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - started


def time_ours(data: Path, split: str, predictions: Sequence[str], processes: int | None) -> float:
    """Seconds for all our measures, reading the files included."""
    started = time.perf_counter()
    examples = load_examples(data, split)
    schemas = load_schemas(data / "tables.json")
    evaluate(examples, schemas, data / "database", predictions, processes=processes)
    return time.perf_counter() - started


def main() -> int:
    """Run what was asked for; 0 if all ended well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--official", type=Path, help=OFFICIAL_HELP)
    parser.add_argument("--predictions", type=Path, help="one SQL a line")
    parser.add_argument("--split", default="dev")
    parser.add_argument("--processes", type=int, default=None)
    options = parser.parse_args()
    if options.official is not None and not (options.official / "evaluation.py").is_file():
        print(f"There is no evaluation.py in {options.official}.", file=sys.stderr)
        return 3
    data, split = options.data, options.split
    try:
        examples = load_examples(data, split)
        predictions = [example.sql for example in examples]
        if options.predictions is not None:
            found = read_predictions(options.predictions, examples)
            predictions = [one.sql or "" for one in found]
        rows = {
            "ours_seconds": time_ours(data, split, predictions, options.processes),
            "ours_one_process_seconds": time_ours(data, split, predictions, 1),
        }
        if options.official is not None:
            for title, keep in (("official", False), ("official_keep_distinct", True)):
                rows[f"{title}_seconds"] = time_official(
                    options.official, data, split, predictions, keep
                )
            both = rows["official_seconds"] + rows["official_keep_distinct_seconds"]
            rows["times_faster"] = both / rows["ours_seconds"]
    except NlidbError as error:
        print(error, file=sys.stderr)
        return 3
    except subprocess.CalledProcessError as error:
        print(f"The official script failed with exit code {error.returncode}.", file=sys.stderr)
        print(OFFICIAL_HELP, file=sys.stderr)
        return 1
    print(f"{len(examples)} examples of {split}")
    for title, value in rows.items():
        print(f"{title.replace('_', ' '):34s} {value:8.2f}")
    print(json.dumps({title: round(value, 3) for title, value in rows.items()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
