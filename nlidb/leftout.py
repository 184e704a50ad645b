"""What a query leaves out of its question: a year, a number, a name that nothing in the SQL stands for.

``left_out`` looks for all that a follow-up names, ``unused`` for what no reading of a whole question may drop
without a word; the first asks back, the second warns. They read words and trees, and never fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlglot import exp

from nlidb.followup_words import GLUE
from nlidb.linking import IN_SCALE, Link, Links
from nlidb.question import DateMention, Question, Word, date_mentions, number_mentions
from nlidb.schema import Schema, identifier_words
from nlidb.target import as_number

SURE_VALUE_SCORE = 0.99
"""A value that is spelled as it is stored: a query for it must hold it."""
LIKELY_VALUE_SCORE = 0.9
"""A value that has another form here ("cancelled", where it is "cancel" that is said)."""
_BOUNDS = frozenset("after before since until than over under between".split())
_QUOTED = re.compile(r"\"([^\"]+)\"|\u201c([^\u201d]+)\u201d|(?<!\w)'([^']+)'(?!\w)")
_SCALED = re.compile(r"\d\s*(?:k|thousand|million|mio|mln|billion|bn)", re.IGNORECASE)
_NO_NAMES = frozenset("top bottom id what who where".split())
"""Words that some write with a capital inside a sentence."""
_SORTING = frozenset("order sort list people person".split())
"""Tables' names that ask for an order, a list or anybody where no table is meant."""
_DOERS = frozenset(
    "who that which he she it can could may might do does did should must will would".split()
)
_VERB_ENDS = frozenset("for in at on to as the a an".split())
"""Words beside a verb of the third person: "which team plays for", "who records the"; but "for plays in". Who
does something need not be read: "which books can members borrow"."""
_BEFORE_NOUNS = frozenset(
    """a an any no all the their our his her its these those many more most fewer some of for with without in on at
    from by to per than and or many""".split()
)
_ONE_OF_MANY = frozenset("a an any no each every per without".split())
"""Words before a noun in the singular that stands for rows."""
_SAME_BEGINNING = 4
"""Letters: "French" is held by "France"."""


def left_out(question: Question, links: Links, query: exp.Expr) -> tuple[str, ...]:
    """The stored values, dates and numbers that a follow-up names and a query does not hold.

    Number words are let through: "the one from Lyon" counts nothing.
    """
    held = [str(literal.this).lower() for literal in query.find_all(exp.Literal)]
    dates = date_mentions(question)
    named = [(date.start, date.end, _holds_date(held, date, question)) for date in dates]
    dated = {i for date in dates for i in range(date.start, date.end)}
    named += [known for known in _numbers(question, held) if known[0] not in dated]
    named += _stored(question, links, held)
    fine = {start for start, _, is_held in named if is_held}  # "20 million" is 20 or 20000000
    missing = {start: end for start, end, _ in sorted(named) if start not in fine}
    return tuple(question.span(start, end) for start, end in missing.items())


def unused(question: Question, links: Links, query: exp.Expr, schema: Schema) -> tuple[str, ...]:
    """The dates, numbers, quoted texts, stored values, tables and unknown names of a question for which nothing in
    a query stands.
    """
    held = [str(literal.this).lower() for literal in query.find_all(exp.Literal)]
    names = [name.name for name in query.find_all(exp.Identifier)]
    found = [*_unused_dates(question, held), *_unused_numbers(question, held, names)]
    for match in _QUOTED.finditer(question.text):
        said = next(filter(None, match.groups())).strip()
        low = said.lower()
        if not any(low in text or text.strip("%") in low for text in held if text.strip("%")):
            found.append((match.start(), said))
    found += _unused_names(question, links, held, schema)
    found += _unused_values(question, links, query, schema)
    found += _unused_tables(question, links, query, schema)
    return tuple(dict.fromkeys(said for _, said in sorted(found)))


def _unused_dates(question: Question, held: Sequence[str]) -> list[tuple[int, str]]:
    found = []
    for mention in date_mentions(question):
        said = question.span(mention.start, mention.end)
        known = _holds_date(held, mention, question) or any(said.lower() in text for text in held)
        if not known:
            found.append((question.words[mention.start].start, said))
    return found


