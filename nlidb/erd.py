"""The schema as a picture: tables as boxes, keys as arrows, in Graphviz's DOT language.

The page draws it in the browser. Names are escaped, so that a table called ``a"]; b`` is a table
and not a second statement.
"""

from __future__ import annotations

from html import escape

from nlidb.schema import Schema

MAX_TABLES = 60
"""More tables than this make no readable picture: the most linked ones are drawn."""
MAX_COLUMNS = 8
"""Columns of a box, keys first; the rest is counted."""


def entity_relationships(schema: Schema, *, dark: bool = False) -> str:
    """DOT text of the schema's tables and join edges.

    An inferred edge is dashed. Views are drawn with a thin, dotted frame.
    """
    ink, frame, fill = (
        ("#e8e8ea", "#8a8f98", "#262b36") if dark else ("#1f2430", "#9aa0aa", "#f2f4f8")
    )
    keys = {c for key in schema.foreign_keys for c in (key.column, key.ref_column)}
    drawn = sorted(range(len(schema.tables)), key=lambda t: -_links(schema, t))[:MAX_TABLES]
    lines = [
        "digraph schema {",
        'graph [rankdir=LR, bgcolor="transparent", nodesep=0.3, ranksep=0.7, pad=0.2];',
        f'node [shape=plain, fontname="Helvetica", fontsize=11, fontcolor="{ink}"];',
        f'edge [color="{frame}", fontcolor="{ink}", arrowsize=0.7];',
    ]
    for t in sorted(drawn):
        table = schema.tables[t]
        order = sorted(
            table.columns, key=lambda c: (not schema.columns[c].primary_key, c not in keys)
        )
        shown = set(order[: max(MAX_COLUMNS, sum(c in keys for c in table.columns))])
        rows = "".join(
            f'<tr><td align="left" port="c{c}">{_name(schema, c)} '
            f'<font color="{frame}">{escape(schema.columns[c].type)}</font></td></tr>'
            for c in table.columns
            if c in shown
        )
        if len(table.columns) > len(shown):
            rows += f'<tr><td align="left">and {len(table.columns) - len(shown)} more</td></tr>'
        style = "rounded,dotted" if table.is_view else "rounded"
        lines.append(
            f't{t} [label=<<table border="1" cellborder="0" cellspacing="0" cellpadding="3" '
            f'color="{frame}" bgcolor="{fill}" style="{style}"><tr><td align="left">'
            f"<b>{escape(table.name)}</b></td></tr><hr/>{rows}</table>>];"
        )
    for key in schema.foreign_keys:
        child, parent = schema.columns[key.column].table, schema.columns[key.ref_column].table
        if child in drawn and parent in drawn:
            style = ' [style=dashed, tooltip="inferred"]' if key.inferred else ""
            lines.append(f"t{child}:c{key.column} -> t{parent}:c{key.ref_column}{style};")
    return "\n".join([*lines, "}"])


def _links(schema: Schema, table: int) -> int:
    return sum(
        table in (schema.columns[key.column].table, schema.columns[key.ref_column].table)
        for key in schema.foreign_keys
    )


def _name(schema: Schema, column: int) -> str:
    text = escape(schema.columns[column].name)
    return f"<u>{text}</u>" if schema.columns[column].primary_key else text
