"""Shares: how a question for one is read, and what becomes of the two counts, on every engine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import FakeParser
from servers import ENGINE_PARAMS, shop

from nlidb.answer import headline
from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.demo import demo_path
from nlidb.execute import execute
from nlidb.explain import explain_query
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.shares import Share, asks_for_share, names_share, read_share, share_queries
from nlidb.validate import validate
from nlidb.values import ValueIndex

FIXTURE = Path(__file__).parent / "fixtures" / "shares.jsonl"


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customer, product, orders."""
    with shop("sqlite", tmp_path_factory.mktemp("shares")) as url:
        database = Database.open(url)
        yield database
        database.close()


def read(database: Database, text: str) -> Share | None:
    question = parse_question(text)
    index = ValueIndex.build(database.schema, database.distinct_values)
    return read_share(question, link(question, database.schema, index))


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        (
            "What percentage of orders was deleted?",
            "How many orders was deleted?",
            "How many orders are there?",
        ),
        (
            "what share of all the customers live in Paris",
            "How many customers live in Paris?",
            "How many customers are there?",
        ),
        (
            "What fraction of our products, in percent, cost more than 20?",
            "How many products cost more than 20?",
            "How many products are there?",
        ),
        (
            "How many percent of customers from Paris are older than 40?",
            "How many customers from Paris are older than 40?",
            "How many customers from Paris are there?",
        ),
        (
            "What percentage of furniture products are cheap?",
            "How many furniture products are cheap?",
            "How many furniture products are there?",
        ),
        (
            "What percentage of orders placed in 2024 were deleted?",
            "How many orders placed in 2024 were deleted?",
            "How many orders placed in 2024 are there?",
        ),
        (
            "What percentage of customers who are over 30 have an order?",
            "How many customers who are over 30 have an order?",
            "How many customers who are over 30 are there?",
        ),
        (
            "What is the percentage of Paris customers that are older than 40?",
            "How many Paris customers that are older than 40 are there?",
            "How many Paris customers are there?",
        ),
        (
            "Show me the share of customers from Paris.",
            "How many customers from Paris are there?",
            "How many customers are there?",
        ),
        (
            "Of all the customers in the database, what percentage live in Paris?",
            "How many customers live in Paris?",
            "How many customers are there?",
        ),
        (
            "Of the Paris customers, how many percent of them have ordered?",
            "How many Paris customers have ordered?",
            "How many Paris customers are there?",
        ),
        (
            "What percentage of customers from Paris want pens?",
            "How many customers from Paris want pens?",
            "How many customers from Paris are there?",
        ),
        (
            "percentage of orders were deleted",
            "How many orders were deleted?",
            "How many orders are there?",
        ),
    ],
)
def test_a_share_is_two_questions(shops: Database, text: str, part: str, whole: str) -> None:
    share = read(shops, text)
    assert share is not None
    assert (share.part, share.whole) == (part, whole)
    said, asked = parse_question(text).words, parse_question(share.part).words
    for place, word in zip(share.places, asked, strict=True):
        assert place < 0 or said[place].text == word.text


@pytest.mark.parametrize(
    "text",
    [
        "What percentage of revenue comes from Paris?",  # a sum, no table
        "What percentage of the total is Paris?",
        "What percentage of customers from Paris collect pens?",  # where does the whole end?
        "What percentage of customers?",
        "What percentage of products leaving the shop stays in Paris?",
        "How many customers are there?",
        "What percentage of",
        "What percentage of customers have only deleted orders?",
        "What percentage of customers among those from Paris are old?",
    ],
)
def test_of_what_is_not_clear(shops: Database, text: str) -> None:
    assert read(shops, text) is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("What percentage of orders was returned?", True),
        ("what is the share of lost parcels", True),
        ("Give me the percentage of customers from France", True),
        ("How large a share of the orders was returned?", True),
        ("Which products have a discount of 20 percent?", False),
        ("What is the discount percentage of the order 7?", False),
        ("Roughly what part of our staff, in percent, works in Hamburg?", True),
        ("Of all orders, what share was returned?", True),
        ("How many shares of stock were sold?", False),
        ("In 2024, what share of orders was returned?", True),
        ("% customers from Germany", True),
        ("How many orders in % were returned?", True),
        ("I'd like to know the share of returned orders", True),
    ],
)
def test_what_asks_for_a_share(text: str, asks: bool) -> None:
    assert asks_for_share(text) is asks


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("What share of the market has Firefox?", "market share", True),
        ("What percentage of people is unemployed?", "unemployment rate", True),
        ("What share of it has Rose?", "share pct", True),
        ("What share of the orders was returned?", "commission rate", False),
        ("What share of the orders was returned?", "order status", False),
        ("What percentage of nights were booked?", "nightly rate", False),
    ],
)
def test_a_column_of_shares_is_one_for_questions_about_it(
    text: str, column: str, expected: bool
) -> None:
    assert names_share(text, column) is expected