def _unused_numbers(
    question: Question, held: Sequence[str], names: Sequence[str]
) -> list[tuple[int, str]]:
    dated = {i for date in date_mentions(question) for i in range(date.start, date.end)}
    ways: dict[int, list[tuple[int, float]]] = {}
    for number in number_mentions(question):
        if number.start not in dated and question.words[number.start].text[:1].isdigit():
            ways.setdefault(number.start, []).append((number.end, float(number.text)))
    values = {abs(value) for text in held if (value := as_number(text)) is not None}
    found = []
    for start, numbers in ways.items():
        said = question.span(start, max(end for end, _ in numbers))
        if any(said.lower() in text for text in (*held, *(name.lower() for name in names))):
            continue
        largest = max(abs(value) for _, value in numbers)
        known = any(abs(value) in values for _, value in numbers)
        if known and largest not in values and _SCALED.search(said):  # "5 million" as 5
            known = any(IN_SCALE.search(identifier_words(name)) for name in names)
        if not known:
            found.append((question.words[start].start, said))
    return found


def _unused_names(
    question: Question, links: Links, held: Sequence[str], schema: Schema
) -> list[tuple[int, str]]:
    """Words with a capital inside a sentence that name nothing of the database, or a value that no literal has."""
    words = question.words
    spoken = [word for word in words if word.text.isalpha()]
    if 2 * sum(word.text[0].isupper() for word in spoken) > len(spoken):
        return []  # A Title: Every Word Has One
    linked = {
        i
        for link in links.links
        if link.value is None or link.value.lower() in held
        for i in range(link.start, link.end)
    }
    linked |= {i for date in date_mentions(question) for i in range(date.start, date.end)}
    named = [
        *(table.words for table in schema.tables),
        *(column.words for column in schema.columns),
    ]
    names = {word for text in named for word in text.split()}
    beginnings = {part[:_SAME_BEGINNING] for text in held for part in re.findall(r"\w{3,}", text)}
    return [
        (word.start, word.text)
        for i, word in enumerate(words)
        if (i or _is_owner(words))
        and i not in linked
        and not {word.lemma, word.text.lower().removesuffix("s")} & (names | _NO_NAMES)
        and word.text.isalpha()
        and word.text[0].isupper()
        and len(word.text) > 2
        and words[i - 1].text not in (".", "?", "!", ":", ";", '"', "'")
        and word.text.lower()[:_SAME_BEGINNING] not in beginnings
    ]


def _is_owner(words: Sequence[Word]) -> bool:
    """Whether the first word is somebody's name: "Anna's orders"."""
    return len(words) > 1 and words[1].text.lower() in ("'s", "\u2019s")


def _unused_values(
    question: Question, links: Links, query: exp.Expr, schema: Schema
) -> list[tuple[int, str]]:
    """Words that are a stored value and no name, where no literal has it and its column is not shown by itself.

    A part of a name counts as one where the query uses what has the name.
    """
    held = [str(literal.this).lower() for literal in query.find_all(exp.Literal)]
    used = {column.name.lower() for column in query.find_all(exp.Column)}
    used |= {table.name.lower() for table in query.find_all(exp.Table)}
    other = {
        i
        for link in links.links
        if not link.value and (link.kind == "exact" or _name(link, schema).lower() in used)
        for i in range(link.start, link.end)
    }
    other |= {i for date in date_mentions(question) for i in range(date.start, date.end)}
    shown = {column.name.lower() for item in _shown(query) for column in item.find_all(exp.Column)}
    meant: dict[tuple[int, int], list[Link]] = {}
    for link in links.links:
        if link.value and link.score >= LIKELY_VALUE_SCORE:
            meant.setdefault((link.start, link.end), []).append(link)
    found = []
    for (start, end), known in meant.items():
        text = question.span(start, end)
        if not other.isdisjoint(range(start, end)) or text.lower() in GLUE:
            continue
        if len(text) < _SAME_BEGINNING or not text[0].isalpha():
            continue
        if any(
            schema.columns[link.column].name.lower() in shown
            for link in known
            if link.column is not None
        ):
            continue
        values = [str(link.value).lower() for link in known]
        beginning = text.lower()[:_SAME_BEGINNING]
        if not any(
            beginning in literal or any(value in literal for value in values) for literal in held
        ):
            found.append((question.words[start].start, text))
    return found


