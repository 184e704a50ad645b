"""Questions to words, lemmas, quoted strings, numbers and dates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlidb.question import (
    date_mentions,
    lemma,
    number_mentions,
    parse_question,
    quoted_spans,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Which singers won?", ["Which", "singers", "won", "?"]),
        ("the singer's name", ["the", "singer", "'s", "name"]),
        ("students' ages", ["students", "'", "ages"]),
        ("O'Brien can't", ["O'Brien", "can't"]),
        ("the letter 's'", ["the", "letter", "'", "s", "'"]),
        ("JOHN 'S 'S-Class'", ["JOHN", "'S", "'", "S", "-", "Class", "'"]),
        ("more than $1,000.50", ["more", "than", "$", "1,000.50"]),
        ("$1.5M, 1,500k 1.80m.", ["$", "1.5M", ",", "1,500k", "1.80m", "."]),
        ("1,2 and 3.5%", ["1", ",", "2", "and", "3.5", "%"]),
        ("from -50 to 50", ["from", "-50", "to", "50"]),
        ("between 5-7", ["between", "5", "-", "7"]),
        ("co-author of F-16", ["co", "-", "author", "of", "F", "-", "16"]),
        ("cust_nm on 2024-01-31.", ["cust_nm", "on", "2024-01-31", "."]),
        ("at 10:30 on 1/31/2024", ["at", "10:30", "on", "1/31/2024"]),
        ("in the U.S. by a@b.org", ["in", "the", "U.S.", "by", "a@b.org"]),
        ("see https://a.org/b?c=1.", ["see", "https://a.org/b?c=1", "."]),
        ("price >= 3rd A340", ["price", ">=", "3rd", "A340"]),
        ("café 😀 naïve", ["café", "😀", "naïve"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [word.text for word in parse_question(text).words] == words


@given(st.text(max_size=200))
def test_spans_are_exact_and_cover_everything_but_blanks(text: str) -> None:
    question = parse_question(text)
    position = 0
    for word in question.words:
        assert text[word.start : word.end] == word.text
        assert not text[position : word.start].strip()
        position = word.end
    assert not text[position:].strip()
    number_mentions(question)
    date_mentions(question)
    for start, end in quoted_spans(question):
        assert 0 < start < end < len(question.words)


def test_span_is_the_questions_own_text() -> None:
    question = parse_question("Who sings  'Hey Jude' ?")
    assert question.span(3, 5) == "Hey Jude"
    assert question.span(0, 2) == "Who sings"
    assert question.span(2, 2) == question.span(5, 99) == ""


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("Singers", "singer"),
        ("cities", "city"),
        ("movies", "movie"),
        ("menus", "menu"),
        ("calories", "calorie"),
        ("hoodies", "hoodie"),
        ("rookies", "rookie"),
        ("quizzes", "quiz"),
        ("scarves", "scarf"),
        ("thieves", "thief"),
        ("classes", "class"),
        ("boxes", "box"),
        ("courses", "course"),
        ("addresses", "address"),
        ("heroes", "hero"),
        ("people", "person"),
        ("countries", "country"),
        ("status", "status"),
        ("series", "series"),
        ("hired", "hire"),
        ("planned", "plan"),
        ("opened", "open"),
        ("located", "locate"),
        ("ordered", "order"),
        ("managed", "manage"),
        ("received", "receive"),
        ("running", "run"),
        ("belonging", "belong"),
        ("published", "publish"),
        ("string", "string"),
        ("during", "during"),
        ("speed", "speed"),
        ("went", "go"),
        ("A340s", "a340s"),
        ("É", "é"),
    ],
)
def test_lemma(word: str, form: str) -> None:
    assert lemma(word) == form


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("named 'New York' or \"St. Paul's\"", ["New York", "St. Paul's"]),
        ("the students' names and teachers' ages", []),
        ("called \u201cBig Top\u201d and \u2018Small\u2019", ["Big Top", "Small"]),
        ("on `` Machine Learning ''", ["Machine Learning"]),
        ('keyword " Natural Language " .', ["Natural Language"]),
        ("the letter 's' and O'Brien's", ["s"]),
        ("'S-Class', 'S&P 500' or 'S. Smith'", ["S-Class", "S&P 500", "S. Smith"]),
        ("\u2018Tom\u2019s Diner\u2019", ["Tom\u2019s Diner"]),
        ("the singer 's dogs' names", []),
        ('an open " mark', []),
        ('""', []),
    ],
)
def test_quoted_spans(text: str, quoted: list[str]) -> None:
    question = parse_question(text)
    assert [question.span(start, end) for start, end in quoted_spans(question)] == quoted


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("more than 1,000.50 or -7", ["1000.50", "-7"]),
        ("a rate of .5", ["0.5"]),
        ("the third and the 3rd", ["3", "3"]),
        ("twenty-one of two hundred fifty thousand", ["21", "250000"]),
        ("one hundred and five", ["105"]),
        ("one hundred and five thousand", ["105000"]),
        ("one hundred and five thousand two hundred", ["105200"]),
        ("between one hundred and two hundred", ["100", "200"]),
        ("between one thousand and two thousand", ["1000", "2000"]),
        ("between one hundred and five thousand", ["100", "5000"]),
        ("between one hundred and five and two hundred", ["105", "200"]),
        ("between two hundred and two hundred and fifty", ["200", "250"]),
        ("one hundred thousand and two hundred thousand", ["100000", "200000"]),
        ("two dozen, 2 dozen and half a dozen", ["24", "2", "24", "6"]),
        ("half a million, two and a half million", ["500000", "2500000"]),
        ("two and a half", ["2"]),
        ("minus 5, negative 1.5 million", ["5", "-5", "1.5", "1500000", "-1500000"]),
        ("thirteenth, twentieth, twenty-first", ["13", "20", "21"]),
        ("1.5 million people", ["1.5", "1500000"]),
        ("two million", ["2000000"]),
        ("at least 180cm, 10k", ["180", "10", "10000"]),
        ("over 1.5k, $1.5M or 1,500k", ["1.5", "1500", "1.5", "1500000", "1500", "1500000"]),
        ("taller than 1.80m", ["1.80", "1800000"]),
        ("5 k, 5 m, 5mil", ["5", "5000", "5", "5", "5000000"]),
        ("CVPR '16", ["16", "2016"]),
        ("twice, a dozen", ["2", "12"]),
        ("one or two", ["1", "2"]),
        ("no number and", []),
    ],
)
def test_numbers(text: str, numbers: list[str]) -> None:
    assert [number.text for number in number_mentions(parse_question(text))] == numbers


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("after 7th September, 1987", [(1987, 9, 7)]),
        ("on March 3rd 2010", [(2010, 3, 3)]),
        ("on the 5th of June, 1999", [(1999, 6, 5)]),
        ("in April 2024", [(2024, 4, None)]),
        ("in 2024", [(2024, None, None)]),
        ("on 2024-01-31", [(2024, 1, 31)]),
        ("on 1/31/2024 or 31/12/2019", [(2024, 1, 31), (2019, 12, 31)]),
        ("in 2024-03 or 03/2021", [(2024, 3, None), (2021, 3, None)]),
        ("between 2020-01 and 2020-06", [(2020, 1, None), (2020, 6, None)]),
        ("on 01-31-2024 or 31-01-2024", [(2024, 1, 31), (2024, 1, 31)]),
        ("on 5-Jan-2020.", [(2020, 1, 5)]),
        (
            "2024-13, 1998-99 and 2024-03-x",
            [(2024, None, None), (1998, None, None), (2024, None, None)],
        ),
        ("the 2009-10 season", [(2009, None, None)]),
        ("on 31-02-2024", [(2024, None, None)]),
        ("in May and June", [(None, 5, None), (None, 6, None)]),
        ("it may march 3 times", [(None, 3, 3)]),
        ("they may jan", []),
        ("on 2024-02-30", []),
        ("on 30 February 2024", []),
        ("room 1200 or 12345", []),
        ("between June and August 2021", [(2021, 6, None), (2021, 8, None)]),
        ("in june or july 2024", [(2024, 6, None), (2024, 7, None)]),
        ("in June, July, and August 2021", [(2021, m, None) for m in (6, 7, 8)]),
        ("between march and may 2020", [(2020, 3, None), (2020, 5, None)]),
        ("jan-mar 2020", [(2020, 1, None), (2020, 3, None)]),
        ("from November to February 2011", [(2010, 11, None), (2011, 2, None)]),
        ("in November or February 2011", [(2011, 11, None), (2011, 2, None)]),
        ("from November 2010 to February", [(2010, 11, None), (2011, 2, None)]),
        ("from 10 to 15 March 2018", [(2018, 3, 10), (2018, 3, 15)]),
        ("between 1 and 5 March 2018", [(2018, 3, 1), (2018, 3, 5)]),
        ("the 3rd, 4th and 5th of May 2008", [(2008, 5, 3), (2008, 5, 4), (2008, 5, 5)]),
        ("between March 3 and 9, 2008", [(2008, 3, 3), (2008, 3, 9)]),
        ("March 3-9 2008", [(2008, 3, 3), (2008, 3, 9)]),
        ("from March 3 to April 9, 2008", [(2008, 3, 3), (2008, 4, 9)]),
        ("with 3 and 4 May 2008", [(2008, 5, 4)]),
        ("the top 5 in May 2008", [(2008, 5, None)]),
        ("between 30 and 5 February 2019", [(2019, 2, 5)]),
    ],
)
def test_dates(text: str, dates: list[tuple[int | None, int | None, int | None]]) -> None:
    found = date_mentions(parse_question(text))
    assert [(mention.year, mention.month, mention.day) for mention in found] == dates


def test_a_month_in_digits_is_two_numbers_too() -> None:
    numbers = number_mentions(parse_question("in 2024-03"))
    assert [number.text for number in numbers] == ["2024", "03"]


def test_a_long_question_is_split_in_one_pass() -> None:
    assert len(parse_question("word " * 2_000).words) == 2_000
    assert len(parse_question("'" * 10_000).words) == 5_000
