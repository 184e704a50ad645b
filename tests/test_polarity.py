"""Conditions that say the opposite of the question, and states that nothing in the query stands for."""

from __future__ import annotations

import pytest
import sqlglot
import tiny
from sqlglot import exp

from nlidb.linking import link
from nlidb.polarity import denies_another, put_right
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.sense import senseless
from nlidb.states import unsaid_state
from nlidb.values import ValueIndex

DESK = tiny.make_schema(
    {
        "supplier": "supplier_id name:text country:text active",
        "ticket": "ticket_id supplier_id subject:text opened_at:time closed_at:time paid_on:time score is_paid "
        "discontinued",
        "product": "product_id name:text price created_on:time",
    },
    {"ticket.supplier_id": "supplier.supplier_id"},
)
STORED = {
    DESK.find_column(0, "country"): ["Germany", "France"],
    DESK.find_column(1, "subject"): ["Lighting", "Paint"],
}


def index_of(schema: Schema) -> ValueIndex:
    return ValueIndex.build(schema, lambda column, limit: STORED.get(column, []))


def turned(text: str, sql: str) -> str:
    tree = sqlglot.parse_one(f"SELECT 1 FROM ticket WHERE {sql}", read="sqlite")
    assert isinstance(tree, exp.Query)
    return put_right(parse_question(text), tree).sql("sqlite").split(" WHERE ", 1)[1]


@pytest.mark.parametrize(
    ("text", "sql", "right"),
    [
        ("a score of 2 or less", "score >= 2", "score <= 2"),
        ("scores over 5", "score < 5", "score > 5"),
        ("that do not cost less than 100", "score <= 100", "score >= 100"),
        ("that don't weigh less than 5 kg", "score < 5", "score >= 5"),
        ("excluding those over 5", "score > 5", "score <= 5"),
        ("leaving out the ones not closed", "closed_at IS NULL", "NOT closed_at IS NULL"),
        ("leaving out those made before 1950", "score < 1950", "score >= 1950"),
        ("opened until June 2023", "opened_at >= '2023-07-01'", "opened_at < '2023-07-01'"),
        ("opened since 2023", "opened_at < '2023-01-01'", "opened_at >= '2023-01-01'"),
        (
            "opened before 2023",
            "opened_at >= '2023-01-01' AND opened_at < '2024-01-01'",
            "opened_at < '2023-01-01'",
        ),
        (
            "paid ones opened after 2023",
            "is_paid = 1 AND opened_at >= '2023-01-01' AND opened_at < '2024-01-01'",
            "is_paid = 1 AND opened_at >= '2024-01-01'",
        ),
        ("inactive suppliers", "active = 1", "active = 0"),
        ("active suppliers", "active = 0", "active = 1"),
        ("active suppliers", "active = FALSE", "active = TRUE"),
        ("tickets not yet paid", "is_paid = 'Yes'", "is_paid = 'No'"),
        ("active suppliers", "active <> '1'", "active <> '0'"),
        ("closed tickets", "closed_at IS NULL", "NOT closed_at IS NULL"),
        ("unpaid tickets", "NOT paid_on IS NULL", "paid_on IS NULL"),
        ("who no longer works for us", "left_on IS NULL", "NOT left_on IS NULL"),
        ("former members", "ended_at IS NULL", "NOT ended_at IS NULL"),
        ("members still with us", "NOT ended_at IS NULL", "ended_at IS NULL"),
    ],
)
def test_the_opposite_is_turned_round(text: str, sql: str, right: str) -> None:
    assert turned(text, sql) == right


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("a score of 2 or less", "score <= 2"),
        ("scores over 5 and under 9", "score > 5 AND score < 9"),
        ("scores that are not over 5", "score <= 5"),
        ("products that do not cost less than 100", "score >= 100"),
        ("older than 2015", "score < 2015"),  # of years
        (
            "without a score over 5",
            "NOT ticket_id IN (SELECT ticket_id FROM ticket WHERE score > 5)",
        ),
        ("tickets with no agent and a score over 5", "score < 5"),  # it denies something
        ("tickets except Paint over 5", "subject <> 'Paint' AND score > 5"),
        ("tickets excluding tax over 5", "score > 5"),  # the tax is left out
        ("excluding those of Acme that are not closed", "closed_at IS NULL"),
        ("opened before 2023", "opened_at < '2023-01-01'"),
        ("opened in 2023", "opened_at >= '2023-01-01' AND opened_at < '2024-01-01'"),
        (
            "opened after 2021 and before 2023",
            "opened_at >= '2022-01-01' AND opened_at < '2023-01-01'",
        ),
        ("of the 70s before 1975", "opened_at >= '1970-01-01' AND opened_at < '1975-01-01'"),
        ("inactive suppliers", "active = 0"),
        ("inactive ones (active 1)", "active = 1"),  # said outright
        ("hide the discontinued ones", "discontinued = 0"),
        ("all tickets minus the discontinued ones", "discontinued = 0"),
        ("discontinued vs active", "discontinued = 0 OR discontinued = 1"),
        (
            "without a paid ticket",
            "NOT supplier_id IN (SELECT supplier_id FROM ticket WHERE is_paid = 1)",
        ),
        ("still open tickets, closed later", "closed_at IS NULL"),
        ("open tickets", "closed_at IS NULL"),
        ("former and current members", "ended_at IS NULL"),
        ("former members", "phone IS NULL"),
        ("tickets without a closed date", "closed_at IS NULL"),
    ],
)
def test_the_same_stays(text: str, sql: str) -> None:
    assert turned(text, sql) == sql


