"""Shares: "What percentage of parcels got lost?" read as two questions, how many got lost and how many there are.

    read_share(question, links) -> Share("How many parcels got lost?", "How many parcels are there?", ...)
    share_queries(part, whole, ...) -> SELECT 100.0 * SUM(CASE WHEN stat = 'lost' THEN 1 ELSE 0 END) / COUNT(*) ...

The target language has no division of two counts, so the model reads both questions and a rule puts its two
queries together. It does so only where that is surely a share: both count rows of the same table, the whole's
conditions are all among the part's, and no other table makes a row count twice. Else there is no query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.linking import Links
from nlidb.question import Question, parse_question
from nlidb.schema import Schema
from nlidb.target import is_date_column

SHARE_COLUMN = "percentage"
"""What the result's column is called."""

_SHARE = r"(?:share|percentage|percent|per\s+cent|pct|proportion|fraction|%)"
_WHICH = r"(?:what|which|how\s+many|how\s+(?:large|big|high)\s+an?)"
_IS_THE = r"(?:(?:what|how\s+(?:large|big|high))(?:\s+(?:is|was|are|were)|['\u2019]s)\s+)?the"
_ASKED = re.compile(
    rf"""\s*(?:(?:tell|show|give)\s+me\s+|(?:please|calculate|compute|find|show|list|and)\s+|can\s+you\s+tell\s+me\s+
       |i(?:['\u2019]d|\s+would)?\s+(?:like|want)\s+to\s+know\s+)*
    (?: (?P<direct>{_WHICH}\s+{_SHARE}\s+of)\b
      | (?P<first>of)\s+(?P<whole>\S[^?]*?),?\s+{_WHICH}\s+{_SHARE}(?:\s+of\s+(?:them|these|those))?(?!\s+of\b)
      | (?:{_IS_THE}\s+)?{_SHARE}\s+of\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""``direct``: "what percentage of orders was returned"; ``first``: "of all orders, what percentage was returned";
else "the percentage of orders that were returned"."""
_MENTIONED = re.compile(
    r"\b(?:what|which|many|much|the|an?|in|as)\s+(?:percentages?|per\s?cent|pct|proportion|fraction)\b"
    r"|\b(?:what|which|the|as|['\u2019]s)\s+(?:an?\s+)?share\b|\bin\s*%|^\W*(?:%|pct|per\s?cent|percentage)\s",
    re.IGNORECASE,
)
"""Words that ask for a share in some other way; "20 percent" is a number, "the discount percentage" a thing."""
_UNIT = re.compile(
    r",?\s*\b(?:in|as\s+an?)\s+(?:percent|per\s+cent|percentages?|%)\s*,?|\s+in\s+(?:the|our|this)\s+(?:database|data)\b",
    re.I,
)
"""Words that name nothing: how the share is to be said, and where everything is."""
_UNSAID = re.compile(r"\b(?:only|just|among|amongst|out\s+of)\b", re.IGNORECASE)
"""Words that say of what the share is in a way that is not read."""
_NEGATIONS = frozenset("not n't never no none neither nor without nobody nothing".split())
_SHARE_WORDS = frozenset("share percent percentage pct proportion fraction ratio rate".split())
"""Words of a column that holds shares itself."""
_SAME_WORD = 6
"""Letters: "unemployed" is about "unemployment", "nights" not about "nightly"."""

_DETERMINERS = frozenset("all the our my your these those of any".split())
_VERBS = frozenset(
    "is are was were has have had do does did get gets got can could will would went came".split()
)
"""Words that begin what is said of the whole, wherever they stand."""
_FULL_VERBS = frozenset(
    """made make makes earn earns earned want wants wanted sent send placed place ordered order paid pay lives live
    lived works work worked bought buy sold sell cost costs spent spend stayed stay left leave""".split()
)
"""Verbs that do so where none of the others stands: "the customers from Paris want the newsletter"."""
_RELATIVE = frozenset("who that which whose where".split())
_MODIFIES = _RELATIVE | frozenset(
    """in from with without of at on by for to since before after between over under above below
    during until within outside near and or not , older younger worth""".split()
)
"""Words after a noun that still belong to it: "orders from France", "trials with a sponsor"."""


@dataclass(frozen=True)
class Share:
    """A question for a share, as two questions for counts."""

    part: str
    whole: str
    table: int
    """The table whose rows are counted (index into ``Schema.tables``)."""
    places: tuple[int, ...]
    """For each word of ``part`` its place among the words of the question; -1 for a word that is not there."""
    narrowed: bool
    """Whether the whole is not all rows: "of the lost parcels"."""
    modifiers: int = 0
    """For a question that does not say what narrows the whole and what the part, "the percentage of lost parcels
    from France": how many conditions it names at least. 0 for any other question."""
    negated: bool = False
    """Whether what is said of the part is negated: "did not sign up"."""
    joined: bool = False
    """Whether two things are said of the part: "lost and insured"."""


def asks_for_share(text: str) -> bool:
    """Whether the text asks what share of all something is ("what percentage of orders was returned")."""
    return _ASKED.match(text) is not None or _MENTIONED.search(text) is not None


def names_share(text: str, column: str) -> bool:
    """Whether a column of these words holds a share that the text may ask for: "market share" does for "what share
    of the market", "commission rate" does not for "what share of the orders"."""
    words = set(column.lower().split())
    about = words - _SHARE_WORDS - _DETERMINERS - _MODIFIES
    said = {word[:_SAME_WORD] for word in re.findall(r"[^\W\d_]+", text.lower())}
    return not words.isdisjoint(_SHARE_WORDS) and (
        not about or any(word[:_SAME_WORD] in said for word in about)
    )


def names_measure(question: Question, links: Links, schema: Schema) -> bool:
    """Whether "the percentage of" a column is asked for: a number that is stored for each row."""
    asked = _ASKED.match(question.text)
    if asked is None or asked["direct"] or asked["first"]:
        return False
    said = _words_between(question, asked.end(), len(question.text))
    if not said or _head(question, said, links) is not None:
        return False
    return any(
        link.start == said[0]
        and link.column is not None
        and link.value is None
        and schema.columns[link.column].type == "number"
        for link in links.links
    )


def read_share(question: Question, links: Links) -> Share | None:
    """The two questions for counts; None where the question asks for no share, or of what is not clear."""
    asked = _ASKED.match(question.text)
    if asked is None or _UNSAID.search(question.text) is not None:
        return None
    said = _words_between(question, asked.end(), len(question.text))
    if asked["first"]:
        whole = _words_between(question, *asked.span("whole"))
        head = _head(question, whole, links)
        if head is None or not said:
            return None
        return _share(question, whole + said, whole, head, "How many {}?")
    head = _head(question, said, links)
    if head is None:
        return None
    low = [question.words[i].text.lower() for i in said]
    relative = next((p for p in range(head.end, len(low)) if low[p] in _RELATIVE), None)
    if asked["direct"] or (relative is None and not _VERBS.isdisjoint(low[head.end :])):
        split = _predicate(low, head.end)
        return None if split is None else _share(question, said, said[:split], head, "How many {}?")
    part = "How many {} are there?"
    if relative is not None:
        return _share(question, said, said[:relative], head, part)
    before, after = range(head.start), range(head.end, len(low))
    spans = {(link.start, link.end) for link in links.links}
    one = head.start < 2 or (said[0], said[head.start - 1] + 1) in spans
    modifiers = bool(before) + bool(after) + (not one)
    if not modifiers:
        return None
    share = _share(question, said, said[head.start : head.end], head, part)
    return replace(share, modifiers=modifiers)


def _words_between(question: Question, start: int, end: int) -> list[int]:
    """The words of that stretch of the text that name something, without articles before and signs after them."""
    units = [match.span() for match in _UNIT.finditer(question.text)]
    found = [
        i
        for i, word in enumerate(question.words)
        if start <= word.start < end and not any(a <= word.start < b for a, b in units)
    ]
    while found and question.words[found[-1]].text in ".?!;,":
        found.pop()
    while found and question.words[found[0]].text.lower() in _DETERMINERS:
        found.pop(0)
    return found


def _share(
    question: Question, part: Sequence[int], whole: Sequence[int], head: _Head, form: str
) -> Share:
    """Both questions, of these words of the question."""
    asked = form.format(_text(question, part))
    words = [question.words[i] for i in part if i not in set(whole)]
    own = [w.text.lower() for w in words if question.text[w.end : w.end + 1] != "-"]  # a no-show
    places = [-1, -1, *part]  # how many ...
    places += [-1] * (len(parse_question(asked).words) - len(places))
    return Share(
        asked,
        f"How many {_text(question, whole)} are there?",
        head.table,
        tuple(places),
        narrowed=len(whole) > head.end - head.start,
        negated=not _NEGATIONS.isdisjoint(part for word in own for part in _parts(word)),
        joined="and" in own and "between" not in own,
    )


def _parts(word: str) -> tuple[str, ...]:
    """The word, and the "n't" at its end."""
    low = word.lower().replace("\u2019", "'")
    return (low, "n't") if low.endswith("n't") else (low,)


def _text(question: Question, places: Sequence[int]) -> str:
    """The question's own text of these words, without what stands between them where some are left out."""
    parts, start = [], 0
    for i in range(1, len(places) + 1):
        if i == len(places) or places[i] != places[i - 1] + 1:
            parts.append(question.span(places[start], places[i - 1] + 1))
            start = i
    return " ".join(parts)


@dataclass(frozen=True)
class _Head:
    """The noun whose share is asked for."""

    start: int
    """Its first place among the words that were looked through."""
    end: int
    table: int
    """The table that it names."""


def _head(question: Question, words: Sequence[int], links: Links) -> _Head | None:
    """The first name of a table before anything that follows a noun; of several side by side the last."""
    low = [question.words[i].text.lower() for i in words]
    stop = next((p for p, word in enumerate(low) if word in _MODIFIES | _VERBS), len(low))
    place = {word: p for p, word in enumerate(words)}
    named = sorted(
        (place[link.start], -place[link.end - 1] - 1, link.kind != "exact", link.table)
        for link in links.links
        if link.table is not None
        and link.column is None
        and link.value is None
        and link.start in place
        and link.end - 1 in place
        and place[link.start] < stop
    )
    found: _Head | None = None
    for start, end, partly, table in named:
        assert table is not None
        if found is None:
            found = _Head(start, -end, table)
        elif start == found.start and table != found.table and not partly:
            return None  # "drugs target ...": drugs, or drug targets?
        elif start == found.end:  # "department employees"
            found = _Head(found.start, -end, table)
    return found


def _modifies(word: str) -> bool:
    """Whether the word after a noun still belongs to it: "parcels leaving Lyon"."""
    return word in _MODIFIES or word.endswith("ing")


def _predicate(low: Sequence[str], end: int) -> int | None:
    """Where what is said of the whole begins, in the words after its noun; None where that is not clear."""
    if end >= len(low):
        return None
    for verbs in (_VERBS, _FULL_VERBS if _modifies(low[end]) else frozenset()):
        for p in range(end, len(low)):
            if low[p] in verbs and low[p - 1] not in _RELATIVE:
                return p
    return None if _modifies(low[end]) else end


def share_queries(
    part: exp.Expr, whole: exp.Expr, share: Share, schema: Schema
) -> tuple[exp.Query, ...]:
    """The share in percent of what ``part`` counts among what ``whole`` counts, as a query with one value.

    Empty where that is not surely a share (see the module). Several where nothing says what belongs to the whole:
    "orders returned in 2024" among those in 2024, or among all. Over no rows at all the value is NULL.
    """
    counted, among = _counted(part, schema), _counted(whole, schema)
    if counted is None or among is None or {counted.table, among.table} != {share.table}:
        return ()
    if share.narrowed and not among.conditions and not among.joins:
        return ()
    if not among.conditions.keys() <= counted.conditions.keys():
        return ()
    extra = {key: node for key, node in counted.conditions.items() if key not in among.conditions}
    if share.negated and not any(_is_negative(node) for node in extra.values()):
        return ()
    if share.joined and sum(max(1, len(_values(node))) for node in extra.values()) < 2:
        return ()
    said = {text for node in among.conditions.values() for text in _values(node)}
    if any((values := _values(node)) and values <= said for node in extra.values()):
        return ()  # "the trials that started in 2022": the year says nothing of the part as well
    splits = _splits(extra, counted.previous, share)
    if counted.plain and among.plain and counted.joins == among.joins:
        return tuple(_conditional(counted, split) for split in splits)
    if len(splits) > 1 or (share.modifiers and not splits) or not among.joins <= counted.joins:
        return ()
    if counted.table not in counted.previous.sources.values() and among.conditions:
        return ()
    shown = exp.Mul(this=exp.Literal.number("100.0"), expression=exp.Subquery(this=part.copy()))
    # no division by zero where there is nothing at all
    zero = exp.Literal.number(0)
    total = exp.Nullif(this=exp.Subquery(this=whole.copy()), expression=zero)
    return (exp.select(exp.alias_(_divided(shown, total), SHARE_COLUMN)),)


def _divided(numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
    """A division by the engine's own rules: the printer adds no cast, 100.0 is no integer already."""
    return exp.Div(this=numerator, expression=denominator, typed=True, safe=False)


def _conditional(counted: _Count, extra: Mapping[str, exp.Expr]) -> exp.Query:
    """Both counts in one pass over the same rows."""
    select = counted.previous.select
    assert select is not None
    rest = [node.copy() for key, node in counted.conditions.items() if key not in extra]
    condition = exp.and_(*[_or_unknown(node) for node in extra.values()])
    one, zero = exp.Literal.number(1), exp.Literal.number(0)
    total = exp.Sum(this=exp.Case(ifs=[exp.If(this=condition, true=one)], default=zero))
    shown = exp.Mul(this=exp.Literal.number("100.0"), expression=total)
    query = select.copy()
    query.set(
        "expressions", [exp.alias_(_divided(shown, exp.Count(this=exp.Star())), SHARE_COLUMN)]
    )
    query.set("where", exp.Where(this=exp.and_(*rest)) if rest else None)
    return query


def _is_negative(condition: exp.Expr) -> bool:
    """Whether the condition holds for rows that something is not true of."""
    if condition.find(exp.Not, exp.NEQ, exp.Is) is not None:
        return True
    return any(str(e.expression) in ("0", "FALSE", "'0'") for e in condition.find_all(exp.EQ))


def _values(condition: exp.Expr) -> set[str]:
    """The values that it compares with, flags aside."""
    texts = {str(literal.this) for literal in condition.find_all(exp.Literal)}
    return texts - {"0", "1"}


def _or_unknown(condition: exp.Expr) -> exp.Expr:
    """The condition, and of "is not Gold" also the rows of which nothing is known: they are part of the whole."""
    if isinstance(condition, exp.NEQ) and isinstance(condition.this, exp.Column):
        unknown = exp.Is(this=condition.this.copy(), expression=exp.Null())
        return exp.paren(exp.or_(condition.copy(), unknown), copy=False)
    return condition.copy()


def _splits(
    extra: Mapping[str, exp.Expr], previous: Previous, share: Share
) -> list[Mapping[str, exp.Expr]]:
    """Which of the part's own conditions say what the share is of the rest: likeliest first, all of them last."""
    by_columns: dict[frozenset[int | None], dict[str, exp.Expr]] = {}
    for key, node in extra.items():
        columns = frozenset(previous.resolve(column) for column in node.find_all(exp.Column))
        by_columns.setdefault(columns, {})[key] = node
    groups = list(by_columns.values())
    if share.modifiers:  # any of them may be the whole's; and where one was not read, none is known
        if len(groups) < share.modifiers or len(groups) > 2:
            return []
        return [*groups, extra] if len(groups) == 2 else [extra]
    timeless = {k: node for k, node in extra.items() if not _is_time(node, previous)}
    if 0 < len(timeless) < len(extra):
        return [timeless, extra]
    return [extra] if extra else []


def _is_time(condition: exp.Expr, previous: Previous) -> bool:
    """Whether the condition is about a time alone."""
    known = previous.schema.columns
    columns = {previous.resolve(column) for column in condition.find_all(exp.Column)}
    return bool(columns) and all(
        c is not None and (is_date_column(known[c]) or "year" in known[c].words.split())
        for c in columns
    )


@dataclass(frozen=True)
class _Count:
    """A query that counts the rows of one table."""

    previous: Previous
    table: int
    plain: bool
    """It counts rows as they come, ``COUNT(*)``; else a key, each once."""
    joins: frozenset[frozenset[str]]
    """The columns that join its tables, two and two, as the conditions' keys name them."""
    conditions: dict[str, exp.Expr]
    """The parts of WHERE, by a text that does not hang on what the tables are called."""


def _counted(tree: exp.Expr, schema: Schema) -> _Count | None:
    """What the tree counts; None where that is not rows of a table, or a row may count twice."""
    previous = Previous(tree, schema)
    select = previous.select
    known = ("expressions", "from_", "joins", "where")
    if select is None or len(select.expressions) != 1:
        return None
    if any(value for key, value in select.args.items() if key not in known):
        return None
    if len(set(previous.sources.values())) < len(previous.sources):
        return None  # a table twice: a condition's text would not tell which of them it is about
    count = select.expressions[0].unalias()
    edges = _edges(previous)
    table = counted_table(previous, count)
    if edges is None or table is None:
        return None
    joins = frozenset(
        frozenset((_key(edge.this, previous), _key(edge.expression, previous))) for edge in edges
    )
    conditions = {_key(node, previous): node for node in previous.conjuncts}
    return _Count(previous, table, isinstance(count.this, exp.Star), joins, conditions)


def counted_table(previous: Previous, count: exp.Expr) -> int | None:
    """The table whose rows the query counts with this, each once; None where it does not surely do so."""
    if not isinstance(count, exp.Count):
        return None
    if isinstance(count.this, exp.Star):
        edges = _edges(previous)
        return None if edges is None else _root(edges, previous)
    return _referred(count.this, previous) if isinstance(count.this, exp.Distinct) else None


def _key(node: exp.Expr, previous: Previous) -> str:
    """The condition as a text that does not hang on what the tables are called."""

    def named(part: exp.Expr) -> exp.Expr:
        if isinstance(part, exp.Column) and (column := previous.resolve(part)) is not None:
            return exp.column(f"c{column}")
        return part

    text = node.copy()
    text.parent = node.parent  # where its names are looked up
    return text.transform(named, copy=False).sql()


def _edges(previous: Previous) -> list[exp.EQ] | None:
    """The joins' conditions, each two columns that are equal; None where there are others."""
    assert previous.select is not None
    found: list[exp.EQ] = []
    for join in previous.select.args.get("joins") or ():
        condition = join.args.get("on")
        if condition is None or join.side or join.kind not in ("", "INNER"):
            return None
        for node in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            if not isinstance(node, exp.EQ):
                return None
            if not all(isinstance(side, exp.Column) for side in (node.this, node.expression)):
                return None
            found.append(node)
    return found


def _root(edges: Sequence[exp.EQ], previous: Previous) -> int | None:
    """The table of which each joined row holds another row: every other one is joined by its whole key."""
    columns = previous.schema.columns
    ends = [
        [c for side in (edge.this, edge.expression) if (c := previous.resolve(side)) is not None]
        for edge in edges
    ]
    for root in previous.sources.values():
        reached, grown = {root}, True
        while grown:
            grown = False
            for table in set(previous.sources.values()) - reached:
                joined = {
                    end
                    for pair in ends
                    for end in pair
                    if columns[end].table == table
                    and any(columns[c].table in reached for c in pair)
                }
                if _is_whole_key(previous.schema, joined):
                    reached.add(table)
                    grown = True
        if reached == set(previous.sources.values()):
            return root
    return None


def _referred(distinct: exp.Distinct, previous: Previous) -> int | None:
    """The table whose key is counted, each once: by its own column or by one that refers to it."""
    parts = distinct.expressions
    column = previous.resolve(parts[0]) if isinstance(parts[0], exp.Column) else None
    if len(parts) != 1 or column is None:
        return None
    keys = previous.schema.foreign_keys
    targets = [key.ref_column for key in keys if key.column == column]
    meant = next((t for t in [*targets, column] if _is_whole_key(previous.schema, {t})), None)
    return None if meant is None else previous.schema.columns[meant].table


def _is_whole_key(schema: Schema, columns: set[int]) -> bool:
    """Whether the columns of one table hold all of its primary key."""
    tables = {schema.columns[column].table for column in columns}
    key = {i for i, c in enumerate(schema.columns) if c.table in tables and c.primary_key}
    return len(tables) == 1 and bool(key) and key <= columns
