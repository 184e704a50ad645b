"""The grammar's mask: all it allows ends as SQL that the database takes, and all gold SQL is allowed."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlglot import exp
from test_linearize import create_statements, make_schema, oracle, read_cases

from nlidb.database import Database
from nlidb.delinearize import delinearize
from nlidb.demo import demo_databases, demo_path
from nlidb.edges import infer_edges, join_graph
from nlidb.errors import InvalidSQL
from nlidb.grammar import Allowed, Grammar
from nlidb.grammar_state import State
from nlidb.linearize import linearize
from nlidb.linking import ValueCandidate, link
from nlidb.printing import to_spider, to_sql
from nlidb.question import parse_question
from nlidb.schema import Column, Schema, Table
from nlidb.values import ValueIndex
from nlidb.vocab import KEYWORDS, TargetToken, keyword, keyword_id, render

CANDIDATES = (
    ValueCandidate("France", "span"),
    ValueCandidate("5", "number"),
    ValueCandidate("O'Neil", "quoted"),
    ValueCandidate("2023-04", "date"),
    ValueCandidate("-3.50", "number"),
    ValueCandidate("1", "constant"),
    ValueCandidate("2024", "number"),
)
CANDIDATE_SETS = (CANDIDATES, (), CANDIDATES[-1:])
LENGTHS = (8, 11, 24, 60)
SQLITE_DEMOS = [demo.db_id for demo in demo_databases() if demo.dialect == "sqlite"]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return make_schema()


@pytest.fixture(scope="module", params=[*SQLITE_DEMOS, "music"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Schema, sqlite3.Connection]]:
    """A schema with its database."""
    if request.param == "music":
        connection = sqlite3.connect(":memory:")
        for statement in create_statements():
            connection.execute(statement)
        schema = make_schema()
    else:
        path = demo_path(request.param)
        with Database.open(path) as database:
            schema = database.schema
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    yield schema, connection
    connection.close()


def walk(grammar: Grammar, rng: random.Random, keywords: float) -> list[TargetToken]:
    """A random finished sequence; ``keywords``: how often a keyword is preferred to a pointer."""
    state, tokens = grammar.start(), list[TargetToken]()
    while not state.finished:
        choices = grammar.allowed(state).tokens()
        assert choices, "a dead end"
        words = [token for token in choices if token.kind == "keyword"]
        token = rng.choice(words if words and rng.random() < keywords else choices)
        tokens.append(token)
        state = grammar.advance(state, token)
        assert len(tokens) + (0 if state.finished else grammar.shortest_end(state)) < 500
    return tokens


def test_random_walks_end_as_sql_that_the_database_explains(
    place: tuple[Schema, sqlite3.Connection],
) -> None:
    schema, connection = place
    rng = random.Random(11)
    for i in range(150):
        candidates, length = rng.choice(CANDIDATE_SETS), rng.choice(LENGTHS)
        grammar = Grammar(schema, candidates, max_length=length)
        tokens = walk(grammar, rng, (0.2, 0.5, 0.8)[i % 3])
        assert len(tokens) <= length
        assert grammar.accepts(tokens)
        tree = delinearize(tokens, schema, candidates)
        for sql in (to_sql(tree, "sqlite"), to_spider(tree)):
            try:
                connection.execute(f"EXPLAIN {sql}")
            except sqlite3.Error as error:
                pytest.fail(f"{error}: {sql}\n{render(tokens, schema, candidates)}")


def test_random_walks_join_along_keys_only(place: tuple[Schema, sqlite3.Connection]) -> None:
    """Reading the SQL again proves it: ``linearize`` refuses any other join, and any other value."""
    schema, _ = place
    rng = random.Random(5)
    for _ in range(50):
        grammar = Grammar(schema, CANDIDATES, max_length=40)
        tree = delinearize(walk(grammar, rng, 0.5), schema, CANDIDATES)
        sql = to_sql(tree, "sqlite")
        again = linearize(sql, schema, CANDIDATES)
        assert again[-1] == keyword("<end>")


@pytest.mark.parametrize(("sql", "shown", "back"), read_cases())
def test_gold_sequences_are_accepted(sql: str, shown: str, back: str, schema: Schema) -> None:
    candidates = oracle(sql, schema)
    tokens = linearize(sql, schema, candidates)
    assert Grammar(schema, candidates).accepts(tokens)
    assert Grammar(schema, candidates, max_length=len(tokens) + 8).accepts(tokens)
    assert not Grammar(schema, candidates).accepts(tokens[:-1])


def parse(words: str, schema: Schema) -> list[TargetToken]:
    """Tokens from words: ``singer.name``, ``singer.*``, ``'0`` (a candidate) and keywords."""
    tokens: list[TargetToken] = []
    for word in words.split():
        table, _, field = word.partition(".")
        number = schema.find_table(table)
        if word.startswith("'"):
            tokens.append(TargetToken("value", int(word[1:])))
        elif number is None:
            tokens.append(keyword(word))
        elif field == "*":
            tokens.append(TargetToken("table", number))
        else:
            column = schema.find_column(number, field)
            assert column is not None, word
            tokens.append(TargetToken("column", column))
    return tokens


