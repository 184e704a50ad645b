"""Words of time said as dates."""

from __future__ import annotations

from datetime import date

import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st

from nlidb.timewords import Rewritten, absolute_dates

TODAY = date(2026, 11, 29)  # a Sunday
SHOP = tiny.make_schema(
    {"orders": "order_id placed_on:time amount", "customers": "customer_id name:text"}, {}
)


def read(text: str, today: date = TODAY) -> str:
    return absolute_dates(text, today, SHOP)[0]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("orders last month", "orders in October 2026"),
        ("orders of last month", "orders of October 2026"),
        ("before last month", "before October 2026"),
        ("Last month orders", "October 2026 orders"),
        ("last year's revenue", "2025 revenue"),
        ("what about last year?", "what about 2025?"),
        ("and next year?", "and in 2027?"),
        ("revenue by month this year", "revenue by month in 2026"),
        ("revenue year to date", "revenue in 2026"),
        ("orders of the current month", "orders of November 2026"),
        ("orders this week", "orders between 2026-11-23 and 2026-11-29"),
        ("orders since last week", "orders since 2026-11-16"),
        ("how many orders last quarter?", "how many orders between 2026-07-01 and 2026-09-30?"),
        ("orders from yesterday", "orders from 2026-11-28"),
        ("orders placed today", "orders placed on 2026-11-29"),
        ("due tomorrow", "due on 2026-11-30"),
        ("orders in the last 30 days", "orders since 2026-10-30"),
        ("no order over the past two weeks", "no order since 2026-11-15"),
        ("orders in the past year", "orders since 2025-11-29"),
        ("due within the next 7 days", "due between 2026-11-29 and 2026-12-06"),
        ("signed up more than 3 months ago", "signed up before 2026-08-29"),
        ("placed 3 months ago", "placed in August 2026"),
        ("hired two years ago", "hired in 2024"),
        ("placed 3 days ago", "placed on 2026-11-26"),
        ("orders in Q2 2024", "orders between 2024-04-01 and 2024-06-30"),
        ("orders since the third quarter of 2023", "orders since 2023-07-01"),
        ("orders since March", "orders since March 2026"),
        ("orders since December", "orders since December 2025"),
        ("from May onwards", "from May 2026"),
        ("until the end of October?", "until the end of October 2026?"),
        ("H1 2024 orders", "between 2024-01-01 and 2024-06-30 orders"),
    ],
)
def test_words_of_time_are_said_as_dates(said: str, meant: str) -> None:
    assert read(said) == meant


@pytest.mark.parametrize(
    "text",
    [
        "the last 10 orders",
        "who ordered last?",
        "orders in March 2024",
        "orders in the last month of 2023",
        "the first and the last year of each party",
        "no last year on file",
        "their last year",
        'orders whose note is "last year"',
        'the note "Q2 2024" of last',
        "what is it worth today?",
        "today's price",
        "songs of the 90s",
        "",
    ],
)
def test_what_is_no_time_from_today_stays(text: str) -> None:
    assert absolute_dates(text, TODAY, SHOP) == (text, ())


def test_what_was_rewritten_is_said() -> None:
    _, rewritten = absolute_dates("orders since last month, in Q2 2024 too", TODAY, SHOP)
    assert rewritten == (
        Rewritten("last month", "October 2026"),
        Rewritten("in Q2 2024", "between 2024-04-01 and 2024-06-30"),
    )


def test_what_was_rewritten_is_said_in_its_order() -> None:
    _, rewritten = absolute_dates("orders in Q1 2024 and in Q2 2024", TODAY, SHOP)
    assert [part.said for part in rewritten] == ["in Q1 2024", "in Q2 2024"]


def test_a_quote_after_rewritten_words_stays() -> None:
    text = 'orders of the previous twelve months whose title is "Q2 2024"'
    assert read(text) == 'orders since 2025-11-29 whose title is "Q2 2024"'


def test_months_have_different_lengths() -> None:
    assert read("since one month ago", date(2026, 3, 31)) == "since 2026-02-28"
    assert read("in the last 12 months", date(2024, 2, 29)) == "since 2023-02-28"
    assert read("last month", date(2026, 1, 15)) == "December 2025"
    assert (
        read("sales last quarter", date(2026, 1, 15)) == "sales between 2025-10-01 and 2025-12-31"
    )


def test_names_of_the_schema_stay() -> None:
    party = tiny.make_schema({"party": "party_id first_year last_year quarter:text"}, {})
    for text in ("parties by last year", "parties in Q2 2024"):
        assert absolute_dates(text, TODAY, party) == (text, ())


def test_without_dates_in_the_schema_nothing_is_rewritten() -> None:
    plain = tiny.make_schema({"singer": "singer_id name:text age"}, {})
    assert absolute_dates("singers this year", TODAY, plain) == ("singers this year", ())


@given(st.text(), st.dates())
def test_any_text_is_taken(text: str, today: date) -> None:
    absolute_dates(text, today, SHOP)
    absolute_dates(f"{text} last 9999 years {text} 9999 months ago", today, SHOP)


PEOPLE = tiny.make_schema({"customers": "customer_id name:text birth_date:time"}, {})


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("customers older than 50", "customers born before 1976-11-29"),
        ("customers under 30 years old", "customers born after 1996-11-29"),
        ("customers of at least 18 years", "customers of born before 2008-11-30"),
        ("those aged over sixty", "those born before 1966-11-29"),
        ("female customers over 70 in Denby", "female customers born before 1956-11-29 in Denby"),
        ("How many customers are under 18?", "How many customers are born after 2008-11-29?"),
        ("customers in their thirties", "customers born between 1986-11-30 and 1996-11-29"),
        ("women in their 20s", "women born between 1996-11-30 and 2006-11-29"),
        ("people who are above 65", "people who are born before 1961-11-29"),
        ("how many are younger than 30?", "how many are born after 1996-11-29?"),
    ],
)
def test_ages_are_dates_of_birth(said: str, meant: str) -> None:
    text, rewritten = absolute_dates(said, TODAY, PEOPLE)
    assert text == meant
    assert len(rewritten) == 1


@pytest.mark.parametrize(
    "said",
    [
        "orders over 50",
        "customers over 50 euros",
        "customers with over 50 orders",
        "customers whose balance is over 50",
        "customers more than 50",
        "customers named 'older than 50'",
        "more than 3 customers",
    ],
)
def test_other_numbers_are_no_ages(said: str) -> None:
    assert absolute_dates(said, TODAY, PEOPLE) == (said, ())


def test_ages_that_are_stored_stay() -> None:
    aged = tiny.make_schema({"drivers": "driver_id name:text age born:time"}, {})
    assert absolute_dates("drivers older than 50", TODAY, aged) == ("drivers older than 50", ())
    assert absolute_dates("orders older than 50", TODAY, SHOP)[1] == ()