ORDERS = "SELECT COUNT(*) FROM orders"
CUSTOMERS = "SELECT COUNT(*) FROM customer"
PARIS = "customer.city = 'Paris'"
OF_ORDER = "customer ON orders.customer_id = customer.id"
BUYERS = "SELECT COUNT(DISTINCT orders.customer_id) FROM orders"

SHARES = [
    ("orders", f"{ORDERS} WHERE deleted = 1", ORDERS, 100 * 2 / 6),
    ("orders", f"{ORDERS} WHERE quantity > 2 AND deleted = 0", f"{ORDERS} WHERE deleted = 0", 75),
    ("orders", f"{ORDERS} WHERE quantity = 1 OR deleted = 1", ORDERS, 50),
    ("orders", f"{ORDERS} WHERE customer_id IN (SELECT id FROM customer)", ORDERS, 100),
    ("orders", f"{ORDERS} JOIN {OF_ORDER} WHERE {PARIS}", ORDERS, 100 * 4 / 6),
    (
        "orders",
        f"{ORDERS} JOIN {OF_ORDER} WHERE {PARIS} AND orders.deleted = 0 AND orders.quantity > 5",
        f"{CUSTOMERS} JOIN orders ON customer.id = orders.customer_id WHERE {PARIS}",
        50,
    ),
    ("customer", BUYERS, CUSTOMERS, 80),
    ("customer", f"{BUYERS} WHERE deleted = 1", CUSTOMERS, 40),
    (
        "customer",
        f"{BUYERS} JOIN {OF_ORDER} WHERE {PARIS} AND orders.quantity > 5",
        f"{CUSTOMERS} WHERE city = 'Paris'",
        100,
    ),
    ("customer", f"{CUSTOMERS} AS c WHERE c.age IS NULL", CUSTOMERS, 20),
    # whose city nobody knows is not from Paris either
    ("customer", f"{CUSTOMERS} WHERE city <> 'Paris'", CUSTOMERS, 60),
    # Over nothing there is no share.
    (
        "customer",
        f"{CUSTOMERS} WHERE age > 30 AND city = 'Rom'",
        f"{CUSTOMERS} WHERE city = 'Rom'",
        None,
    ),
    (
        "customer",
        f"{BUYERS} JOIN {OF_ORDER} WHERE customer.city = 'Rom' AND orders.deleted = 1",
        f"{CUSTOMERS} WHERE city = 'Rom'",
        None,
    ),
]


def queries(
    schema: Schema,
    table: str,
    part: str,
    whole: str,
    *,
    narrowed: bool | None = None,
    modifiers: int = 0,
) -> list[str]:
    found = schema.find_table(table)
    assert found is not None
    narrowed = "WHERE" in whole if narrowed is None else narrowed
    share = Share("", "", found, (), narrowed, modifiers)
    trees = [validate(sql, schema, schema.dialect).tree for sql in (part, whole)]
    before = [tree.sql() for tree in trees]
    made = share_queries(trees[0], trees[1], share, schema)
    assert [tree.sql() for tree in trees] == before, "the counts themselves were changed"
    return [validate(tree, schema, schema.dialect).sql for tree in made]


@pytest.mark.parametrize("engine", ENGINE_PARAMS)
def test_the_share_is_that_of_the_counts(engine: str, tmp_path: Path) -> None:
    with shop(engine, tmp_path) as url:
        database = Database.open(url)
        schema = database.schema
        for table, part, whole, percent in SHARES:
            (sql,) = queries(schema, table, part, whole)
            result = execute(database, validate(sql, schema, schema.dialect))
            assert result.columns == ("percentage",)
            ((value,),) = result.rows
            if percent is None:
                assert value is None, sql
            else:
                assert float(value) == pytest.approx(percent), sql
        database.close()


