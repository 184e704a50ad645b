"""Decades, centuries, quarters and halves of years in questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlidb.periods import asked_end, named_parts, period_mentions
from nlidb.question import date_mentions, parse_question


@pytest.mark.parametrize(
    ("text", "words", "first", "last"),
    [
        ("songs of the 90s", "90s", "1990-01-01", "1999-12-31"),
        ("films from the late '80s", "80s", "1980-01-01", "1989-12-31"),
        ("built in the 1950s", "1950s", "1950-01-01", "1959-12-31"),
        ("built in the 1990's", "1990's", "1990-01-01", "1999-12-31"),
        ("films of the 90's", "90's", "1990-01-01", "1999-12-31"),
        ("in the late 1990's", "1990's", "1990-01-01", "1999-12-31"),
        ("in the mid-1990's", "1990's", "1990-01-01", "1999-12-31"),
        ("born in the sixties", "sixties", "1960-01-01", "1969-12-31"),
        ("started in the 20s", "20s", "2020-01-01", "2029-12-31"),
        ("made in the 2000s", "2000s", "2000-01-01", "2009-12-31"),
        ("made in the 1800s", "1800s", "1800-01-01", "1899-12-31"),
        ("paintings of the 19th century", "19th century", "1800-01-01", "1899-12-31"),
        ("sales in Q3 2021", "Q3 2021", "2021-07-01", "2021-09-30"),
        ("sales in 2021 Q4", "2021 Q4", "2021-10-01", "2021-12-31"),
        ("sales in 2024-Q1", "2024-Q1", "2024-01-01", "2024-03-31"),
        ("sales in Q1-2024", "Q1-2024", "2024-01-01", "2024-03-31"),
        ("sales in 2024Q1", "2024Q1", "2024-01-01", "2024-03-31"),
        ("the third quarter of 2021", "third quarter of 2021", "2021-07-01", "2021-09-30"),
        ("the last quarter of 2020", "last quarter of 2020", "2020-10-01", "2020-12-31"),
        ("in the first half of 2010", "first half of 2010", "2010-01-01", "2010-06-30"),
        ("the 2nd half of the year 2010", "2nd half of the year 2010", "2010-07-01", "2010-12-31"),
        ("trips in H1 2019", "H1 2019", "2019-01-01", "2019-06-30"),
    ],
)
def test_period(text: str, words: str, first: str, last: str) -> None:
    question = parse_question(text)
    (period,) = period_mentions(question)
    assert question.span(period.start, period.end) == words
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("text", "decades"),
    [
        ("in the 60s and 70s", ["60s", "70s"]),
        ("the 80s or 90s", ["80s", "90s"]),
        ("the 60's, 70's, and 80's", ["60's", "70's", "80's"]),
        ("in the sixties and seventies", ["sixties", "seventies"]),
    ],
)
def test_decades_in_a_list(text: str, decades: list[str]) -> None:
    question = parse_question(text)
    periods = period_mentions(question)
    assert [question.span(period.start, period.end) for period in periods] == decades


@pytest.mark.parametrize(
    "text",
    [
        "customers in their 90s",
        "laps under 30s",
        "2010's best film",
        "the 1995's",
        "under 30s and 40s",
        "2024Q5",
        "the first half",
        "a quarter of 2021 orders",
        "the third half of 2010",
        "Q5 2020",
        "in 1990",
        "",
    ],
)
def test_no_period(text: str) -> None:
    assert period_mentions(parse_question(text)) == ()


@given(st.text(alphabet="thqof 0123'sdhalf", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for period in period_mentions(parse_question(text)):
        assert period.first < period.after


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("How many orders per month?", ("month",)),
        ("Monthly sales in 2024", ("month",)),
        ("sales month-by-month", ("month",)),
        ("orders each year", ("year",)),
        ("annual revenue", ("year",)),
        ("Which month of the year is busiest?", ("year", "month")),
        ("how did sales change over time", ("year", "month")),
        ("", ("year", "month")),
    ],
)
def test_named_parts(text: str, parts: tuple[str, ...]) -> None:
    assert named_parts(parse_question(text)) == parts


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("orders since 2023", ["begins"]),
        ("orders since March 2024", ["begins"]),
        ("hired before the year 2020", ["begins"]),
        ("prior to June 2023", ["begins"]),
        ("hired after 2020", ["over"]),
        ("everything until June 2023", ["over"]),
        ("up to 2020", ["over"]),
        ("between June 2023 and February 2024", ["begins", "over"]),
        ("between March and May 2024", ["begins", "over"]),
        ("since 2020 or before 2010", ["begins", "begins"]),
        ("orders in 2024", [None]),
        ("orders from 2024", [None]),  # since then, or in that year
        ("born in or after 2000", [None]),
        ("since the end of 2020", ["over"]),
        ("since the start of 2026", ["begins"]),
        ("until the beginning of March 2026", ["begins"]),
        ("before the end of the year 2025", ["over"]),
        ("hired by 2020", [None]),
        ("in 2021 and 2022", [None, None]),
    ],
)
def test_which_end_of_a_time_is_meant(text: str, ends: list[str | None]) -> None:
    question = parse_question(text)
    assert [asked_end(question, date.start) for date in date_mentions(question)] == ends