def after(words: str, schema: Schema, grammar: Grammar) -> Allowed:
    state = grammar.start()
    for token in parse(words, schema):
        assert token in grammar.allowed(state), f"{token} in {words}"
        state = grammar.advance(state, token)
    return grammar.allowed(state)


@pytest.mark.parametrize(
    ("words", "yes", "no"),
    [
        ("", "singer.name singer.* count distinct from", "<end> where all select ] ) '0 @2"),
        ("singer.name", "<end> where group union stadium.city", "having Order.value and '0"),
        ("sum", "singer.age distinct *", "singer.name singer.* count <end>"),
        ("count", "singer.name singer.* distinct (", "<end> +"),
        ("count distinct", "singer.name", "singer.* distinct"),
        ("singer.name where singer.age >", "'1 '4 ( concert.price", "'0 '2 singer.name singer.age"),
        ("singer.name where singer.age =", "'0 '1", "singer.name"),
        ("singer.name where", "[ singer.age stadium.city", "count sum ] Order.value"),
        ("singer.name where [ singer.age is-null", "or and", "] <end> group"),
        ("singer.name where [ singer.age is-null or singer.age > '1", "] or", "<end>"),
        (
            "singer.name where [ singer.age > '1 or singer.age in '1 ]",
            "and or group <end>",
            "'1 ] having",
        ),
        ("singer.name where singer.singer_id in (", "concert.singer_id count", "stadium.city"),
        ("singer.name where singer.age = ( singer.age", ") where", "<end> singer.name"),
        ("singer.name where singer.born during", "'3", "'0 '1"),
        ("singer.name where singer.country", "contains =", "during"),
        ("singer.name where singer.country contains", "'0 '2", "( singer.name"),
        ("singer.name limit", "'1", "'0 '4 '5"),
        ("singer.name asc singer.age", "desc limit limit-1 <end>", "union where"),
        ("singer.name asc", "singer.age", "count sum"),
        ("singer.name group singer.name desc", "singer.age count", "where"),
        ("singer.name singer.age union", "singer.country", "singer.age stadium.* all"),
        ("singer.name union singer.country", "<end> where union", "asc limit-1 singer.name"),
        ("singer.name group singer.name", "having <end> singer.age", "singer.name where"),
        ("from", "singer.* concert.*", "Order.* singer.name select"),
        ("from singer.*", "concert.* singer.* on", "stadium.* select"),
        ("from singer.* on", "singer.singer_id singer.mentor_id", "singer.name @2"),
        ("from concert.* on concert.backup_id", "stadium.stadium_id", "singer.singer_id"),
        ("from singer.* concert.* select", "all singer.name distinct", "stadium.city @2 from"),
        ("from singer.* singer.* select", "@2 singer.name", "@3 concert.price"),
        ("from singer.* singer.* concert.* select @2", "singer.name", "concert.price count"),
        ("from singer.* singer.* select singer.name @2", "singer.name singer.*", "<end> where"),
        ("count ( singer.name )", "<end>", "where singer.name union"),
        ("year", "singer.born", "singer.name singer.age singer.* count year distinct @2 <end>"),
        ("singer.name group", "singer.age year month", "count sum singer.*"),
        ("month singer.born group month", "singer.born", "singer.name"),
        ("month singer.born", "year count group", "between ="),
        ("count distinct", "year month", "count"),
        ("sum", "singer.age", "year month"),
        ("max", "year month", "singer.*"),
        ("singer.name where year singer.born", "> between in is-null", "= during contains like"),
        ("singer.name where year singer.born >", "'6", "'0 '1 '3 '5 ( singer.age +"),
        ("singer.name where month singer.born in", "'3", "'0 '1 '6 ( singer.age +"),
        ("year singer.born group year singer.born having year singer.born", "= !=", "during"),
        ("singer.name where singer.singer_id in (", "singer.singer_id", "year month"),
        ("from singer.* singer.* select year", "@2 singer.born", "@3 singer.name"),
        ("from singer.* singer.* select year @2", "singer.born", "singer.name stadium.city"),
        ("from singer.* concert.* concert.* select year", "singer.born", "@2"),
    ],
)
def test_what_may_come_next(words: str, yes: str, no: str, schema: Schema) -> None:
    allowed = after(words, schema, Grammar(schema, CANDIDATES))
    for token in parse(yes, schema):
        assert token in allowed, render([token], schema, CANDIDATES)
    for token in parse(no, schema):
        assert token not in allowed, render([token], schema, CANDIDATES)


