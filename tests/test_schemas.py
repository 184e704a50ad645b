"""The demo databases in schemas/ build, hold together, and answer their own examples."""

import json
import re
import sqlite3
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"

# The tables that carry the content; the others are smaller lookup tables.
MAIN_TABLES = {
    "shop": ["products", "customers", "orders", "order_lines", "payments"],
    "clinical_trials": [
        "genes",
        "diseases",
        "drugs",
        "drug_targets",
        "gene_disease_associations",
        "clinical_trials",
        "trial_sites",
    ],
    "parcel_network": ["customers", "drivers", "vehicles", "routes", "parcels", "claims"],
    "energy_meters": ["households", "meters", "readings", "bills", "outages"],
    "hotel": ["Rooms", "Staff", "Guests", "Bookings", "Reviews"],
}
HARDNESS = {"easy", "medium", "hard", "extra"}
TAGS = {"join", "nested", "grouped", "dated", "no_shared_word", "empty"}
# Column words that say nothing by themselves, and what the short ones in parcel_network stand for.
FILLER = {"at", "cd", "date", "dt", "has", "id", "in", "is", "name", "nm", "no", "on"}
SHORT_FOR = {
    "amt": "amount",
    "cap": "capacity",
    "clm": "claim",
    "ctry": "country",
    "cust": "customer",
    "dep": "depot",
    "dist": "distance",
    "dlv": "deliver",
    "drv": "driver",
    "ins": "insured",
    "insp": "inspection",
    "lic": "licence",
    "mdl": "model",
    "mgr": "manager",
    "opn": "open",
    "ph": "phone",
    "prcl": "parcel",
    "qty": "quantity",
    "reg": "registered",
    "rsn": "reason",
    "rte": "route",
    "sal": "salary",
    "stat": "status",
    "svc": "service",
    "tp": "type",
    "val": "value",
    "veh": "vehicle",
    "wt": "weight",
}


def dialect_of(db_id):
    return (SCHEMAS / db_id / "dialect.txt").read_text("utf-8").strip()


