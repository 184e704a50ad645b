"""The schema: in short in the sidebar, in full with a picture in the Schema view."""

from __future__ import annotations

from html import escape

import streamlit as st

from nlidb.answer import display_value
from nlidb.database import SCAN_ROWS
from nlidb.edges import whole_keys
from nlidb.erd import entity_relationships
from nlidb.errors import NlidbError
from nlidb.page import style
from nlidb.page.state import Connection
from nlidb.schema import Schema

MAX_SIDEBAR_TABLES = 40
MAX_TABLES = 60
"""Tables drawn at once; the search finds the others."""


def show_sidebar(connection: Connection) -> None:
    """Tables with their columns, and a search."""
    schema = _show_gone(connection)
    wanted = st.text_input(
        "Find a table or column", key="sidebar-search", placeholder="Find a table or column",
        label_visibility="collapsed", max_chars=100,
    )  # fmt: skip
    found = find_tables(schema, wanted)
    if not found:
        st.html(style.paragraph("No table or column has such a name.", "small"))
    for table in found[:MAX_SIDEBAR_TABLES]:
        entry = schema.tables[table]
        with st.expander(style.label(entry.name), expanded=bool(wanted) and len(found) <= 3):
            items = "".join(
                f"<li>{_mark(schema, column)}{escape(schema.columns[column].name)} "
                f"<small>{escape(schema.columns[column].type)}</small></li>"
                for column in entry.columns
            )
            st.html(f"<ul class='nl-columns'>{items}</ul>")
    if len(found) > MAX_SIDEBAR_TABLES:
        st.html(style.paragraph(f"and {len(found) - MAX_SIDEBAR_TABLES} more", "small"))


def _show_gone(connection: Connection) -> Schema:
    """The schema; where the database cannot be reached, the last one known, under a note that says so."""
    try:
        return connection.assistant.schema
    except NlidbError as error:
        st.warning(f"{style.label(str(error), 400)} What is shown was read before.")
        return connection.assistant.database.schema


def find_tables(schema: Schema, wanted: str) -> list[int]:
    """The tables whose own or whose columns' names hold the text; all where it is empty."""
    text = wanted.strip().lower()
    return [
        i
        for i, table in enumerate(schema.tables)
        if text in table.name.lower()
        or any(text in schema.columns[column].name.lower() for column in table.columns)
    ]


def show_schema(connection: Connection) -> None:
    """Every table with types, keys, row counts and sample values, and the picture."""
    schema = _show_gone(connection)
    picture, tables = st.tabs(["Picture", "Tables"])
    with picture:
        dark = st.context.theme.type == "dark"
        st.graphviz_chart(entity_relationships(schema, dark=dark), width="stretch")
        keys = whole_keys(schema)
        inferred = sum(key[0].inferred for key in keys)
        text = f"{len(schema.tables)} tables, {len(keys)} links between them."
        if inferred:
            text += (
                f" {inferred} of the links (dashed) are not declared: found from names and values."
            )
        st.html(style.paragraph(text, "small"))
    with tables:
        wanted = st.text_input("Find a table or column", key="schema-search", max_chars=100)
        found = find_tables(schema, wanted)
        for table in found[:MAX_TABLES]:
            _show_table(connection, schema, table)
        if not found:
            st.html(style.paragraph("No table or column has such a name.", "small"))


def _show_table(connection: Connection, schema: Schema, table: int) -> None:
    entry = schema.tables[table]
    try:
        count = connection.row_count(table)
    except NlidbError:
        count = None
    kind = "view" if entry.is_view else "table"
    size = "" if count is None else f", {_rows_text(count, counted=schema.dialect == 'sqlite')}"
    with st.container(border=True):
        st.html(f"<div class='nl-card'><b>{escape(entry.name)}</b><p>{kind}{size}</p></div>")
        if entry.comment:
            st.html(style.paragraph(entry.comment, "small"))
        if not st.toggle("Columns and sample values", key=f"columns-{table}"):
            return
        lines = []
        for column in entry.columns:
            known = schema.columns[column]
            try:
                values = [display_value(value)[:40] for value in connection.samples(column)[:4]]
            except NlidbError:
                values = []
            lines.append(
                {
                    "Column": known.name,
                    "Type": known.sql_type or known.type,
                    "Key": _key_text(schema, column),
                    "Values": ", ".join(values),
                }
            )
        st.dataframe(lines, hide_index=True, width="stretch")


def _rows_text(count: int, *, counted: bool) -> str:
    """A number of rows, as sure as it is: counted up to a limit, or the engine's estimate."""
    if count <= 1:
        return "1 row" if count else "no rows"
    how = "" if counted and count < SCAN_ROWS else "at least " if counted else "about "
    return f"{how}{count:,} rows"


def _mark(schema: Schema, column: int) -> str:
    if schema.columns[column].primary_key:
        return "<span title='primary key' aria-label='primary key'>\u26bf</span> "
    if any(key.column == column for key in schema.foreign_keys):
        return "<span title='refers to another table' aria-label='foreign key'>\u2192</span> "
    return ""


def _key_text(schema: Schema, column: int) -> str:
    parts = ["primary key"] if schema.columns[column].primary_key else []
    for key in schema.foreign_keys:
        if key.column == column:
            other = schema.columns[key.ref_column]
            name = f"{schema.tables[other.table].name}.{other.name}"
            parts.append(f"{'probably ' if key.inferred else ''}refers to {name}")
    return ", ".join(parts)