def test_only_the_named_part_of_a_date_may_come(schema: Schema) -> None:
    year, month = keyword("year"), keyword("month")
    for parts in (("year",), ("month",), ("year", "month")):
        grammar = Grammar(schema, CANDIDATES, date_parts=parts)
        for words in ("", "count singer.* group", "singer.name where"):
            allowed = after(words, schema, grammar)
            assert (year in allowed, month in allowed) == ("year" in parts, "month" in parts), words


@pytest.mark.parametrize(
    ("words", "repeated", "other"),
    [
        ("count singer.* max singer.age max", "singer.age", "singer.singer_id"),
        ("singer.name singer.age", "singer.name", "singer.country"),
        ("singer.*", "singer.*", "singer.name"),
        ("from singer.* singer.* select @2 singer.name @2", "singer.name", "singer.age"),
        ("from singer.* singer.* select all", "all", "singer.name"),
        ("singer.name singer.age union singer.country", "singer.country", "singer.singer_id"),
    ],
)
def test_an_item_may_not_be_repeated(words: str, repeated: str, other: str, schema: Schema) -> None:
    allowed = after(words, schema, Grammar(schema, ()))
    assert parse(repeated, schema)[0] not in allowed
    assert parse(other, schema)[0] in allowed


def test_an_aggregate_is_not_offered_where_it_could_only_be_repeated() -> None:
    """Of a table with one number, its sum stands once."""
    columns = (Column("price", 0, "number", "price"), Column("born", 0, "time", "born"))
    schema = Schema("one", "sqlite", (Table("t", "t", (0, 1)),), columns)
    total = [keyword("sum"), TargetToken("column", 0)]
    grammar = Grammar(schema, ())
    state = grammar.start()
    for token in total:
        state = grammar.advance(state, token)
    allowed = grammar.allowed(state)
    assert keyword("sum") not in allowed
    assert keyword("avg") in allowed and keyword("max") in allowed
    assert not grammar.accepts([*total, *total, keyword("<end>")])


def test_random_walks_repeat_no_item(place: tuple[Schema, sqlite3.Connection]) -> None:
    schema, _ = place
    rng = random.Random(17)
    for _ in range(100):
        grammar = Grammar(schema, CANDIDATES, max_length=40)
        tree = delinearize(walk(grammar, rng, 0.4), schema, CANDIDATES)
        for select in tree.find_all(exp.Select):
            if isinstance(select.parent, exp.SetOperation) and select.arg_key == "expression":
                continue  # it must be as wide as the left side, and may run out of columns
            items = [item.sql() for item in select.expressions]
            assert len(set(items)) == len(items), tree.sql()


def test_masks_are_as_long_as_what_they_mask(schema: Schema) -> None:
    grammar = Grammar(schema, CANDIDATES)
    allowed = grammar.allowed(grammar.start())
    lengths = (len(KEYWORDS), len(schema.tables), len(schema.columns), len(CANDIDATES))
    masks = (allowed.keywords, allowed.tables, allowed.columns, allowed.values)
    assert tuple(len(mask) for mask in masks) == lengths
    assert len(allowed.mask) == sum(lengths)
    assert int(allowed.mask.sum()) == len(allowed.tokens())
    with pytest.raises(ValueError):
        allowed.keywords[0] = True


def test_states_are_shared_and_do_not_change(schema: Schema) -> None:
    grammar = Grammar(schema, CANDIDATES)
    start = grammar.start()
    first = grammar.advance(start, parse("singer.name", schema)[0])
    grammar.advance(first, keyword("where"))
    assert start == grammar.start()
    assert grammar.allowed(first) is grammar.allowed(first)
    assert hash(first) == hash(grammar.advance(start, parse("singer.name", schema)[0]))


def test_the_shortest_end_is_reached(place: tuple[Schema, sqlite3.Connection]) -> None:
    """From any state on a random walk, some token brings the end nearer, down to the end."""
    schema, _ = place
    rng = random.Random(3)
    for _ in range(15):
        grammar = Grammar(schema, rng.choice(CANDIDATE_SETS), max_length=40)
        state = grammar.start()
        while not state.finished:
            left = grammar.shortest_end(state)
            choices = grammar.allowed(state).tokens()
            assert min(_end(grammar, state, token) for token in choices) < left
            state = grammar.advance(state, rng.choice(choices))


def _end(grammar: Grammar, state: State, token: TargetToken) -> int:
    later = grammar.advance(state, token)
    return 0 if later.finished else grammar.shortest_end(later)


def test_a_bound_too_small_is_refused(schema: Schema) -> None:
    with pytest.raises(ValueError, match="at least 8"):
        Grammar(schema, (), max_length=7)


