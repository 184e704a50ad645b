"""A chosen chart as a Vega-Lite specification with its data inside, for the page to draw.

Field names in the specification are x, y, series and measure, whatever the columns are called: a
column's name is data (a title) and never part of an expression.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from nlidb.chart import ChartKind, ChartSpec, value_type
from nlidb.schema import identifier_words

MAX_POINTS = 5_000
"""More marks than this cost the browser more than they tell."""


def vega_lite(
    spec: ChartSpec,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    kind: ChartKind | None = None,
) -> dict[str, Any]:
    """The specification of a chart (Vega-Lite 6), its values inline.

    Args:
        spec: from ``choose_chart`` for the same columns and rows; not of kind "none".
        columns, rows: the result.
        kind: another of ``spec.options`` in place of the chosen one.
    """
    kind = kind or spec.kind
    assert spec.x is not None and kind != "none"
    place = {name: i for i, name in enumerate(columns)}
    rows = rows[:MAX_POINTS]
    x_kind = value_type(spec.x, [row[place[spec.x]] for row in rows])
    x_title = identifier_words(spec.x)
    if kind == "histogram":
        bins = [{"x": _number(row[place[spec.x]])} for row in rows]
        return _chart(
            [value for value in bins if value["x"] is not None],
            "bar",
            {
                "x": {
                    "field": "x",
                    "type": "quantitative",
                    "bin": {"maxbins": 30},
                    "title": x_title,
                },
                "y": {"aggregate": "count", "type": "quantitative", "title": "rows"},
                "tooltip": [
                    {
                        "field": "x",
                        "bin": {"maxbins": 30},
                        "type": "quantitative",
                        "title": x_title,
                    },
                    {"aggregate": "count", "type": "quantitative", "title": "rows"},
                ],
            },
        )
    values: list[dict[str, Any]] = []
    for row in rows:
        for name in spec.y:
            y = _number(row[place[name]])
            if y is None:
                continue
            x = row[place[spec.x]]
            point = {
                "x": _time(x)
                if x_kind == "time"
                else _number(x)
                if x_kind == "number"
                else _text(x),
                "y": y,
            }
            if spec.series is not None:
                point["series"] = _text(row[place[spec.series]])
            elif len(spec.y) > 1:
                point["series"] = identifier_words(name)
            values.append(point)
    y_title = identifier_words(spec.y[0]) if len(spec.y) == 1 else "value"
    x_type = {"time": "temporal", "number": "quantitative"}.get(x_kind, "nominal")
    if x_kind == "time" and _only_years(values):
        x_type = "ordinal"
    x_axis: dict[str, Any] = {"field": "x", "type": x_type, "title": x_title}
    y_axis: dict[str, Any] = {"field": "y", "type": "quantitative", "title": y_title}
    encoding: dict[str, Any] = {"x": x_axis, "y": y_axis}
    tooltip = [
        {"field": "x", "type": x_type, "title": x_title},
        {"field": "y", "type": "quantitative", "title": y_title, "format": ",.10~g"},
    ]
    if values and "series" in values[0]:
        title = identifier_words(spec.series) if spec.series else ""
        encoding["color"] = {
            "field": "series",
            "type": "nominal",
            "title": title,
            "legend": {"orient": "bottom", "columns": 2, "labelLimit": 160},
        }
        tooltip.append({"field": "series", "type": "nominal", "title": title or "measure"})
    encoding["tooltip"] = tooltip
    if kind == "bar" and x_type == "nominal":
        # Lying bars, in the order of the result: long names stay readable, also on a phone.
        x_axis.update(sort=None, axis={"labelLimit": 160, "labelOverlap": False}, title=None)
        encoding["x"], encoding["y"] = y_axis, x_axis
        if "color" in encoding:
            encoding["yOffset"] = {"field": "series"}
    elif kind == "bar":
        x_axis["sort"] = None
        if "color" in encoding:
            encoding["xOffset"] = {"field": "series"}
    elif x_type == "nominal":
        x_axis.update(sort=None, axis={"labelLimit": 100, "labelAngle": -40})
    if kind == "scatter" and x_type == "quantitative":
        x_axis["scale"] = {"zero": False}
        y_axis["scale"] = {"zero": False}
    mark: Any = {"bar": "bar", "scatter": {"type": "point", "filled": True}}.get(kind)
    return _chart(values, mark or {"type": "line", "point": len(values) <= 60}, encoding)


def _chart(values: list[dict[str, Any]], mark: Any, encoding: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": values},
        "mark": mark,
        "encoding": encoding,
    }
    category = encoding.get("y", {})
    if category.get("type") == "nominal":
        bars = len({value["x"] for value in values})
        series = len({value.get("series") for value in values})
        spec["height"] = 60 + bars * max(22, 12 * series)  # the axis below takes about 60
    else:
        spec["height"] = 300
    return spec


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = float(value) if isinstance(value, Decimal) else value
    return number if abs(number) != float("inf") and number == number else None


def _time(value: Any) -> str | None:
    """A year as its four digits, any other time with its hours: browsers take a date alone for UTC and draw it in
    their own time, west of it a day early."""
    if value is None:
        return None
    if isinstance(value, int | float | Decimal):
        return str(int(value))
    text = value.isoformat() if isinstance(value, datetime.date) else str(value).replace(" ", "T")
    if len(text) == len("2024-01"):
        text += "-01"
    return text + "T00:00:00" if len(text) == len("2024-01-01") else text


def _text(value: Any) -> str:
    """In full, because equal texts become one mark; ``labelLimit`` cuts what is drawn."""
    return "(none)" if value is None else str(value)


def _only_years(values: Sequence[dict[str, Any]]) -> bool:
    return all(value["x"] is None or len(value["x"]) == 4 for value in values)
