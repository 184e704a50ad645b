"""Every error that nlidb raises. The library raises; the command line and the page turn it into a sentence.

    NlidbError
    |-- ConfigError          a setting, an option or a config file is wrong
    |-- ConnectionFailed     the database or a file could not be reached or read
    |-- CheckpointError      the model's files are missing, damaged or of another version
    |-- CannotAnswer         from Answer.raise_for_outcome(): it asked back or declined
    |-- RefusedSQL           SQL that was not sent to the database, with its rule and position
        |-- InvalidSQL       it does not parse, or names something that does not exist
        |-- UnsafeSQL        it is more than one read-only statement
    |-- ExecutionFailed      the database refused or broke off the query
        |-- QueryTimeout     the query ran past its time limit and was stopped

No foreign exception crosses the API: SQLAlchemy's, a driver's, sqlglot's or torch's errors are re-raised as
one of these, ``from`` the original.
"""


class NlidbError(Exception):
    """Base of all nlidb errors.

    ``message`` says what happened and on what; ``hint`` says what to do next; ``sql`` is the query that was
    being run, None where there was none.
    """

    sql: str | None = None

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def to_dict(self) -> dict[str, str]:
        """The contract's JSON form: ``{"type", "message", "hint"}``."""
        return {"type": type(self).__name__, "message": self.message, "hint": self.hint}


class ConfigError(NlidbError):
    """A setting, an option or a config file is wrong."""


class ConnectionFailed(NlidbError):
    """The database or a file could not be reached or read."""


class CheckpointError(NlidbError):
    """The model's files are missing, damaged or of another version."""


class CannotAnswer(NlidbError):
    """The assistant asked back or declined; raised only by ``Answer.raise_for_outcome()``."""


class RefusedSQL(NlidbError):
    """SQL that was not sent to the database; carries the rule that refused it and where it stands.

    ``position`` is the offset of the offending text in the SQL, None where the rule concerns all of it.
    """

    def __init__(
        self, message: str, *, hint: str = "", rule: str = "", position: int | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.rule = rule
        self.position = position


class InvalidSQL(RefusedSQL):
    """The SQL does not parse, or names a table, column or function that does not exist."""


class UnsafeSQL(RefusedSQL):
    """The SQL is more than one read-only statement."""


class ExecutionFailed(NlidbError):
    """The database refused the query or broke it off."""


class QueryTimeout(ExecutionFailed):
    """The query ran past its time limit and was stopped in the engine."""
