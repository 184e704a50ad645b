"""Which chart suits a result: rules over column types and shape, in the open, no drawing library.

Rules in order, the first that holds wins (after Mackinlay's APT, ACM ToG 1986, and the defaults of
"Show Me", Mackinlay et al., IEEE TVCG 2007): time on an axis is a line, a category with a measure
is a bar, two measures are a scatter, one measure alone is a histogram, anything else is a table.
The page draws; maps are left out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

ChartKind = Literal["bar", "line", "scatter", "histogram", "none"]
ValueType = Literal["number", "time", "text", "other"]

MAX_BARS = 40
"""More bars than this are no longer read one by one; the table serves better."""
MIN_HISTOGRAM = 8
"""Fewer values than this are quicker read than binned."""

_ISO_TIME = re.compile(r"\d{4}-\d{2}(-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?)?")
_YEAR_NAME = re.compile(r"(^|[\W_])(year|yr|decade)s?([\W_]|$)", re.IGNORECASE)
_ID_NAME = re.compile(
    r"(^|[\W_])(id|code|number|no|key|zip|phone)$|[a-z]ID$|[a-z]Id$", re.IGNORECASE
)


@dataclass(frozen=True)
class ChartSpec:
    """What to draw. Column names are those of the result; ``kind`` "none" means the table alone."""

    kind: ChartKind
    x: str | None = None
    """The column along the horizontal axis (the category of a bar, the bins of a histogram)."""
    y: tuple[str, ...] = ()
    """The measured columns; several are drawn beside each other."""
    series: str | None = None
    """A column that splits one measure into lines or bar groups of different colour."""
    options: tuple[ChartKind, ...] = ()
    """Other kinds that these columns could be drawn as, for a switch; the chosen one comes
    first."""
    reason: str = ""
    """Why, in a few words."""


def choose_chart(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> ChartSpec:
    """The chart for a result of these columns and rows (values as the database returned them)."""
    if len(rows) < 2:
        return ChartSpec("none", reason="fewer than two rows")
    if len(set(columns)) != len(columns):
        return ChartSpec("none", reason="two columns have the same name")
    types = [value_type(name, [row[i] for row in rows]) for i, name in enumerate(columns)]
    numbers = [name for name, kind in zip(columns, types, strict=True) if kind == "number"]
    times = [name for name, kind in zip(columns, types, strict=True) if kind == "time"]
    texts = [name for name, kind in zip(columns, types, strict=True) if kind == "text"]
    measures = [name for name in numbers if not _ID_NAME.search(name)]
    position = {name: i for i, name in enumerate(columns)}

    def distinct(name: str) -> int:
        return len({row[position[name]] for row in rows})

    def tells_apart(one: str, other: str) -> bool:
        return len({(row[position[one]], row[position[other]]) for row in rows}) == len(rows)

    if "other" in types:
        return ChartSpec("none", reason="a column holds neither numbers, times nor text")
    if len(columns) > 5:
        return ChartSpec("none", reason="too many columns for one picture")
    if len(times) == 1 and measures and len(texts) <= 1:
        series = texts[0] if texts else None
        if series is not None and (len(measures) > 1 or distinct(series) > 8):
            return ChartSpec("none", reason="too many lines for one picture")
        if series is not None and not tells_apart(times[0], series):
            return ChartSpec("none", reason="several rows for the same time and category")
        if series is None and distinct(times[0]) < len(rows):
            return ChartSpec(
                "scatter",
                times[0],
                (measures[0],),
                options=("scatter",),
                reason="several measurements at the same time",
            )
        return ChartSpec(
            "line",
            times[0],
            tuple(measures) if series is None else (measures[0],),
            series,
            options=("line", "bar"),
            reason="a measure over time",
        )
    if len(texts) == 1 and measures and not times:
        if distinct(texts[0]) < len(rows):
            return ChartSpec("none", reason="the category does not tell the rows apart")
        if len(rows) > MAX_BARS:
            return ChartSpec("none", reason=f"more than {MAX_BARS} bars")
        if len(measures) == 1:
            return ChartSpec(
                "bar",
                texts[0],
                (measures[0],),
                options=("bar", "line"),
                reason="one bar a category",
            )
        options: tuple[ChartKind, ...] = ("bar", "scatter") if len(measures) == 2 else ("bar",)
        return ChartSpec(
            "bar", texts[0], tuple(measures), options=options, reason="bars by category"
        )
    if len(texts) == 2 and len(measures) == 1 and not times:
        category, series = sorted(texts, key=distinct, reverse=True)
        few = distinct(series) <= 8 and distinct(category) <= MAX_BARS
        if few and tells_apart(category, series):
            return ChartSpec(
                "bar",
                category,
                (measures[0],),
                series,
                options=("bar",),
                reason="bars by two categories",
            )
        return ChartSpec("none", reason="too many categories for one picture")
    if not texts and not times:
        if (
            len(measures) == 2 and len(numbers) == 2
        ):  # with keys beside them, rows are records to be read
            return ChartSpec(
                "scatter",
                measures[0],
                (measures[1],),
                options=("scatter", "line"),
                reason="two measures",
            )
        if len(measures) == 1 and len(numbers) == 1 and len(rows) >= MIN_HISTOGRAM:
            return ChartSpec(
                "histogram", measures[0], options=("histogram",), reason="one measure alone"
            )
    return ChartSpec("none", reason="no rule fits these columns")


def value_type(name: str, values: Sequence[Any]) -> ValueType:
    """What a result column holds, from its values; NULLs tell nothing.

    Text counts as time only where every value is an ISO date, and a number only where the column's
    name says that it is a year and every value could be one.
    """
    present = [value for value in values if value is not None]
    if not present:
        return "other"
    if all(isinstance(value, datetime.date | datetime.datetime) for value in present):
        return "time"
    if all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        for value in present
    ):
        if _YEAR_NAME.search(name) and all(map(_is_year, present)):
            return "time"
        return "number"
    if all(isinstance(value, str | bool) for value in present):
        if all(isinstance(value, str) and _ISO_TIME.fullmatch(value) for value in present):
            return "time"
        if _YEAR_NAME.search(name) and all(
            isinstance(value, str) and re.fullmatch(r"[12]\d{3}", value) for value in present
        ):
            return "time"
        return "text"
    return "other"


def _is_year(value: int | float | Decimal) -> bool:
    if isinstance(value, Decimal) and value.is_nan():  # cannot be compared
        return False
    return 1000 <= value <= 2999 and value == int(value)
