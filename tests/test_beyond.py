"""Questions for what no query of the target language gives: told, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import FakeParser
from servers import shop

from nlidb.assistant import Assistant
from nlidb.beyond import beyond
from nlidb.database import Database
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.values import ValueIndex


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customer, product, orders."""
    with shop("sqlite", tmp_path_factory.mktemp("beyond")) as url:
        database = Database.open(url)
        yield database
        database.close()


def told(database: Database, text: str) -> str | None:
    question = parse_question(text)
    index = ValueIndex.build(database.schema, database.distinct_values)
    return beyond(question, link(question, database.schema, index), database.schema)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("What is the median age of the customers?", "no median"),
        ("the standard deviation of prices", "no standard deviation"),
        ("Is age correlated with quantity?", "no correlated"),
        ("Show the running total of orders by month", "row to row"),
        ("cumulative quantity per month", "row to row"),
        ("What was the growth of orders in 2024?", "one time against another"),
        ("the change in the number of orders from 2023 to 2024", "one time against another"),
        ("How many more orders were there in 2024 than in 2023?", "one count from another"),
        ("What is the ratio of deleted orders to all?", "divide one count"),
        ("Who are the top 10 percent of customers by age?", "percentage of a list"),
        ("the top 3 products in each category", "not of each"),
        ("For each category, show the two most expensive products", "not of each"),
        ("How many orders were placed on a Monday?", "day of the week"),
        ("orders at weekends, over the weekend", "day of the week"),
        ("How many orders came in the morning?", "time of day"),
        ("orders after 5 pm", "time of day"),
        ("the average number of days between joined and ordered at", "one date from another"),
        ("Show me a random customer", "random"),
        ("Predict the orders of 2027", "predict nothing"),
        ("customers whose name has more than 10 letters", "letters of a text"),
        ("Which customer has the longest name?", "letters of a text"),
        ("How much more did we sell in 2024 than in 2023?", "one count from another"),
        ("How did orders change from 2023 to 2024?", "one time against another"),
        ("How long does it take to ship an order?", "one date from another"),
        ("What is the return rate of orders?", "what percentage"),
        ("Which customers are duplicated?", "duplicates"),
        ("prices plus 20% tax", "percentage of a number"),
        ("the second to last order", "from the end"),
        ("orders per weekday", "day of the week"),
        ("orders updated within one day of being ordered", "one date from another"),
        ("orders placed more than 30 days in advance", "one date from another"),
        ("average time to close an order", "one date from another"),
        ("Which order took the longest to ship?", "one date from another"),
        ("Do all customers have a city?", "do not judge"),
        ("Has every customer from Paris placed an order?", "do not judge"),
    ],
)
def test_what_cannot_be_said_is_told(shops: Database, text: str, reason: str) -> None:
    found = told(shops, text)
    assert found is not None
    assert reason in found


@pytest.mark.parametrize(
    "text",
    [
        "What is the average age of the customers?",
        "How many customers are there?",
        "the average quantity per customer",
        "What is the total quantity by month?",
        "Who are the top 10 customers by age?",
        "the most expensive product in each category",
        "the number of orders of each customer, top 3",
        "three oldest customers with the city of each",
        "How many products cost more than the lamp?",
        "How many more than 5 orders are there?",
        "How many orders were placed between January and March 2024?",
        "orders in the days between 2 January 2024 and 5 March 2024",
        "orders on 5 March 2024",
        "What changed in 2024?",
        "the oldest customer's name",
        "Reviews whose body contains 'random'",
        "notes that mention growth",
        "orders of Saturday, 1 June 2024",
        "the average price per category",
        "the cheapest product per order",
        "How old is the oldest customer?",
        "the average order per customer",
    ],
)
def test_what_can_be_said_is_left_alone(shops: Database, text: str) -> None:
    assert told(shops, text) is None


def test_a_word_that_is_stored_is_asked_for(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("stored")
    path = folder / "growth.csv"
    path.write_text(
        "country,growth rate,median age,opening day\nNorway,2.1,40,Monday\nSpain,1.5,45,Fri\nMali,5.0,16,Sunday\n"
    )
    database = Database.open(path)
    for text in (
        "What is the median age of Norway?",
        "Which country has the highest growth rate?",
        "Which countries open on Monday?",
        "Which countries open on Fridays?",
    ):
        assert told(database, text) is None, text
    assert told(database, "What is the variance of the growth rate?") is not None
    database.close()


def test_ages_are_not_known_from_births(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("births") / "people.csv"
    path.write_text("name,birth date\nAnn,1990-02-03\nBob,1985-11-30\n")
    database = Database.open(path)
    assert "no ages" in (told(database, "How old is Ann?") or "")
    assert told(database, "When was Ann born?") is None
    database.close()


def test_it_is_declined_with_the_reason(assistant: Assistant, fake_parser: FakeParser) -> None:
    answer = assistant.ask("What is the median age of the singers?")
    assert (answer.outcome, answer.sql) == ("declined", None)
    assert "no median" in answer.explanation
    assert fake_parser.questions == []