@pytest.mark.parametrize(
    ("table", "part", "whole"),
    [
        # a row of the table counts once for each partner
        ("customer", f"{CUSTOMERS} JOIN orders ON orders.customer_id = customer.id", CUSTOMERS),
        ("orders", f"{CUSTOMERS} WHERE age > 30", CUSTOMERS),
        ("orders", f"{CUSTOMERS} WHERE age > 30", ORDERS),
        ("orders", f"{ORDERS} WHERE deleted = 1", f"{ORDERS} WHERE quantity > 1"),
        ("orders", ORDERS, ORDERS),
        ("orders", "SELECT SUM(quantity) FROM orders WHERE deleted = 1", ORDERS),
        ("orders", "SELECT deleted, COUNT(*) FROM orders GROUP BY deleted", ORDERS),
        ("orders", f"{ORDERS} WHERE deleted = 1 GROUP BY deleted", ORDERS),
        ("orders", "SELECT COUNT(*) FROM (SELECT DISTINCT quantity FROM orders) AS q", ORDERS),
        ("orders", f"{ORDERS} LEFT JOIN {OF_ORDER} WHERE {PARIS}", ORDERS),
        ("customer", "SELECT COUNT(DISTINCT city) FROM customer WHERE age > 30", CUSTOMERS),
        (
            "customer",
            f"{CUSTOMERS} AS a JOIN customer AS b ON a.id = b.id WHERE a.age > 30",
            CUSTOMERS,
        ),
        ("customer", f"{BUYERS} WHERE deleted = 1", f"{CUSTOMERS} WHERE city = 'Paris'"),
        # one year said twice
        (
            "orders",
            f"{ORDERS} WHERE ordered_at >= '2024-01-01' AND update_date >= '2024-01-01'",
            f"{ORDERS} WHERE ordered_at >= '2024-01-01'",
        ),
    ],
)
def test_what_is_not_surely_a_share(shops: Database, table: str, part: str, whole: str) -> None:
    assert queries(shops.schema, table, part, whole) == []


def test_a_narrower_whole_must_have_a_condition(shops: Database) -> None:
    part = f"{ORDERS} WHERE deleted = 1"
    assert queries(shops.schema, "orders", part, ORDERS, narrowed=False)
    assert queries(shops.schema, "orders", part, ORDERS, narrowed=True) == []


@pytest.mark.parametrize(
    ("text", "modifiers"),
    [
        ("What is the percentage of orders from Paris?", 1),
        ("What is the percentage of furniture products?", 1),
        ("What is the percentage of furniture products under 20?", 2),
        ("What is the percentage of cheap furniture products?", 2),
        ("What percentage of products are cheap?", 0),
    ],
)
def test_what_narrows_a_share_without_a_verb(shops: Database, text: str, modifiers: int) -> None:
    share = read(shops, text)
    assert share is not None
    assert share.modifiers == modifiers


def test_either_of_two_modifiers_may_be_the_wholes(shops: Database) -> None:
    part = f"{ORDERS} WHERE deleted = 1 AND quantity < 5"
    found = queries(shops.schema, "orders", part, ORDERS, modifiers=2)
    rows = [execute(shops, validate(sql, shops.schema, "sqlite")).rows for sql in found]
    assert rows == [((pytest.approx(200 / 3),),), ((100.0,),), ((pytest.approx(100 / 3),),)]
    lost = f"{ORDERS} WHERE deleted = 1"  # where the model read one of them, none is known
    assert queries(shops.schema, "orders", lost, ORDERS, modifiers=2) == []
    assert len(queries(shops.schema, "orders", lost, ORDERS, modifiers=1)) == 1


YEAR = "ordered_at >= '2024-02-01' AND ordered_at < '2024-03-01'"


def test_a_negation_must_be_in_the_part(shops: Database) -> None:
    table = shops.schema.find_table("orders")
    assert table is not None
    share = Share("", "", table, (), False, negated=True)
    for condition, count in (("deleted = 1", 0), ("deleted = 0", 1), ("NOT quantity > 3", 1)):
        part = validate(f"{ORDERS} WHERE {condition}", shops.schema, "sqlite").tree
        whole = validate(ORDERS, shops.schema, "sqlite").tree
        assert len(share_queries(part, whole, share, shops.schema)) == count, condition


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("What percentage of customers did not order?", True),
        ("What percentage of customers didn't order?", True),
        ("What percentage of customers have no city?", True),
        ("What percentage of orders ended as a no-show?", False),
        ("What percentage of customers without a city have an order?", False),  # of the whole
    ],
)
def test_a_negation_is_noticed(shops: Database, text: str, negated: bool) -> None:
    share = read(shops, text)
    assert share is not None
    assert share.negated is negated


