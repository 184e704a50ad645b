"""Conditions that say the opposite of the question, and states that nothing in the query stands for."""

from __future__ import annotations

import pytest
import sqlglot
import tiny

from nlidb.linking import link
from nlidb.polarity import opposite
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.sense import senseless
from nlidb.states import unsaid_state
from nlidb.values import ValueIndex

DESK = tiny.make_schema(
    {
        "supplier": "supplier_id name:text country:text active",
        "ticket": "ticket_id supplier_id subject:text opened_at:time closed_at:time score is_paid discontinued",
    },
    {"ticket.supplier_id": "supplier.supplier_id"},
)
STORED = {
    DESK.find_column(0, "country"): ["Germany", "France"],
    DESK.find_column(1, "subject"): ["Lighting", "Paint"],
}


def index_of(schema: Schema) -> ValueIndex:
    return ValueIndex.build(schema, lambda column, limit: STORED.get(column, []))


@pytest.mark.parametrize(
    ("text", "sql", "said"),
    [
        ("a score of 2 or less", "SELECT 1 FROM ticket WHERE score >= 2", "2 or less"),
        ("scores over 5", "SELECT 1 FROM ticket WHERE score < 5", "over"),
        ("at most 3 tickets", "SELECT 1 FROM ticket GROUP BY 1 HAVING COUNT(*) > 3", "at most"),
        ("opened until June 2023", "SELECT 1 FROM ticket WHERE opened_at >= '2023-07-01'", "until"),
        (
            "opened before 2023",
            "SELECT 1 FROM ticket WHERE opened_at >= '2023-01-01' AND opened_at < '2024-01-01'",
            "before",
        ),
        ("opened since 2023", "SELECT 1 FROM ticket WHERE opened_at < '2023-01-01'", "since"),
        ("inactive suppliers", "SELECT 1 FROM supplier WHERE active = 1", "inactive"),
        ("active suppliers", "SELECT 1 FROM supplier WHERE active = 0", "active"),
        ("tickets not yet paid", "SELECT 1 FROM ticket WHERE is_paid = 1", "not yet paid"),
        ("active suppliers", "SELECT 1 FROM supplier WHERE active <> '1'", "active"),
        (
            "suppliers not from Germany with a Lighting ticket",
            "SELECT 1 FROM supplier JOIN ticket USING (supplier_id) WHERE country = 'Germany' AND subject <> "
            "'Lighting'",
            "not from Germany",
        ),
    ],
)
def test_the_opposite_is_found(text: str, sql: str, said: str) -> None:
    question = parse_question(text)
    links = link(question, DESK, index_of(DESK))
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert opposite(question, links, tree) == said
    assert senseless(question, links, tree, DESK)


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("a score of 2 or less", "SELECT 1 FROM ticket WHERE score <= 2"),
        ("scores over 5 and under 9", "SELECT 1 FROM ticket WHERE score > 5 AND score < 9"),
        ("scores that are not over 5", "SELECT 1 FROM ticket WHERE score <= 5"),
        (
            "without a score over 5",
            "SELECT 1 FROM ticket WHERE ticket_id NOT IN (SELECT ticket_id FROM ticket WHERE score > 5)",
        ),
        ("opened before 2023", "SELECT 1 FROM ticket WHERE opened_at < '2023-01-01'"),
        (
            "opened in 2023",
            "SELECT 1 FROM ticket WHERE opened_at >= '2023-01-01' AND opened_at < '2024-01-01'",
        ),
        (
            "opened after 2021 and before 2023",
            "SELECT 1 FROM ticket WHERE opened_at >= '2022-01-01' AND opened_at < '2023-01-01'",
        ),
        ("inactive suppliers", "SELECT 1 FROM supplier WHERE active = 0"),
        ("active suppliers", "SELECT 1 FROM supplier WHERE active = 1"),
        ("inactive ones (active 1)", "SELECT 1 FROM supplier WHERE active = 1"),  # said outright
        (
            "suppliers without a paid ticket",
            "SELECT 1 FROM supplier WHERE supplier_id NOT IN (SELECT supplier_id FROM ticket WHERE is_paid = 1)",
        ),
        ("suppliers not from Germany", "SELECT 1 FROM supplier WHERE country <> 'Germany'"),
        (
            "suppliers except those from Germany",
            "SELECT 1 FROM supplier EXCEPT SELECT 1 FROM supplier WHERE country = 'Germany'",
        ),
        (
            "from Germany, not new",
            "SELECT 1 FROM supplier WHERE country = 'Germany' AND active <> 1",
        ),
    ],
)
def test_the_same_is_not(text: str, sql: str) -> None:
    question = parse_question(text)
    links = link(question, DESK, index_of(DESK))
    assert opposite(question, links, sqlglot.parse_one(sql, read="sqlite")) == ""


@pytest.mark.parametrize(
    ("text", "sql", "state"),
    [
        (
            "open tickets per supplier",
            "SELECT supplier_id, COUNT(*) FROM ticket GROUP BY 1",
            "open",
        ),
        ("which tickets are still unresolved?", "SELECT subject FROM ticket", "unresolved"),
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
