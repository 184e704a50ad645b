"""Any text as a question: it is answered, asked back, declined or refused, and never met with a foreign exception.

Two depths, because a whole question takes the model some forty milliseconds. ``test_fuzz_linking`` takes each text
through intake, parsing, linking and the model's features; ``test_fuzz_asking`` asks the shipped model, with one
beam, and runs what it writes; half of the questions follow the one before. ``make test-long`` does the first with
20 000 texts and the second with 3 000, or as many as ``NLIDB_FUZZ_ASKS`` says.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator

import hypothesis
import pytest
import servers
from hypothesis import strategies as st

from nlidb import intake
from nlidb.answer import Answer
from nlidb.assistant import Assistant, load_parser, shipped_checkpoint
from nlidb.batch import question_features
from nlidb.checkpoint import VOCABULARY
from nlidb.config import DecodeConfig
from nlidb.database import Database
from nlidb.errors import NlidbError, RefusedSQL
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.tokenizer import Tokenizer
from nlidb.values import ValueIndex

ASKS = int(os.environ.get("NLIDB_FUZZ_ASKS", "3000"))

QUESTIONS = (
    "How many customers are there?",
    "Which five customers ordered most in 2024?",
    "Show the names and cities of customers older than 30, oldest first.",
    "What is the average price of products in each category with more than 2 products?",
    "List the titles of products that were never ordered",
    "orders per month since January 2024",
    "and only those from Paris",
    "sort them by age",
    "what about 2023?",
    "how many of them are there",
    "Who joined between 2023-01-01 and 1 March 2024?",
    "Which products cost between 1.50 and $180,000.00?",
    "is there a note that begins with 'first; drop table note'?",
    "SELECT name FROM customer WHERE age > 30",
    "select all customers from Rome",
    "Combien de clients y a-t-il ?",
)
WORDS = (
    *"how many what which who when where is are the of in each per by and or not more less than most least top "
    "first last average total number sum between before after since with without named all any only show list "
    "customer customers name city age joined product title price category orders quantity note body größe "
    "Odd First Name big spender deleted update date Paris Rome Oslo Ann Bob furniture office desk gum".split(),
    "2024", "2023-01-05", "1/2/2024", "March 2024", "last year", "3.5", "1,000", "1e9", "-7", "50%", "$5", "²",
    "'it''s'", '"say ""hi"""', "“quoted”", "'", '"', "`", "\\", ";", "--", "/*", "*", "?", "!", "...", "(", ")",
    "null", "NULL", "None", "true", "nan", "inf", "select", "from", "where", "drop table", "union", "LIMIT 0",
    "<script>", "{{x}}", "%s", "%(a)s", "${x}", "\\n", "\t", "\n", "\0", "\x1b[31m", "\u202e", "\u200b", "\ufeff",
    "\ud800", "e\u0301", "ﬁ", "İ", "ß", "日本", "ابجد", "😀", "👩‍👩‍👧", "٣", "Ⅷ", "Ян", "Zoë", "a" * 300,
)  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A sensible question with words put in, taken out, doubled, swapped or misspelt."""
    pieces = re.findall(r"\w+|\W", draw(st.sampled_from(QUESTIONS)))
    generator = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(1, 6))):
        place = generator.randrange(len(pieces) + 1)
        choice = generator.random()
        if choice < 0.4 or not pieces:
            pieces.insert(place, f" {generator.choice(WORDS)} ")
        elif choice < 0.6:
            pieces[place : place + 1] = []
        elif choice < 0.8:
            pieces[place : place + 1] = [generator.choice(WORDS)]
        elif choice < 0.9:
            pieces[place:place] = pieces[place : place + 5] * generator.randrange(1, 30)
        else:
            pieces[place : place + 1] = [piece[::-1] for piece in pieces[place : place + 1]]
    return "".join(pieces)


TEXTS = st.one_of(
    mangled(),
    mangled(),
    st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=15).map(" ".join),
    st.text(st.characters(), max_size=120),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with (
        servers.shop("sqlite", tmp_path_factory.mktemp("shop")) as url,
        Database.open(url) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def linked(database: Database) -> tuple[Schema, ValueIndex, Tokenizer]:
    index = ValueIndex.build(database.schema, database.distinct_values)
    return database.schema, index, Tokenizer.load(shipped_checkpoint() / VOCABULARY)


@pytest.fixture(scope="module")
def assistant(database: Database) -> Assistant:
    """The shipped model with one beam: the search is not what is looked at here."""
    return Assistant(
        database, lambda: load_parser(None), timeout=5.0, decode=DecodeConfig(beam_size=1)
    )


def link_one(text: str, linked: tuple[Schema, ValueIndex, Tokenizer]) -> None:
    schema, index, tokenizer = linked
    cleaned, _ = intake.clean(text)
    intake.looks_like_sql(text)
    intake.is_follow_up(cleaned)
    if intake.refusal(cleaned) is not None:
        return
    question = parse_question(cleaned)
    links = link(question, schema, index)
    for found in links.links:
        assert 0 <= found.start < found.end <= len(question.words)
        assert 0 <= found.score <= 1
    question_features(question, links, tokenizer)


def ask_one(text: str, assistant: Assistant, previous: Answer | None) -> Answer | None:
    try:
        answer = assistant.ask(text, previous=previous, policy="eager")
    except NlidbError as error:
        assert error.message
        assert not isinstance(error, RefusedSQL) or error.rule
        return None
    json.dumps(answer.to_dict(), allow_nan=False)
    assert answer.explanation
    assert (answer.sql is None) == (answer.outcome != "answered")
    for found in answer.links:
        assert 0 <= found.start < found.end <= len(answer.question)
    if answer.sql is not None:
        assert assistant.check(answer.sql).ok
    return answer


@hypothesis.settings(max_examples=300, deadline=None, derandomize=True)
@hypothesis.given(text=TEXTS)
def test_fuzz_linking(text: str, linked: tuple[Schema, ValueIndex, Tokenizer]) -> None:
    link_one(text, linked)


@hypothesis.settings(max_examples=40, deadline=None, derandomize=True)
@hypothesis.given(texts=st.tuples(TEXTS, TEXTS))
def test_fuzz_asking(texts: tuple[str, str], assistant: Assistant) -> None:
    ask_one(texts[1], assistant, ask_one(texts[0], assistant, None))


@pytest.mark.long
@hypothesis.settings(
    max_examples=20_000, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)
@hypothesis.given(text=TEXTS)
def test_fuzz_linking_long(text: str, linked: tuple[Schema, ValueIndex, Tokenizer]) -> None:
    link_one(text, linked)


@pytest.mark.long
@hypothesis.settings(
    max_examples=ASKS // 2, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)
@hypothesis.given(texts=st.tuples(TEXTS, TEXTS))
def test_fuzz_asking_long(texts: tuple[str, str], assistant: Assistant) -> None:
    ask_one(texts[1], assistant, ask_one(texts[0], assistant, None))