def test_both_of_two_things_must_be_in_the_part(shops: Database) -> None:
    share = read(shops, "What percentage of orders are deleted and small?")
    assert share is not None
    assert share.joined
    whole = validate(ORDERS, shops.schema, "sqlite").tree
    for condition, count in (("deleted = 1", 0), ("deleted = 1 AND quantity < 3", 1)):
        part = validate(f"{ORDERS} WHERE {condition}", shops.schema, "sqlite").tree
        assert len(share_queries(part, whole, share, shops.schema)) == count, condition


def test_a_time_may_be_the_wholes(shops: Database) -> None:
    part = f"{ORDERS} WHERE deleted = 1 AND {YEAR}"
    of_those, of_all = queries(shops.schema, "orders", part, ORDERS)
    rows = [
        execute(shops, validate(sql, shops.schema, "sqlite")).rows for sql in (of_those, of_all)
    ]
    assert rows == [((50.0,),), ((pytest.approx(100 / 6),),)]
    (alone,) = queries(shops.schema, "orders", f"{ORDERS} WHERE {YEAR}", ORDERS)
    assert "WHERE" not in alone.partition("END")[2]
    within = f"{ORDERS} WHERE {YEAR}"
    assert len(queries(shops.schema, "orders", part, within)) == 1


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "SELECT 100.0 * SUM(CASE WHEN deleted = 1 THEN 1 ELSE 0 END) / COUNT(*) FROM orders",
            "The percentage of orders for which deleted is 1.",
        ),
        (
            "SELECT 100 * SUM(CASE WHEN age > 30 THEN 1 ELSE 0 END) / COUNT(*) FROM customer WHERE city = 'Rom'",
            'Of the customers whose city is "Rom", the percentage for which age is above 30.',
        ),
        (
            f"SELECT 100.0 * ({CUSTOMERS} WHERE age > 30) / NULLIF(({CUSTOMERS}), 0)",
            "The number of customers whose age is above 30, in percent of the number of customers.",
        ),
    ],
)
def test_a_share_is_said_in_words(shops: Database, sql: str, sentence: str) -> None:
    tree = validate(sql, shops.schema, "sqlite").tree
    assert explain_query(tree, shops.schema) == sentence


SINGERS = "SELECT COUNT(*) FROM singer"
FRENCH = f"{SINGERS} WHERE country = 'France'"
SHARE_ASKED = "What percentage of the singers is from France?"


