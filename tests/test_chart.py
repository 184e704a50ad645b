"""Which chart is chosen for which columns."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from nlidb.chart import MAX_BARS, ChartSpec, choose_chart, value_type

DAYS = [datetime.date(2024, 1, day) for day in range(1, 21)]


@pytest.mark.parametrize(
    ("columns", "rows", "kind", "x", "y", "series"),
    [
        (("country", "n"), [("France", 4), ("Spain", 2)], "bar", "country", ("n",), None),
        (("n", "country"), [(4, "France"), (2, None)], "bar", "country", ("n",), None),
        (("c", "low", "high"), [("a", 1, 2), ("b", 2, 3)], "bar", "c", ("low", "high"), None),
        (("day", "n"), [(day, 1.5) for day in DAYS], "line", "day", ("n",), None),
        (("d", "n"), [("2024-01-01", 1), ("2024-01-02", 2)], "line", "d", ("n",), None),
        (("year", "n"), [(2014, 3), (2015, 4)], "line", "year", ("n",), None),
        (("Year", "n"), [("2014", 3), ("2015", 4)], "line", "Year", ("n",), None),
        (
            ("month", "n"),
            [("2024-02", 3), (None, 1), ("2024-01", 4)],
            "line",
            "month",
            ("n",),
            None,
        ),
        (("year", "c", "n"), [(2014, "A", 3), (2014, "B", 4)], "line", "year", ("n",), "c"),
        (
            ("day", "city", "n"),
            [(day, city, 1) for day in DAYS for city in ("A", "B")],
            "line",
            "day",
            ("n",),
            "city",
        ),
        (("d", "n"), [(DAYS[0], 1), (DAYS[0], 2), (DAYS[1], 2)], "scatter", "d", ("n",), None),
        (("age", "income"), [(30, 1.0), (40, 2.0)], "scatter", "age", ("income",), None),
        (("price",), [(Decimal(i),) for i in range(20)], "histogram", "price", (), None),
        (
            ("city", "sex", "n"),
            [("A", "f", 1), ("A", "m", 2), ("B", "f", 3), ("C", "m", 1)],
            "bar",
            "city",
            ("n",),
            "sex",
        ),
    ],
)
def test_drawn(
    columns: tuple[str, ...],
    rows: list[tuple[Any, ...]],
    kind: str,
    x: str,
    y: tuple[str, ...],
    series: str | None,
) -> None:
    spec = choose_chart(columns, rows)
    assert (spec.kind, spec.x, spec.y, spec.series) == (kind, x, y, series)
    assert spec.options[0] == kind
    assert spec.reason


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ((), []),
        (("n",), [(6,)]),
        (("n",), [(i,) for i in range(3)]),
        (("order_id", "quantity", "price"), [(1, 2, 3.0), (2, 4, 5.0)]),
        (("name",), [("a",), ("b",)]),
        (("name", "name"), [("a", 1), ("b", 2)]),
        (("id", "name"), [(1, "a"), (2, "b")]),
        (("singerID", "name"), [(1, "a"), (2, "b")]),
        (("name", "n"), [("a", 1), ("a", 2)]),
        (("name", "n"), [(str(i), i) for i in range(MAX_BARS + 1)]),
        (("name", "blob"), [("a", b"1"), ("b", b"2")]),
        (("name", "n"), [("a", None), ("b", None)]),
        (("day", "c", "n"), [(DAYS[0], "a", 1), (DAYS[0], "a", 2), (DAYS[1], "b", 3)]),
        (("a", "b", "c"), [(1, 2, 3), (4, 5, 6)]),
        (("customer_id",), [(i,) for i in range(100)]),
    ],
)
def test_table_only(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    spec = choose_chart(columns, rows)
    assert spec.kind == "none"
    assert spec.reason
    assert spec == ChartSpec("none", reason=spec.reason)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("n", [1, None, 2.5], "number"),
        ("n", [True, False], "text"),
        ("year", [1999, 2024], "time"),
        ("year", [2020.0, Decimal("2021.0")], "time"),
        ("year", [2020.5, 2021.0], "number"),
        ("year", [2020, Decimal("NaN"), float("nan")], "number"),
        ("years_employed", [3, 12], "number"),
        ("n", [1999, 2024], "number"),
        ("d", ["2024-01", "2024-02"], "time"),
        ("d", ["2024-01-01 10:00:00", None], "time"),
        ("d", ["2024-01-01", "soon"], "text"),
        ("d", [datetime.datetime(2024, 1, 1)], "time"),
        ("x", [b"a"], "other"),
        ("x", [], "other"),
        ("x", [1, "a"], "other"),
    ],
)
def test_value_type(name: str, values: list[Any], expected: str) -> None:
    assert value_type(name, values) == expected