def _unused_tables(
    question: Question, links: Links, query: exp.Expr, schema: Schema
) -> list[tuple[int, str]]:
    """Words that are a table's name, where neither that table is read nor one that refers to it, and no other name
    or literal has the words: "members with no fines" as those who never borrowed.
    """
    names = {table.name.lower() for table in query.find_all(exp.Table)}
    read = {i for i, table in enumerate(schema.tables) if table.name.lower() in names}
    used = {column.name.lower() for column in query.find_all(exp.Column)}
    held = [str(literal.this).lower() for literal in query.find_all(exp.Literal)]
    texts = [schema.tables[table].words for table in read] + held
    texts += [c.words for c in schema.columns if c.table in read and c.name.lower() in used]
    words = {word for text in texts for word in re.findall(r"\w+", text.lower())}
    near = _referred(read, schema)
    found = []
    for link in links.links:
        if link.kind != "exact" or link.table is None or link.column is not None:
            continue
        own = question.words[link.start : link.end]
        said = {word.text.lower() for word in own} | {word.lemma for word in own}
        if link.table in near or not words.isdisjoint(said) or not _names_rows(question, link):
            continue
        found.append((own[0].start, question.span(link.start, link.end)))
    return found


def _names_rows(question: Question, link: Link) -> bool:
    """Whether the words of a table's name mean its rows: "without orders", "each order"; not "ordered by",
    "the library" that has all the books, "who plays for them".
    """
    last = question.words[link.end - 1]
    before = question.words[link.start - 1].text.lower() if link.start else ""
    after = question.words[link.end].text.lower() if link.end < len(question.words) else ""
    if last.text.lower() != last.lemma:
        if not last.text.lower().endswith("s") or before in _DOERS:
            return False
        return before in _BEFORE_NOUNS or after not in _VERB_ENDS
    return before in _ONE_OF_MANY and last.lemma not in _SORTING


def _referred(tables: set[int], schema: Schema) -> set[int]:
    """The tables, those that they refer to, and what these refer to: a loan is of a book by an author."""
    near = set(tables)
    while True:
        more = {
            schema.columns[key.ref_column].table
            for key in schema.foreign_keys
            if schema.columns[key.column].table in near
        }
        if more <= near:
            return near
        near |= more


def _name(link: Link, schema: Schema) -> str:
    """The column or table that a link without a value names."""
    if link.column is not None:
        return schema.columns[link.column].name
    return "" if link.table is None else schema.tables[link.table].name


def _shown(query: exp.Expr) -> Iterator[exp.Expr]:
    for select in query.find_all(exp.Select):
        yield from select.expressions
        if select.args.get("group") is not None:
            yield from select.args["group"].expressions


def _numbers(question: Question, held: Sequence[str]) -> list[tuple[int, int, bool]]:
    """The numbers in digits: first word, the word after the last, whether a literal is that number."""
    values = {abs(value) for text in held if (value := as_number(text)) is not None}
    return [
        (number.start, number.end, abs(float(number.text)) in values)
        for number in number_mentions(question)
        if any(char.isdigit() for char in question.words[number.start].text)
    ]


def _stored(question: Question, links: Links, held: Sequence[str]) -> list[tuple[int, int, bool]]:
    """The words that are spelled as a stored value; a name or a filler in small letters is hardly meant as one."""
    names = {i for link in links.links if link.kind == "exact" for i in range(link.start, link.end)}
    found = []
    for link in links.links:
        word = question.words[link.start].text
        plain = word.islower() and (link.start in names or word in GLUE)
        if link.value and link.score >= SURE_VALUE_SCORE and not plain:
            found.append((link.start, link.end, link.value.lower() in held))
    return found


def _holds_date(held: Sequence[str], date: DateMention, question: Question) -> bool:
    """Whether a literal has the date's year, or its month where no year is said; after a word such as "before" the
    next year or the one before will do."""
    if date.year is None:
        return any(f"-{date.month:02}" in text or text == str(date.month) for text in held)
    words = {word.text.lower() for word in question.words}
    near = 0 if words.isdisjoint(_BOUNDS) else 1
    years = [str(year) for year in range(date.year - near, date.year + near + 1)]
    return any(year in text for text in held for year in years)