@pytest.mark.parametrize(
    ("text", "sql", "said"),
    [
        (
            "suppliers not from Germany with a Lighting ticket",
            "country = 'Germany' AND subject <> 'Lighting'",
            "not from Germany",
        ),
        ("suppliers not from Germany", "country <> 'Germany'", ""),
        ("from Germany, not new", "country = 'Germany' AND active <> 1", ""),
        (
            "suppliers except those from Germany",
            "supplier_id NOT IN (SELECT supplier_id FROM supplier WHERE country = 'Germany')",
            "",
        ),
    ],
)
def test_a_value_is_denied(text: str, sql: str, said: str) -> None:
    question = parse_question(text)
    links = link(question, DESK, index_of(DESK))
    tree = sqlglot.parse_one(f"SELECT 1 FROM supplier WHERE {sql}", read="sqlite")
    assert denies_another(question, links, tree) == said
    assert bool(senseless(question, links, tree, DESK)) == bool(said)


@pytest.mark.parametrize(
    ("text", "sql", "state"),
    [
        (
            "open tickets per supplier",
            "SELECT supplier_id, COUNT(*) FROM ticket GROUP BY 1",
            "open",
        ),
        ("which tickets are still unresolved?", "SELECT subject FROM ticket", "unresolved"),
        ("total outstanding", "SELECT SUM(score) FROM ticket", "outstanding"),
        ("open tickets", "SELECT 1 FROM ticket WHERE score = 1", "open"),
        ("open tickets", "SELECT 1 FROM ticket WHERE opened_at IS NULL", "open"),
        (
            "open tickets of 2025",
            "SELECT 1 FROM ticket WHERE opened_at >= '2025-01-01' AND opened_at < '2026-01-01'",
            "open",
        ),
        ("active products", "SELECT 1 FROM product", ""),  # nothing of it could say so
        (
            "how many tickets are paid, how many unpaid?",
            "SELECT is_paid, COUNT(*) FROM ticket GROUP BY is_paid",
            "",
        ),
        (
            "overdue tickets of 2024",
            "SELECT 1 FROM ticket WHERE opened_at >= '2024-01-01'",
            "overdue",
        ),
        ("unpaid tickets about Paint", "SELECT 1 FROM ticket WHERE subject = 'Paint'", "unpaid"),
        ("open tickets", "SELECT 1 FROM ticket WHERE closed_at IS NULL", ""),
        ("open tickets", "SELECT 1 FROM ticket WHERE discontinued = 0", ""),
        ("late tickets", "SELECT 1 FROM ticket WHERE closed_at > opened_at", ""),
        ("unpaid tickets", "SELECT 1 FROM ticket WHERE is_paid = 0", ""),
        (
            "inactive suppliers",
            "SELECT 1 FROM supplier WHERE supplier_id NOT IN (SELECT 1 FROM ticket)",
            "",
        ),
        ("tickets closed by Ann", "SELECT 1 FROM ticket", ""),
        (
            "the most active suppliers",
            "SELECT supplier_id FROM ticket GROUP BY 1 ORDER BY COUNT(*) DESC",
            "",
        ),
        ("suppliers open to all", "SELECT 1 FROM supplier", ""),
        ("is it late?", "SELECT 1 FROM ticket WHERE score = 5", ""),
    ],
)
def test_states(text: str, sql: str, state: str) -> None:
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert unsaid_state(parse_question(text), tree, DESK) == state