def test_a_keyword_out_of_place_raises(schema: Schema) -> None:
    grammar = Grammar(schema, ())
    with pytest.raises(InvalidSQL):
        grammar.advance(grammar.start(), keyword(")"))


def test_a_schema_of_one_table_needs_no_joins() -> None:
    column = Column("v", 0, "other", "v")
    schema = Schema("one", "sqlite", (Table("t", "t", (0,)),), (column,))
    grammar = Grammar(schema, ())
    allowed = grammar.allowed(grammar.start())
    assert not allowed.keywords[keyword_id("from")]
    rng = random.Random(0)
    for _ in range(100):
        grammar = Grammar(schema, (), max_length=20)
        sql = to_sql(delinearize(walk(grammar, rng, 0.5), schema, ()), "sqlite")
        assert "JOIN" not in sql


def test_engines_that_check_types_get_values_of_the_type() -> None:
    base = make_schema()
    schema = Schema("music", "duckdb", base.tables, base.columns, base.foreign_keys)
    grammar = Grammar(schema, CANDIDATES)
    assert parse("'0", schema)[0] not in after("singer.name where singer.age =", schema, grammar)
    allowed = after("singer.name where singer.born", schema, grammar)
    assert keyword("contains") not in allowed and keyword("during") in allowed


@pytest.mark.parametrize(
    ("text", "equal", "unequal"),
    [
        ("Who was born in 1990?", "", "1990 1990-01-01 1991-01-01 1990-12-31"),
        ("Who was born in March 1990?", "1990-03-31", "1990 1990-03 1990-03-01 1990-04-01"),
        ("Who was born on March 1, 1990?", "1990-03-01", "1990"),
        ("Who was born in the first quarter of 1990?", "", "1990 1990-01-01 1990-04-01"),
    ],
)
def test_a_date_is_no_year_and_no_day_that_is_not_named(
    text: str, equal: str, unequal: str, schema: Schema
) -> None:
    candidates = link(parse_question(text), schema, ValueIndex.empty(schema)).candidates
    grammar = Grammar(schema, candidates)
    place = {candidate.text: i for i, candidate in enumerate(candidates)}
    for words in ("singer.name where singer.born =", "singer.name where singer.born not-in"):
        allowed = after(words, schema, grammar)
        for value in equal.split():
            assert allowed.values[place[value]], value
        for value in unequal.split():
            assert not allowed.values[place[value]], value
    during = after("singer.name where singer.born during", schema, grammar)
    periods = {candidates[i].text for i in np.flatnonzero(during.values)}
    assert periods == {*equal.split(), *(v for v in unequal.split() if len(v) < 10)}
    by_size = after("singer.name where singer.born >=", schema, grammar)
    assert all(by_size.values[place[value]] for value in (equal + " " + unequal).split())
    plain = after("singer.name where singer.age =", schema, grammar)
    assert plain.values[place["1990"]]


def test_a_date_is_not_set_against_a_word(schema: Schema) -> None:
    words = (*CANDIDATES, ValueCandidate("cancelled", "span"), ValueCandidate("-03-", "date"))
    grammar = Grammar(schema, words)
    by_size = after("singer.name where singer.born >=", schema, grammar)
    assert [words[i].text for i in np.flatnonzero(by_size.values)] == ["2023-04", "2024"]
    part = after("singer.name where singer.born contains", schema, grammar)
    assert part.values[len(words) - 1]


@pytest.mark.data
def test_every_gold_query_of_train_is_accepted_but_ten_that_repeat_a_column() -> None:
    from nlidb.spider import load_examples, load_schemas

    data = Path(os.environ["NLIDB_DATA"])
    schemas = {k: infer_edges(s) for k, s in load_schemas(data / "tables.json").items()}
    refused, seen = list[exp.Query](), 0
    for example in load_examples(data, "train"):
        schema = schemas[example.db_id]
        try:
            candidates = oracle(example.sql, schema)
            tokens = linearize(example.sql, schema, candidates)
        except InvalidSQL:
            continue
        seen += 1
        if not Grammar(schema, candidates).accepts(tokens):
            refused.append(delinearize(tokens, schema, candidates))
    assert seen > 8500
    assert len(refused) == 10
    for tree in refused:
        items = [item.sql() for item in tree.selects]
        assert len(set(items)) < len(items), tree.sql()


def test_every_table_of_a_component_can_be_joined(place: tuple[Schema, sqlite3.Connection]) -> None:
    schema, _ = place
    graph = join_graph(schema)
    for left in range(len(schema.tables)):
        for right in range(len(schema.tables)):
            joined = graph.tree([left, right]) is not None
            assert joined == (graph.component(left) == graph.component(right))