def test_the_assistant_asks_both_and_puts_them_together(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((SINGERS, 0.9))
    fake_parser.answer((FRENCH, 0.8), (f"{SINGERS} WHERE country >= 'France'", 0.1))
    answer = assistant.ask(SHARE_ASKED)
    assert fake_parser.questions == [
        "How many singers are there?",
        "How many singers is from France?",
    ]
    assert answer.question == SHARE_ASKED
    assert answer.rows == ((pytest.approx(100 * 4 / 6),),)
    # both right, where the part's other reading and the tenth that none holds are possible as well
    assert answer.confidence == pytest.approx(0.9 * 0.8)
    assert answer.explanation == 'The percentage of singers for which country is "France".'
    assert headline(answer).endswith('"France" is 66.67 %.')
    assert [link.text for link in answer.links if link.value] == ["France"]
    assert len(answer.alternatives) == 1


def test_readings_that_are_no_part_of_the_whole_are_out(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((SINGERS, 0.9))
    fake_parser.answer((SINGERS, 0.6), (f"{SINGERS} GROUP BY country", 0.1), (FRENCH, 0.2))
    answer = assistant.ask(SHARE_ASKED)
    assert answer.rows == ((pytest.approx(100 * 4 / 6),),)
    assert answer.confidence == pytest.approx(0.9 * 0.2 / 0.3)


def test_a_share_of_all_or_nothing_is_told(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((SINGERS, 0.9))
    fake_parser.answer((f"{SINGERS} WHERE country = 'France' AND age > 90", 0.9))
    answer = assistant.ask("What percentage of the singers is from France and above 90?")
    assert answer.rows == ((0.0,),)
    assert "All or nothing" in answer.warnings[-1]


def test_a_share_that_is_not_sure_is_asked_back(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((SINGERS, 0.9))
    fake_parser.answer((FRENCH, 0.55))
    answer = assistant.ask(SHARE_ASKED)
    assert answer.outcome == "asks"
    assert "Both counts" in answer.warnings[-1]
    assert assistant.run(answer.choices[0].sql).rows == ((pytest.approx(100 * 4 / 6),),)


def test_a_share_leaves_no_value_out(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((SINGERS, 0.9))
    fake_parser.answer((FRENCH, 0.9))
    answer = assistant.ask("What percentage of the singers is from France and the Netherlands?")
    assert answer.outcome == "declined"


def test_the_words_of_a_share_attend_where_the_counts_did(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    items = len(assistant.schema.tables) + len(assistant.schema.columns)
    # six words of the part: how many singers is from France
    fake_parser.attention = [[0.0] * items for _ in range(6)]
    fake_parser.attention[2][0] = 0.75
    fake_parser.answer((SINGERS, 0.9))
    fake_parser.answer((FRENCH, 0.8))
    found = assistant.ask(SHARE_ASKED).attention
    assert found is not None
    start, end = found.words[4]
    assert SHARE_ASKED[start:end] == "singers"
    assert [max(row) for row in found.weights].index(0.75) == 4


def test_an_unclear_share_is_declined(assistant: Assistant, fake_parser: FakeParser) -> None:
    declined = assistant.ask("What percentage of the revenue is from France?")
    assert declined.outcome == "declined"
    assert "each by itself" in declined.explanation
    fake_parser.answer((SINGERS, 0.9))
    fake_parser.answer((f"{FRENCH} GROUP BY country", 0.8))
    assert assistant.ask(SHARE_ASKED).outcome == "declined"
    fake_parser.answer((SINGERS, 0.9))
    before = assistant.ask("How many singers are there?")
    # of whom, only the words before say
    later = assistant.ask("What percentage of them is from France?", previous=before)
    assert later.outcome == "declined"


def test_a_share_at_a_time_asks_of_what(assistant: Assistant, fake_parser: FakeParser) -> None:
    concerts = "SELECT COUNT(*) FROM concert"
    fake_parser.answer((concerts, 0.9))
    fake_parser.answer((f"{concerts} WHERE title = 'Auditions' AND year = 2014", 0.9))
    answer = assistant.ask("What percentage of concerts was called Auditions in 2014?")
    assert (answer.outcome, answer.sql) == ("asks", None)
    assert [choice.text for choice in answer.choices] == [
        'Of the concerts whose year is 2014, the percentage for which title is "Auditions".',
        'The percentage of concerts for which title is "Auditions" and year is 2014.',
    ]
    assert "of those alone" in answer.warnings[-1]
    chosen = assistant.run(answer.choices[0].sql)
    assert chosen.rows == ((50.0,),)


def test_a_follow_up_narrows_the_whole(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((SINGERS, 0.9))
    fake_parser.answer((FRENCH, 0.8))
    share = assistant.ask(SHARE_ASKED)
    fake_parser.answer((SINGERS, 0.5))
    narrowed = assistant.ask("and only those older than 30", previous=share)
    assert narrowed.rows == ((50.0,),)


CASES = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()]


def test_the_shipped_model_reads_shares() -> None:
    """The clear questions of the fixture, by somebody who saw neither the rules nor the demo questions.

    The rules were mended on them since: this is a guard, and no measure of what they do on others.
    """
    outcomes: Counter[str] = Counter()
    for db_id in {case["db"] for case in CASES}:
        with Assistant.connect(demo_path(db_id)) as opened:
            for case in CASES:
                if case["db"] != db_id or case["ambiguous"]:
                    continue
                answer = opened.ask(case["question"])
                outcome: str = answer.outcome
                if outcome == "answered":
                    ((wanted,),) = opened.run(case["sql"]).rows
                    same = answer.rows == ((pytest.approx(wanted),),)
                    outcome = "right" if same else "wrong"
                outcomes[outcome] += 1
    assert outcomes["right"] >= 28, outcomes  # 33 of 50 for the checkpoint of 2026-11-30
    assert outcomes["wrong"] <= 4, outcomes  # 2
