"""The command line: ``nlidb`` and ``python -m nlidb``.

Text for people, or exactly one JSON object on standard output with ``--json``; progress and logs
go to standard error. Exit codes: 0 answered; 1 it asks back, declines, or the SQL was refused or
failed; 2 wrong usage; 3 the database or a file could not be reached; 130 after Ctrl-C.

Every import that costs time stands inside the command that needs it, so that ``--help`` is quick.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from nlidb import __version__
from nlidb.errors import (
    CheckpointError,
    ConfigError,
    ConnectionFailed,
    NlidbError,
)

if TYPE_CHECKING:
    from nlidb.answer import Answer
    from nlidb.assistant import Assistant
    from nlidb.evaluate import Evaluation, PerturbationScore

ANSWERED, NOT_ANSWERED, WRONG_USAGE, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 130
SHOWN_ROWS = 50
"""Rows printed in a terminal; --json prints all."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        options = _parser().parse_args(arguments)
        logging.basicConfig(
            stream=sys.stderr,
            level=logging.DEBUG if options.verbose else logging.WARNING,
            format="%(levelname)s %(name)s: %(message)s" if options.verbose else "%(message)s",
        )
        command: Callable[[argparse.Namespace], int] = options.command
        code = command(options)
        sys.stdout.flush()
        return code
    except NlidbError as error:
        if as_json:
            _print_json({"error": error.to_dict()})
        else:
            print(f"Error: {error}", file=sys.stderr)
        return _exit_code(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has gone; without this Python complains again when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ANSWERED


def _exit_code(error: NlidbError) -> int:
    if isinstance(error, ConfigError):
        return WRONG_USAGE
    if isinstance(error, ConnectionFailed | CheckpointError):
        return UNREACHABLE
    return NOT_ANSWERED


class _Arguments(argparse.ArgumentParser):
    """Raises a ``ConfigError`` on wrong usage, so that it is reported as every other error is."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message[:1].upper()}{message[1:]}.", hint=f"See: {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Arguments(
        prog="nlidb",
        description="Ask a database in English. Only checked, read-only SQL is run.",
        epilog="DB is a SQLAlchemy URL or a file (.sqlite .duckdb .csv .parquet); left out, it is "
        "the demo database. Questions in English only, for now.",
    )
    parser.add_argument("--version", action="version", version=f"nlidb {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Arguments)

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str) -> _Arguments:
        command = commands.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.")
        command.add_argument("-v", "--verbose", action="store_true", help="logs on standard error")
        command.set_defaults(command=run)
        return command

    def add_db(command: _Arguments) -> None:
        command.add_argument("--db", metavar="DB", help="a SQLAlchemy URL or a file")

    def add_private(command: _Arguments) -> None:
        command.add_argument(
            "--private",
            action="append",
            default=[],
            metavar="TABLE.COLUMN",
            help="a column that nobody may see (again for more)",
        )

    def add_audit(command: _Arguments) -> None:
        command.add_argument(
            "--audit", metavar="FILE", help="add one JSON line for each question to FILE"
        )

    def add_max_cost(command: _Arguments) -> None:
        command.add_argument(
            "--max-cost",
            type=float,
            metavar="C",
            help="refuse a query that the database estimates above C, in its own unit",
        )

    def add_catalogues(command: _Arguments) -> None:
        command.add_argument(
            "--catalogues",
            action="store_true",
            help="SQL may read the database's own system tables",
        )

    def add_json(command: _Arguments) -> None:
        command.add_argument(
            "--json", action="store_true", help="one JSON object on standard output"
        )

    def add_checkpoint(command: _Arguments) -> None:
        command.add_argument("--checkpoint", metavar="DIR", help="the model's folder")

    ask = add("ask", _ask, "one question, one answer")
    add_db(ask)
    add_json(ask)
    add_checkpoint(ask)
    add_private(ask)
    add_audit(ask)
    add_catalogues(ask)
    ask.add_argument("--no-run", action="store_true", help="write the SQL, do not run it")
    ask.add_argument("--limit", type=int, default=1000, metavar="N", help="most rows (1000)")
    ask.add_argument(
        "--timeout", type=float, default=30.0, metavar="S", help="most seconds a query may run (30)"
    )
    add_max_cost(ask)
    ask.add_argument(
        "--alternatives",
        type=int,
        default=3,
        metavar="K",
        help="how many other readings to name (3)",
    )
    ask.add_argument("question", metavar="QUESTION")

    chat = add("chat", _chat, "questions and follow-ups in the terminal")
    add_db(chat)
    add_checkpoint(chat)
    add_private(chat)
    add_audit(chat)
    add_catalogues(chat)
    add_max_cost(chat)

    app = add("app", _app, "the chat page in a browser")
    add_db(app)
    add_checkpoint(app)
    add_private(app)
    add_audit(app)
    add_max_cost(app)
    app.add_argument("--port", type=int, default=8501, metavar="P", help="port (8501)")
    app.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="address to listen on (127.0.0.1)"
    )

    schema = add("schema", _schema, "what the assistant sees: tables, columns, keys, linked values")
    add_db(schema)
    add_private(schema)
    add_json(schema)

    check = add("check", _check, "says whether SQL is one valid, read-only statement here")
    add_db(check)
    add_private(check)
    add_catalogues(check)
    add_json(check)
    check.add_argument("sql", metavar="SQL")

    evaluate = add("evaluate", _evaluate, "Spider-style evaluation of our model or of any SQL file")
    add_json(evaluate)
    add_checkpoint(evaluate)
    evaluate.add_argument(
        "--data",
        metavar="DIR",
        default=os.environ.get("NLIDB_DATA") or None,
        help="folder in Spider's layout (or set NLIDB_DATA)",
    )
    evaluate.add_argument("--split", default="dev", metavar="NAME", help="reads NAME.json (dev)")
    evaluate.add_argument("--examples", metavar="FILE", help="examples, in place of the split's")
    evaluate.add_argument("--tables", metavar="FILE", help="tables.json, in place of the folder's")
    evaluate.add_argument("--database", metavar="DIR", help="databases, in place of the folder's")
    evaluate.add_argument("--predictions", metavar="FILE", help="predicted SQL, one line each")
    evaluate.add_argument(
        "--compare", nargs=2, metavar=("A", "B"), help="two reports (JSON), side by side"
    )
    evaluate.add_argument("--perturb", action="store_true", help="also on changed questions")
    evaluate.add_argument("--limit", type=int, metavar="N", help="only the first N examples")
    evaluate.add_argument("--report", metavar="DIR", help="write report.html and report.json there")

    models = add("models", _models, "which checkpoint is in use")
    add_json(models)
    add_checkpoint(models)
    return parser


def _connect(options: argparse.Namespace, **limits: Any) -> Assistant:
    from nlidb.assistant import Assistant

    return Assistant.connect(
        options.db,
        checkpoint=getattr(options, "checkpoint", None),
        private=options.private,
        audit=getattr(options, "audit", None),
        catalogues=options.catalogues,
        max_cost=getattr(options, "max_cost", None),
        **limits,
    )


def _interruptible(work: Callable[[threading.Event], Answer]) -> Answer:
    """Do the work in a thread, so that Ctrl-C stops a query that is busy inside the engine.

    Python handles a signal between two steps of the main thread, which a driver's call is not.
    """
    cancel = threading.Event()
    outcome: list[Answer | BaseException] = []

    def run() -> None:
        try:
            outcome.append(work(cancel))
        except BaseException as error:  # handed to the main thread, whatever it is
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.05)
    except KeyboardInterrupt:
        cancel.set()
        thread.join(5)
        raise
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _ask(options: argparse.Namespace) -> int:
    question, count = options.question, options.alternatives
    with _connect(options, limit=options.limit, timeout=options.timeout) as assistant:
        if options.no_run:
            answer = assistant.translate(question, alternatives=count)
        else:
            answer = _interruptible(
                lambda cancel: assistant.ask(question, alternatives=count, cancel=cancel)
            )
    if options.json:
        _print_json(answer.to_dict())
    else:
        _print_answer(answer)
        if answer.choices:
            print("Say more exactly what you mean, or type the number in `nlidb chat`.")
    return ANSWERED if answer.outcome == "answered" else NOT_ANSWERED


def _check(options: argparse.Namespace) -> int:
    with _connect(options) as assistant:
        check = assistant.check(options.sql)
    if options.json:
        _print_json(check.to_dict())
    elif check.ok:
        print("OK: one read-only statement.")
        if check.tables:
            print(f"Tables: {', '.join(check.tables)}")
        if check.columns:
            print(f"Columns: {', '.join(check.columns)}")
    else:
        print(f"Refused ({check.rule}): {check.reason}")
        if check.position is not None:
            print(f"At: {_clean(check.sql[check.position : check.position + 60])}")
    return ANSWERED if check.ok else NOT_ANSWERED


def _schema(options: argparse.Namespace) -> int:
    from nlidb.database import Database
    from nlidb.demo import demo_path
    from nlidb.edges import whole_keys
    from nlidb.values import ValueIndex

    source = options.db if options.db is not None else demo_path()
    with Database.open(source, private=options.private) as database:
        schema = database.schema
        index = ValueIndex.build(schema, database.distinct_values)
    if options.json:
        _print_json(
            {
                "db_id": schema.db_id,
                "dialect": schema.dialect,
                "tables": [
                    {
                        "name": table.name,
                        "view": table.is_view,
                        "comment": table.comment,
                        "columns": [
                            {
                                "name": schema.columns[c].name,
                                "type": schema.columns[c].type,
                                "sql_type": schema.columns[c].sql_type,
                                "primary_key": schema.columns[c].primary_key,
                                "comment": schema.columns[c].comment,
                                "values": list(index.samples(c)),
                                "values_linked": index.columns[c].indexed,
                            }
                            for c in table.columns
                        ],
                    }
                    for table in schema.tables
                ],
                "foreign_keys": [
                    {
                        "column": _qualified(schema, key.column),
                        "ref_column": _qualified(schema, key.ref_column),
                        "inferred": key.inferred,
                        "score": key.score,
                        "group": key.group,
                    }
                    for key in schema.foreign_keys
                ],
            }
        )
        return ANSWERED
    print(f"{schema.db_id} ({schema.dialect})")
    for table in schema.tables:
        kind = "view " if table.is_view else ""
        comment = f"  -- {table.comment}" if table.comment else ""
        print(f"\n{kind}{_clean(table.name)}{_clean(comment)}")
        names = [schema.columns[c].name for c in table.columns]
        width = min(30, max(map(len, names), default=0))
        for c in table.columns:
            column = schema.columns[c]
            key = " key" if column.primary_key else ""
            samples = ", ".join(index.samples(c)[:3])
            line = f"  {column.name:<{width}}  {column.type}{key}"
            print(_clean(f"{line:<{width + 14}}  {samples[:60]}".rstrip()))
    if schema.foreign_keys:
        print("\nJoins")
    for parts in whole_keys(schema):
        inferred = "  (inferred)" if parts[0].inferred else ""
        pairs = [(_qualified(schema, p.column), _qualified(schema, p.ref_column)) for p in parts]
        print(_clean("  " + " AND ".join(f"{a} = {b}" for a, b in pairs) + inferred))
    return ANSWERED


def _qualified(schema: Any, column: int) -> str:
    found = schema.columns[column]
    return f"{schema.tables[found.table].name}.{found.name}"


def _models(options: argparse.Namespace) -> int:
    from nlidb.assistant import shipped_checkpoint
    from nlidb.checkpoint import read_config

    folder = Path(options.checkpoint) if options.checkpoint else shipped_checkpoint()
    config = read_config(folder)
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    facts = {
        "checkpoint": folder.name,
        "folder": str(folder),
        "megabytes": round(size / 1e6, 1),
        **config["facts"],
    }
    if options.json:
        _print_json(facts)
        return ANSWERED
    for name, value in facts.items():
        text = json.dumps(value) if isinstance(value, dict | list) else str(value)
        print(f"{name.replace('_', ' '):<22} {_clean(text)}")
    return ANSWERED


def _evaluate(options: argparse.Namespace) -> int:
    if options.compare:
        return _compare(options)
    if options.perturb and options.predictions:
        raise ConfigError(
            "--perturb asks changed questions; --predictions answers the unchanged ones.",
            hint="Leave one of them out.",
        )
    data = None if options.data is None else Path(options.data)
    if data is None and not (options.examples and options.tables and options.database):
        raise ConfigError(
            "No data was named.",
            hint="Give --data DIR (or set NLIDB_DATA), or --examples, --tables and --database.",
        )
    from nlidb.evaluate import evaluate, read_predictions, sha256_of
    from nlidb.report import format_table
    from nlidb.report_file import write_report
    from nlidb.spider import load_examples, load_schemas, split_files

    tables = _named(options.tables, data, "tables.json")
    folder = _named(options.database, data, "database")
    schemas = load_schemas(tables)
    if options.examples:
        examples = load_examples(Path(options.examples))
        files = [tables, Path(options.examples)]
    else:
        assert data is not None
        examples = load_examples(data, options.split)
        files = [tables, *split_files(data, options.split)]
    if options.limit is not None:
        if options.limit < 1:
            raise ConfigError("--limit is the number of examples to score, 1 or more.")
        examples = examples[: options.limit]

    def progress(count: int) -> None:
        print(f"\rscored {count} of {len(examples)}", end="", file=sys.stderr, flush=True)

    shared: dict[str, Any] = {"data_files": files}
    if sys.stderr.isatty():
        shared["progress"] = progress
    stopped: BaseException | None = None
    if options.predictions:
        file, limited = Path(options.predictions), options.limit is not None
        predictions = read_predictions(file, examples, limited=limited)
        evaluation = evaluate(examples, schemas, folder, predictions, **shared)
        evaluation = dataclasses.replace(evaluation, predictions_sha256=sha256_of(file))
    else:
        from nlidb.assistant import load_parser, shipped_checkpoint
        from nlidb.predictor import SpiderPredictor

        checkpoint = Path(options.checkpoint) if options.checkpoint else shipped_checkpoint()
        parser = load_parser(checkpoint)
        with SpiderPredictor(parser, schemas, folder) as predictor:
            evaluation = evaluate(
                examples, schemas, folder, predictor, checkpoint=checkpoint.name, **shared
            )
        if predictor.refused:
            print(f"{predictor.refused} candidates were refused.", file=sys.stderr)
        if options.perturb:
            scores, stopped = _perturb(examples, schemas, folder, parser, evaluation)
            evaluation = dataclasses.replace(evaluation, perturbations=tuple(scores))
    if "progress" in shared:
        print(file=sys.stderr)
    if options.report:
        command = " ".join(["nlidb", *sys.argv[1:]])
        page = write_report(evaluation, Path(options.report), command=command, commit=_commit())
        print(f"The report is in {page}", file=sys.stderr)
    if options.json:
        _print_json(evaluation.to_dict())
    else:
        print(_clean(format_table(evaluation)))
    if isinstance(stopped, NlidbError):
        print(f"Error: the other perturbations were given up: {stopped}", file=sys.stderr)
        return _exit_code(stopped)
    if stopped is not None:
        raise stopped
    return ANSWERED


def _perturb(
    examples: Any, schemas: Any, folder: Path, parser: Any, before: Evaluation
) -> tuple[list[PerturbationScore], BaseException | None]:
    """The scores of the kinds that were finished, and what stopped the others."""
    from nlidb.evaluate import evaluate_perturbations
    from nlidb.predictor import SpiderPredictor

    scores: list[PerturbationScore] = []
    with contextlib.ExitStack() as opened:

        def make_predictor(changed: Any, where: Path) -> SpiderPredictor:
            return opened.enter_context(SpiderPredictor(parser, changed, where))

        try:
            for score in evaluate_perturbations(examples, schemas, folder, make_predictor, before):
                scores.append(score)
        except BaseException as error:  # raised again once what is known has been written
            return scores, error
    return scores, None


def _named(given: str | None, data: Path | None, name: str) -> Path:
    """The file or folder that an option names, else that of this name in the data folder."""
    if given is not None:
        return Path(given)
    assert data is not None
    return data / name


def _commit() -> str:
    """The checkout's commit, "" for an installed package or without git."""
    import subprocess

    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def _compare(options: argparse.Namespace) -> int:
    if options.report:
        raise ConfigError(
            "--compare prints its table; it writes no --report.",
            hint="Leave --report out, or add --json and keep the output.",
        )
    from nlidb.intervals import compare
    from nlidb.report import format_comparison
    from nlidb.report_file import load_report

    first, second = (load_report(Path(name)) for name in options.compare)
    comparison = compare(first, second)
    if options.json:
        _print_json(comparison.to_dict())
    else:
        print(_clean(format_comparison(comparison)))
    return ANSWERED


def _app(options: argparse.Namespace) -> int:
    """Start Streamlit as a child process: it keeps its own event loop and settings."""
    import importlib.util
    import signal
    import subprocess

    from nlidb.audit import AuditLog

    if importlib.util.find_spec("streamlit") is None:
        raise ConfigError(
            "The chat page needs Streamlit, which is not installed.",
            hint="Install it: pip install 'nlidb[app]'",
        )
    page = Path(__file__).resolve().parent / "page" / "app.py"
    # By the environment, not by arguments: those of a process can be read by every user.
    environment = dict(os.environ)
    for name, value in (("DB", options.db), ("CHECKPOINT", options.checkpoint)):
        environment.pop(f"NLIDB_APP_{name}", None)
        if value is not None:
            environment[f"NLIDB_APP_{name}"] = value
    if options.private:
        environment["NLIDB_PRIVATE"] = ",".join(options.private)
    if options.audit is not None:
        environment["NLIDB_AUDIT"] = options.audit
    if options.max_cost is not None:
        if not options.max_cost > 0:
            raise ConfigError(f"The cost limit is {options.max_cost}; it must be more than 0.")
        environment["NLIDB_MAX_COST"] = str(options.max_cost)
    if environment.get("NLIDB_AUDIT"):
        AuditLog(environment["NLIDB_AUDIT"])  # says at once that it cannot be written
    loopback = options.host in {"127.0.0.1", "localhost", "::1"}
    if not loopback:
        print(
            f"Anyone who can reach {options.host}:{options.port} can ask this database.",
            file=sys.stderr,
        )
    settings = {
        "server.address": options.host,
        "server.port": str(options.port),
        "browser.serverAddress": options.host,
        "browser.gatherUsageStats": "false",
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "server.maxUploadSize": "200",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "theme.light.primaryColor": "#2456c7",
        "theme.dark.primaryColor": "#86a8ff",
    }
    command = [sys.executable, "-m", "nlidb.page", "run", str(page)]
    command += [f"--{name}={value}" for name, value in settings.items()]
    if loopback:
        # A page elsewhere must not reach this one under a name of its own (DNS rebinding).
        command += [f"--server.allowedHosts={name}" for name in ("localhost", "127.0.0.1", "::1")]
    child = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        return child.wait()
    except KeyboardInterrupt:
        try:
            child.wait(timeout=3)  # a terminal sends it the same signal
        except subprocess.TimeoutExpired:
            child.terminate()
            child.wait()
        raise


CHAT_HELP = """\
Ask in English; a follow-up ("and only those from Lyon") continues the last answer.
  \\sql          the SQL of the last answer
  \\why          how the last question was read: links and other readings
  \\schema       the tables and columns
  \\history      the questions so far
  \\csv FILE     save the last result, all of it (.xlsx and .parquet as well)
  \\refresh      read the tables and the stored values again
  \\forget       delete the index of stored values: none is linked until \\refresh
  \\help         this
  \\quit         leave (or Ctrl-D)
Ctrl-C stops a question that is being answered; at the prompt it leaves."""


def _chat(options: argparse.Namespace) -> int:
    with _connect(options) as assistant:
        terminal = sys.stdin.isatty()
        if terminal:
            import readline  # noqa: F401  gives input() line editing and the arrow keys' history

            schema = assistant.schema
            print(f"{schema.db_id}: {', '.join(table.name for table in schema.tables)}")
            print("Ask in English. \\help lists the commands.")
        last: Answer | None = None
        history: list[str] = []
        while True:
            # Ctrl-C at the prompt ends the chat, as it does everywhere; below, it stops the question alone.
            try:
                line = input("\n> " if terminal else "").strip()
            except EOFError:
                return ANSWERED
            if not line:
                continue
            try:
                if line.startswith("\\"):
                    if line in {"\\quit", "\\q"}:
                        return ANSWERED
                    _chat_command(line, assistant, last, history)
                    continue
                history.append(line)
                last = _interruptible(partial(_chat_answer, line, assistant, last))
                _print_answer(last)
            except NlidbError as error:
                print(f"Error: {error}")
            except KeyboardInterrupt:
                if not terminal:
                    raise
                print("\nStopped.")
            sys.stdout.flush()


def _chat_answer(
    line: str, assistant: Assistant, last: Answer | None, cancel: threading.Event
) -> Answer:
    if line.isdecimal() and last is not None and 0 < int(line) <= len(last.choices):
        from nlidb.answer import as_reading

        return as_reading(assistant.run(last.choices[int(line) - 1].sql, cancel=cancel), last)
    previous = last if last is not None and last.outcome == "answered" else None
    return assistant.ask(line, previous=previous, cancel=cancel)


def _chat_command(
    line: str, assistant: Assistant, last: Answer | None, history: Sequence[str]
) -> None:
    name, _, argument = line.partition(" ")
    if name == "\\help":
        print(CHAT_HELP)
    elif name == "\\schema":
        schema = assistant.schema
        for table in schema.tables:
            columns = ", ".join(schema.columns[c].name for c in table.columns)
            print(_clean(f"{table.name}: {columns}"))
    elif name == "\\history":
        for number, question in enumerate(history, 1):
            print(_clean(f"{number:>3}  {question}"))
    elif name == "\\refresh":
        assistant.refresh()
        print("The tables were read again; the stored values are, at the next question.")
    elif name == "\\forget":
        assistant.forget_values()
        print("The stored values are forgotten: none is linked to a question until \\refresh.")
    elif name not in {"\\sql", "\\why", "\\csv"}:
        raise ConfigError(f"There is no command {name}.", hint="\\help lists them.")
    elif last is None:
        raise ConfigError(f"{name} speaks of the last answer, and there is none yet.")
    elif name == "\\sql":
        print(_clean(last.sql or "The last question was not answered with SQL."))
    elif name == "\\why":
        _print_reasons(last)
    else:
        _save(assistant, last, argument.strip())


def _save(assistant: Assistant, answer: Answer, name: str) -> None:
    """The whole result, beyond the row limit of what was shown."""
    if not name:
        raise ConfigError("\\csv needs a file name.", hint="\\csv result.csv")
    if answer.sql is None:
        raise ConfigError("The last question was not answered with SQL: there are no rows to save.")
    try:
        path = Path(name).expanduser()
        there = path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(
            f"{name[:80]} is no file name: {error}.", hint="\\csv result.csv"
        ) from error
    if there:
        raise ConfigError(f"{name} is there already.", hint="Name another file.")
    count = assistant.save(answer.sql, path)
    print(f"{count:,} {'row' if count == 1 else 'rows'} saved to {name}.")


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


def _print_answer(answer: Answer) -> None:
    """An answer for a person: the sentence, the table, the SQL, how it was read."""
    from nlidb.answer import headline

    print(_clean(headline(answer)))
    for number, choice in enumerate(answer.choices, 1):
        print(_clean(f"  {number}. {choice.text}"))
        print(_clean(f"     {choice.sql}"))
    one_value = len(answer.rows) == 1 and len(answer.columns) == 1
    if answer.rows and not one_value:
        print()
        _print_table(answer)
    if answer.sql is not None:
        print(f"\nSQL   {_clean(answer.sql)}")
        print(f"Read  {_clean(answer.explanation)}")
        print(f"Sure  {answer.confidence:.0%}, {answer.timings['total']:,.0f} ms")
    for other in answer.alternatives:
        if answer.outcome == "answered":
            print(f"Or    {_clean(other.explanation)} ({other.confidence:.0%})")
        elif not answer.choices:
            print(f"Guess {_clean(other.sql)} ({other.confidence:.0%})")
    for warning in answer.warnings:
        if warning != answer.explanation:
            print(f"Note  {_clean(warning)}")


def _print_table(answer: Answer) -> None:
    from nlidb.answer import display_value

    shown = answer.rows[:SHOWN_ROWS]
    cells = [[_clean(display_value(value)) for value in row] for row in shown]
    cells = [[text if len(text) <= 40 else text[:37] + "..." for text in row] for row in cells]
    titles = [_clean(name) for name in answer.columns]
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    numeric = [
        all(row[i] is None or isinstance(row[i], int | float) for row in shown)
        for i in range(len(titles))
    ]

    def line(texts: Sequence[str]) -> str:
        padded = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(texts, widths, numeric, strict=True)
        ]
        return "  ".join(padded).rstrip()

    print(line(titles))
    print("  ".join("-" * width for width in widths))
    for row in cells:
        print(line(row))
    if len(answer.rows) > len(shown):
        print(f"... and {len(answer.rows) - len(shown):,} more rows (--json prints all)")


def _print_reasons(answer: Answer) -> None:
    print(_clean(answer.explanation))
    for link in answer.links:
        target = ".".join(name for name in (link.table, link.column) if name)
        value = f" = {link.value!r}" if link.value is not None else ""
        print(_clean(f"  {link.text!r} -> {target}{value} ({link.kind}, {link.weight:.2f})"))
    for other in answer.alternatives:
        print(_clean(f"  or ({other.confidence:.0%}): {other.explanation}\n     {other.sql}"))


def _clean(text: str) -> str:
    """The text without control characters: a stored value must not drive the terminal."""
    return "".join(
        char if char.isprintable() or char == "\n" else f"\\x{ord(char):02x}" for char in text
    )