def examples_of(db_id):
    lines = (SCHEMAS / db_id / "examples.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def build(db_id, folder):
    script = "".join(
        (SCHEMAS / db_id / name).read_text("utf-8") for name in ("schema.sql", "rows.sql")
    )
    if dialect_of(db_id) == "duckdb":
        connection = duckdb.connect(str(folder / f"{db_id}.duckdb"))
        connection.execute(script)
    else:
        connection = sqlite3.connect(folder / f"{db_id}.sqlite")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(script)
    return connection


def rows(connection, sql):
    return connection.execute(sql).fetchall()


def columns_of(connection, db_id):
    """{table: [column, ...]}"""
    if dialect_of(db_id) == "duckdb":
        sql = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
    else:
        sql = (
            "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c "
            "WHERE t.type = 'table'"
        )
    found = {}
    for table, column in rows(connection, sql):
        found.setdefault(table, []).append(column)
    return found


def foreign_keys_of(connection, db_id):
    """[(table, column, other table, other column), ...]"""
    if dialect_of(db_id) == "duckdb":
        return rows(
            connection,
            "SELECT table_name, constraint_column_names[1], referenced_table, "
            "referenced_column_names[1] FROM duckdb_constraints() "
            "WHERE constraint_type = 'FOREIGN KEY'",
        )
    return rows(
        connection,
        'SELECT t.name, k."from", k."table", k."to" FROM sqlite_master AS t, '
        "pragma_foreign_key_list(t.name) AS k WHERE t.type = 'table'",
    )


@pytest.fixture(scope="module", params=sorted(MAIN_TABLES))
def demo(request, tmp_path_factory):
    """(db_id, open connection)"""
    connection = build(request.param, tmp_path_factory.mktemp(request.param))
    yield request.param, connection
    connection.close()


def test_the_folders_are_the_ones_tested():
    folders = {path.name for path in SCHEMAS.iterdir() if (path / "schema.sql").exists()}
    assert folders == set(MAIN_TABLES)
    assert (SCHEMAS / "README.md").exists()
    assert sum(path.stat().st_size for path in SCHEMAS.rglob("*") if path.is_file()) < 3_000_000


def test_the_readme_counts_are_right(demo):
    db_id, connection = demo
    tables = columns_of(connection, db_id)
    total = sum(rows(connection, f'SELECT COUNT(*) FROM "{t}"')[0][0] for t in tables)
    line = next(
        text
        for text in (SCHEMAS / "README.md").read_text("utf-8").splitlines()
        if text.startswith(f"| `{db_id}` |")
    )
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[1] == dialect_of(db_id)
    assert cells[3:] == [str(len(tables)), str(total), str(len(examples_of(db_id)))]


def test_description_is_short(demo):
    text = (SCHEMAS / demo[0] / "description.md").read_text("utf-8").strip()
    assert 100 < len(text) < 600


def test_row_counts(demo):
    db_id, connection = demo
    tables = columns_of(connection, db_id)
    for table in tables:
        count = rows(connection, f'SELECT COUNT(*) FROM "{table}"')[0][0]
        if table in MAIN_TABLES[db_id]:
            assert 50 <= count <= 500, table
        else:
            assert 1 <= count < 50, table
    assert set(MAIN_TABLES[db_id]) <= set(tables)


def test_foreign_keys_hold(demo):
    db_id, connection = demo
    keys = foreign_keys_of(connection, db_id)
    assert len(keys) >= 5
    for table, column, other, other_column in keys:
        stray = rows(
            connection,
            f'SELECT COUNT(*) FROM "{table}" AS a LEFT JOIN "{other}" AS b '
            f'ON a."{column}" = b."{other_column}" '
            f'WHERE a."{column}" IS NOT NULL AND b."{other_column}" IS NULL',
        )
        assert stray == [(0,)], (table, column)
    if dialect_of(db_id) == "sqlite":
        assert rows(connection, "PRAGMA foreign_key_check") == []
    pairs = [(table, other) for table, _, other, _ in keys]
    if db_id == "parcel_network":
        assert pairs.count(("parcels", "depots")) == 2
    if db_id == "hotel":
        assert ("Staff", "Staff") in pairs


def test_there_are_nulls(demo):
    db_id, connection = demo
    with_nulls = 0
    for table, columns in columns_of(connection, db_id).items():
        for column in columns:
            sql = f'SELECT COUNT(*) FROM "{table}" WHERE "{column}" IS NULL'
            with_nulls += rows(connection, sql)[0][0] > 0
    assert with_nulls >= 5


def test_examples_are_well_formed(demo):
    examples = examples_of(demo[0])
    assert len(examples) >= 40
    for example in examples:
        assert set(example) == {"question", "sql", "hardness", "tags"}
        assert example["hardness"] in HARDNESS
        assert set(example["tags"]) <= TAGS
    questions = [" ".join(re.findall(r"\w+", e["question"].lower())) for e in examples]
    assert len(set(questions)) == len(questions)
    assert {e["hardness"] for e in examples} == HARDNESS


def test_tag_shares(demo):
    examples = examples_of(demo[0])

    def share(*tags):
        return sum(bool(set(tags) & set(e["tags"])) for e in examples) / len(examples)

    assert share("join") >= 0.40
    assert share("nested", "grouped", "dated") >= 0.25
    assert share("no_shared_word") >= 0.25
    assert sum("empty" in e["tags"] for e in examples) <= 2


def test_tags_say_what_the_query_has(demo):
    dialect = dialect_of(demo[0])
    for example in examples_of(demo[0]):
        tree = sqlglot.parse_one(example["sql"], read=dialect)
        dated = r"'\d{4}-\d\d-\d\d'|STRFTIME|JULIANDAY|EXTRACT|INTERVAL"
        has = {
            "join": tree.find(exp.Join) is not None,
            "nested": len(list(tree.find_all(exp.Select))) > 1,
            "grouped": tree.find(exp.Group) is not None,
            "dated": re.search(dated, example["sql"]) is not None,
        }
        assert {tag for tag in has if has[tag]} == set(example["tags"]) & set(has), example


def alike(column_word, question_word):
    """Would a reader see the same word in both?"""
    for word in (column_word, SHORT_FOR.get(column_word, column_word)):
        if word == question_word:
            return True
        shorter = min(len(word), len(question_word))
        if shorter >= 4 and word[:4] == question_word[:4]:
            return True
        if shorter == 3 and word[:3] == question_word[:3] and len(word + question_word) <= 8:
            return True
    return False


def columns_without_a_shared_word(example, dialect):
    question = re.findall(r"[a-z0-9]+", example["question"].lower().replace("e-mail", "email"))
    found = []
    for column in sqlglot.parse_one(example["sql"], read=dialect).find_all(exp.Column):
        words = re.sub(r"([a-z])([A-Z])", r"\1 \2", column.name).replace("_", " ").lower().split()
        if words[-1] in {"id", "cd", "no"} and words[0] not in {"manager", "salesperson"}:
            continue  # a key
        telling = [word for word in words if word not in FILLER]
        named = words[-1] in {"name", "nm"} or column.name in {"title", "symbol", "holder"}
        if not telling or (named and column.name not in {"full_name", "affinity_nm"}):
            continue  # a name, asked for by its table
        if any(alike(word, other) for word in telling for other in question):
            continue
        literal = column.parent.expression if isinstance(column.parent, exp.EQ) else None
        if isinstance(literal, exp.Literal) and literal.is_string:
            value = re.findall(r"[a-z0-9]+", literal.this.lower())
            if any(alike(word, other) for word in value for other in question):
                continue  # found by its value
        found.append(column.name)
    return found


def test_no_shared_word_is_honest(demo):
    for example in examples_of(demo[0]):
        if "no_shared_word" in example["tags"]:
            assert columns_without_a_shared_word(example, dialect_of(demo[0])), example["question"]


def test_gold_queries_run(demo):
    db_id, connection = demo
    for example in examples_of(db_id):
        result = rows(connection, example["sql"])
        if "empty" in example["tags"]:
            assert result == [], example["question"]
        else:
            assert result, example["question"]
            assert any(value is not None for row in result for value in row), example["question"]


def test_no_limit_cuts_a_tie(demo):
    db_id, connection = demo
    dialect = dialect_of(db_id)
    for example in examples_of(db_id):
        for select in sqlglot.parse_one(example["sql"], read=dialect).find_all(exp.Select):
            limit, order = select.args.get("limit"), select.args.get("order")
            if limit is None:
                continue
            assert order is not None, example["question"]
            wider = select.copy()
            for number, key in enumerate(order.expressions):
                wider = wider.select(exp.alias_(key.this.copy(), f"sort_{number}"))
            wanted = int(limit.expression.this)
            result = rows(connection, wider.limit(wanted + 1).sql(dialect=dialect))
            keys = [row[-len(order.expressions) :] for row in result]
            assert len(set(keys)) == len(keys), example["question"]
            assert all(None not in key for key in keys[:wanted]), example["question"]


def test_the_question_on_the_first_page(tmp_path):
    """The README's own question, whichever natural way the money is added up."""
    connection = build("shop", tmp_path)
    question = "Which five customers spent most in 2024?"
    gold = next(e["sql"] for e in examples_of("shop") if e["question"] == question)
    year = "o.order_date >= '2024-01-01' AND o.order_date < '2025-01-01'"
    by_total = (
        "SELECT c.name FROM customers AS c JOIN orders AS o ON o.customer_id = c.customer_id "
        f"WHERE {year} GROUP BY c.customer_id ORDER BY SUM(o.total_amount) DESC LIMIT 5"
    )
    by_payment = (
        "SELECT c.name FROM customers AS c JOIN orders AS o ON o.customer_id = c.customer_id "
        f"JOIN payments AS p ON p.order_id = o.order_id WHERE {year} "
        "GROUP BY c.customer_id ORDER BY SUM(p.amount) DESC LIMIT 5"
    )
    expected = rows(connection, gold)
    assert len(expected) == 5
    assert rows(connection, by_total) == expected
    assert rows(connection, by_payment) == expected
    off = rows(
        connection,
        "SELECT COUNT(*) FROM orders AS o WHERE ABS(o.total_amount - (SELECT "
        "SUM(l.quantity * l.unit_price) FROM order_lines AS l WHERE l.order_id = o.order_id)) "
        "> 0.005",
    )
    assert off == [(0,)]
    connection.close()
