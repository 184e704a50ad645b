"""English questions for sampled queries: a grammar of wordings, written by hand.

``Wording.question`` says a ``Query`` in one of many ways. A template is a string in which ``[a|b|]`` chooses one
of several texts (nested as needed) and ``{name}`` stands for a phrase that is built for the query at hand. Phrases
are built from the meaning of columns (``training.nouns``): ages make "older than 30", prices "cheaper", places
"from France", years "founded in 1950", and values may stand alone where they tell their column.

All wordings are our own; no question of any data set was copied.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from nlidb.edges import Join
from training.nouns import article, is_place, plural, stem, with_article
from training.phrases import NUMBER_WORDS, Phrases, joined
from training.sampling import Item, Query, Unfit
from training.templates import (
    AGGREGATE,
    AGGREGATE_SEVERAL,
    ASK,
    ASK_ONE,
    AVERAGE_VERB,
    COUNT,
    COUNT_TAIL,
    COUNT_TESTED,
    DISTINCT_COUNT,
    ENTITY_COUNT,
    ENTITY_COUNT_ONLY,
    ENTITY_FIGURES,
    EXTREME_VERB,
    GROUP_COUNT,
    GROUP_COUNT_SHOWN,
    GROUP_FIGURES,
    GROUP_FIGURES_SHOWN,
    HAVING,
    LISTING,
    LISTING_DISTINCT,
    LISTING_NAMED,
    LISTING_PLAIN,
    LISTING_TESTED,
    LISTING_WHO,
    MOST_COMMON,
    MOST_COMMON_N,
    OF_ONE,
    OF_ONE_PLAIN,
    SORTED,
    STAR,
    SUPERLATIVE,
    SUPERLATIVE_AMONG,
    SUPERLATIVE_NAMED,
    SUPERLATIVE_WHO,
    TOP_N,
    TOTAL_VERB,
    Slot,
    expand,
)


class Wording(Phrases):
    """Words queries on one database as questions."""

    def question(self, query: Query) -> str:
        """One question for the query.

        Raises:
            Unfit: there is no good wording for it.
        """
        return self._asked(query, self._worded)

    def _worded(self, query: Query) -> str:
        if query.operation:
            return self._combined(query)
        if query.group:
            return self._grouped(query)
        if query.items[0].aggregate:
            return self._figures_question(query)
        return self._listed(query)

    def _asked(self, query: Query, word: Callable[[Query], str]) -> str:
        """The text that ``word`` makes as a question; ``Unfit`` where it leaves a value out."""
        self._tables, self._columns = {}, {}
        self._id = self.rng.choice(("id", "id", "ID"))
        self._said = {}
        text = self._finished(word(query))
        low = text.lower()
        for value in _values(query):
            if not any(said.lower() in low for said in self._said.get(value, ())):
                raise Unfit  # a template left a test out
        return text

    def _finished(self, text: str) -> str:
        text = re.sub(r"\s+", " ", text).strip().replace(" ,", ",").replace(" ?", "?")
        text = re.sub(r"\? ([a-z])", lambda match: f"? {match[1].upper()}", text)
        text = re.sub(r"\b(\w+) \1\b(?! \1)", r"\1", text) if "the the" in text else text
        asks = re.match(
            r"(what|which|who|whose|how|can|could|do you|there are how|in (which|what)|for which|to which|"
            r"on average|for .*, (what|how)|"
            r"(among|of|across|over) .*, (what|which|how))\b",
            text,
            re.IGNORECASE,
        )
        if "? " in text:
            end = "." if self._chance(0.7) else ""
        elif asks:
            end = "?" if self._chance(0.93) else self.rng.choice(("", " ?", "."))
        else:
            end = "." if self._chance(0.75) else ""
        if text[-1:] in "?.":
            end = ""
        if self._chance(0.93):
            text = text[:1].upper() + text[1:]
        elif self._chance(0.5):
            text = text[:1].lower() + text[1:]
        return text + end

    def _of_one(self, query: Query) -> str | None:
        """A value of a row that is named, without the name's column ("How old is Joe?"); None where none is."""
        if query.order or query.distinct or len(query.items) != 1 or len(query.tests) != 1:
            return None
        item, test = query.items[0], query.tests[0]
        if item.column is None or item.table != query.subject:
            return None
        if test.item.table != query.subject or self._name_test(query.subject, query.tests) is None:
            return None
        column, noun = item.column, self._noun(query.subject)
        value = self._value(test.item, test.values[0])
        value = self.rng.choice((value, value, f"the {noun} {value}", f"{noun} {value}"))
        slots: dict[str, Slot] = {"v": value, "item": self._column(column)}
        kind, role = self._meaning(column), self.profile.columns[column].role
        person = self.profile.tables[query.subject].person
        said = self._column(column)
        if kind in OF_ONE and role == "number" and self._chance(0.6):
            return self._pick((OF_ONE[kind],), **slots)
        if role in ("year", "date") and self._chance(0.7):
            when = (
                "When"
                if role == "date"
                else self.rng.choice(("When", "In what year", "In which year"))
            )
            moments = self._moment_forms(column, said, "")
            if moments and moments[0].slot == "post":
                return f"{when} was {value} {moments[0].one.strip()}"
            base = {
                "joined": "join",
                "started": "start",
                "ended": "end",
                "died": "die",
                "debuted": "debut",
            }
            if moments and moments[0].one.strip() in base:
                return f"{when} did {value} {base[moments[0].one.strip()]}"
        if is_place(said) and len(said.split()) == 1 and role == "category" and self._chance(0.6):
            if person:
                return self._pick(
                    ("[What|Which] {item} is {v} from", "{v} is from [what|which] {item}"), **slots
                )
            return self._pick(
                ("In [what|which] {item} is {v}[| located]", "[What|Which] {item} is {v} in"),
                **slots,
            )
        return self._pick(OF_ONE_PLAIN, **slots)

    def _sole_person(self, table: int) -> bool:
        """Whether "who" can only mean rows of this table."""
        persons = [t for t, found in enumerate(self.profile.tables) if found.person]
        return persons == [table]

    def _listed(self, query: Query) -> str:
        if query.limit and query.order:
            return self._extremal(query)
        if query.limit:
            raise Unfit
        if self._chance(0.55):
            short = self._of_one(query)
            if short is not None:
                return short
        subject, tests, joiner = query.subject, query.tests, query.joiner

        def rows() -> str:
            return self._phrase(subject, tests, joiner)

        def row() -> str:
            return self._phrase(subject, tests, joiner, one=True)

        slots: dict[str, Slot] = {
            "ask": ASK,
            "subject": rows,
            "all_subject": lambda: self._all(rows()),
            "subject_one": row,
            "subject_bare": plural(self._noun(subject)),
            "verbs": lambda: self._verbal(subject, tests, joiner, one=False),
            "verbs_one": lambda: self._verbal(subject, tests, joiner, one=True),
        }
        slots["ask"] = lambda: expand(ASK, self.rng)
        slots["ask_one"] = lambda: expand(ASK_ONE, self.rng)
        if query.items[0].column is None:
            if query.distinct:
                raise Unfit
            text = self._pick(STAR, **slots)
            return text + self._sorted(query)
        slots["items"] = lambda: self._items(query.items, subject, many=True)
        slots["item_one"] = lambda: self._items(query.items, subject, many=False)
        own = [item for item in query.items if item.table == subject]
        if len(own) < len(query.items):
            return self._listed_further(query, own, slots)
        if query.distinct and self._chance(0.92):
            plain = not query.order and not tests
            several = [t for t in LISTING_DISTINCT if plain or " do {" not in t]
            return self._pick(several, **slots) + self._sorted(query)
        templates = [t for t in LISTING if not tests or " do {" not in t and "are there?" not in t]
        if tests:
            templates += [*LISTING_TESTED, *LISTING_TESTED]
            if self._is_named(query) and not query.order:
                templates += [*LISTING_NAMED, *LISTING_NAMED]
                if self._sole_person(subject):
                    templates += [*LISTING_WHO, *LISTING_WHO]
        elif len(query.tables) == 1:
            templates += LISTING_PLAIN
            noun = self._noun(subject)
            slots["compound"] = lambda: f"{noun} {self._items(query.items, subject, many=True)}"
            slots["possessive"] = lambda: (
                f"{plural(noun)}{chr(39) if plural(noun).endswith('s') else chr(39) + 's'} "
                f"{self._items(query.items, subject, many=True)}"
            )
        if query.order:
            templates = [t for t in templates if "?" not in t and " do {" not in t]
            if self._chance(0.12):
                key = self._sort_key(query)
                lead = self.rng.choice(("Sort", "Order", "Rank", "Arrange"))
                down = self._direction(query)
                return (
                    f"{lead} {self._all(rows())} by {key}{' ' + down if down else ''} and "
                    f"{self.rng.choice(('list', 'show', 'give', 'return'))} their "
                    f"{self._items(query.items, subject, many=True)}"
                )
        return self._pick(templates, **slots) + self._sorted(query)

    def _listed_further(self, query: Query, own: Sequence[Item], slots: dict[str, Slot]) -> str:
        """Columns of the rows and of rows linked to them."""
        subject = query.subject
        rest = [item for item in query.items if item.table != subject]
        different = (
            self.rng.choice(("different ", "distinct ", "unique ")) if query.distinct else ""
        )
        other = rest[0].table
        relation, join = self.profile.relation(subject, other)
        single = relation == "parent" or self._single(subject, other)
        role = self._noun(other)
        if relation == "parent" and join is not None:
            found = self.profile.role_noun(join, other)
            role = role if found == self.profile.tables[other].noun else found
        nouns = []
        for item in rest:
            assert item.column is not None
            noun = self._column(item.column)
            nouns.append("name" if stem(noun) == stem(role) else noun)
        many = joined([plural(noun) for noun in nouns])
        one = joined(nouns if single else [plural(noun) for noun in nouns])
        owners, owner = plural(role), role if single else plural(role)
        slots |= {
            "own": lambda: different + self._items(own, subject, many=True),
            "own_one": lambda: self._items(own, subject, many=False),
            "far": lambda: self.rng.choice(
                (
                    f"the {many} of their {owners}",
                    f"their {role} {many}",
                    f"the {many} of the {owners}",
                )
            ),
            "far_one": lambda: self.rng.choice(
                (f"the {one} of its {owner}", f"its {role} {one}", f"the {one} of the {owner}")
            ),
            "far_alone": lambda: (
                different
                + self.rng.choice(
                    (f"{many} of the {owners}", f"{many} of the {owners}", f"{role} {many}")
                )
            ),
        }
        if not own:
            templates = [
                "{ask} the {far_alone} of {all_subject}",
                "{ask} the {far_alone} [of|for] {subject}",
                "What are the {far_alone} of {all_subject}",
                "{far_alone} of {subject}",
            ]
        else:
            templates = [
                "{ask} the {own} of {all_subject} [and|along with|together with|as well as|and also] {far}",
                "What are the {own} of {all_subject} and {far}",
                "{ask} the {own} of {subject} [and|along with|together with|with] {far}",
                "{own} of {subject} [and|with] {far}",
                "{subject}: {own} and {far}",
            ]
            if not different:
                templates += [
                    "For [each|every] {subject_one}, [show|list|give|return|find|what is] the {own_one} "
                    "and {far_one}",
                    "[Show|List|Give|Return] {subject} with their {own} and {far}",
                    "What is the {own_one} of each {subject_one} and {far_one}",
                ]
        return self._pick(templates, **slots) + self._sorted(query)

    def _sort_key(self, query: Query) -> str:
        keys = []
        for item, _ in query.order:
            if item.column is None or item.aggregate:
                raise Unfit
            noun = self._column(item.column)
            if item.table != query.subject:
                noun = f"{self._noun(item.table)} {noun}"
            keys.append(f"{self.rng.choice(('', 'their ', 'the '))}{noun}")
        return joined(keys, self.rng.choice(("and", "and then", "then")))

    def _direction(self, query: Query) -> str:
        down = query.order[0][1]
        column = query.order[0][0].column
        text = column is not None and self.profile.columns[column].role in (
            "name",
            "category",
            "text",
        )
        if len({d for _, d in query.order}) > 1:
            raise Unfit
        if text:
            return expand(
                "[in descending order|descending|in reverse alphabetical order|from Z to A|"
                "in descending alphabetical order]"
                if down
                else "[in alphabetical order|alphabetically|in ascending order|from A to Z|||]",
                self.rng,
            )
        if column is not None and self.profile.columns[column].role in ("year", "date"):
            return expand(
                "[in descending order|descending|from latest to earliest|, most recent first|, latest first|"
                "from newest to oldest]"
                if down
                else "[in ascending order|ascending|from earliest to latest||||, earliest first|"
                "from oldest to newest]",
                self.rng,
            )
        return expand(
            "[in descending order|descending|from high to low|from highest to lowest|in decreasing order|"
            "from largest to smallest|, highest first|, largest first|in descending order|decreasingly]"
            if down
            else "[in ascending order|ascending|from low to high|from lowest to highest|in increasing order||||"
            ", lowest first|, smallest first|in ascending order]",
            self.rng,
        )

    def _sorted(self, query: Query) -> str:
        """The end of the question that tells the order, with its comma or blank."""
        if not query.order:
            return ""
        item, down = query.order[0]
        column = item.column
        if column is None:
            raise Unfit
        role = self.profile.columns[column].role
        kind = self._meaning(column)
        comma = self.rng.choice((", ", " ", " "))
        if len(query.order) == 1 and item.table == query.subject:
            if (
                kind in SORTED
                and self._chance(0.35)
                and (kind != "time" or self._only_time(column))
            ):
                words = expand(SORTED[kind][0 if down else 1], self.rng)
                lead = self.rng.choice(("", "ordered ", "sorted "))
                return words if words.startswith(",") else comma + lead + words
            named = column in self.profile.tables[query.subject].names and any(
                item.column == column for item in query.items
            )
            if named and role == "name" and not down and self._chance(0.5):
                return comma + expand(
                    "[in alphabetical order|alphabetically|sorted alphabetically|in alphabetical order|"
                    "from A to Z|ordered alphabetically]",
                    self.rng,
                )
        key = self._sort_key(query)
        direction = self._direction(query)
        word = self.rng.choice(
            (
                "sorted by",
                "ordered by",
                "sorted by",
                "ordered by",
                "in order of",
                "arranged by",
                "ranked by",
                "listed by",
            )
        )
        if re.fullmatch(
            r"in (descending|ascending|alphabetical|increasing|decreasing) order", direction
        ):
            if self._chance(0.4):
                return f"{comma}{self.rng.choice(('', 'sorted ', 'listed ', 'ordered '))}{direction} of {key}"
            if word == "in order of":
                word = "ordered by"
        glue = "" if direction.startswith(",") or not direction else " "
        return f"{comma}{word} {key}{glue}{direction}"

    def _only_time(self, column: int) -> bool:
        table = self.profile.schema.columns[column].table
        times = [
            c
            for c in self.profile.schema.tables[table].columns
            if self.profile.columns[c].role in ("year", "date")
        ]
        return times == [column]

    def _extremal(self, query: Query) -> str:
        if len(query.order) > 1:
            raise Unfit
        item, down = query.order[0]
        if item.column is None or item.aggregate:
            raise Unfit
        subject, tests, joiner = query.subject, query.tests, query.joiner
        one = query.limit == 1
        pre, after, verb = self._superlative(subject, item, down, one=one)

        def top() -> str:
            count = "" if one else str(query.limit)
            if count and self._chance(0.4):
                count = NUMBER_WORDS[query.limit]
            if pre and self._chance(0.65):
                return f"the {self._phrase(subject, tests, joiner, one=one, before=f'{count} {pre}'.strip())}"
            if not one and self._chance(0.35) and item.table == subject:
                rows = self._phrase(subject, tests, joiner)
                key = self._column(item.column) if item.column is not None else ""
                word = "top" if down else "bottom"
                return f"the {word} {count} {rows} {self.rng.choice(('by', 'in terms of', 'ranked by'))} {key}"
            rows = self._phrase(subject, tests, joiner, one=one, before=count)
            return f"the {rows}{' and' if ' whose ' in rows and after.startswith('whose') else ''} {after}"

        slots: dict[str, Slot] = {
            "ask": lambda: expand(ASK, self.rng),
            "ask_one": lambda: expand(ASK_ONE, self.rng),
            "items": lambda: self._items(query.items, subject, many=not one),
            "top": top,
            "tops": top,
            "top_verb": lambda: verb if not pre or self._chance(0.5) else f"is the {pre}",
            "subject_bare_one": lambda: self._phrase(subject, tests, joiner, one=True),
        }
        if query.items[0].column is None:
            slots["all_subject"] = slots["subject"] = top
            return self._pick([t for t in STAR if "subject}" in t], **slots)
        if query.distinct:
            raise Unfit
        if not one:
            return self._pick(TOP_N, **slots)
        templates = list(SUPERLATIVE)
        rows = self._phrase(subject, tests, joiner)
        if tests and re.search(r" (that|who|which|whose) ", rows) and self._chance(0.7):
            slots |= {"rows": rows, "verb": verb, "after": after, "one": self._noun(subject)}
            return self._pick(SUPERLATIVE_AMONG, **slots)
        if self._is_named(query):
            templates += [*SUPERLATIVE_NAMED, *SUPERLATIVE_NAMED]
            if self.profile.tables[subject].person:
                templates += [t for t in SUPERLATIVE_WHO if not tests or "{top}" in t]
        return self._pick(templates, **slots)

    def _figures_question(self, query: Query) -> str:
        subject, tests, joiner = query.subject, query.tests, query.joiner

        def rows() -> str:
            return self._phrase(subject, tests, joiner)

        slots: dict[str, Slot] = {
            "subject": rows,
            "all_subject": lambda: self._all(rows()),
            "subject_bare": plural(self._noun(subject)),
            "verbs": lambda: self._verbal(subject, tests, joiner, one=False),
            "figures": lambda: self._figures(query.items, "rows"),
        }
        first = query.items[0]
        if len(query.items) == 1 and first.column is None:
            templates = (
                [*COUNT, *COUNT_TESTED, *COUNT_TESTED, *COUNT_TESTED] if tests else list(COUNT)
            )
            if len(tests) == 1 and self._chance(0.2):
                tail = self._post(subject, tests)
                if tail:
                    slots |= {"bare": plural(self._noun(subject)), "tail": tail, "lead": tail}
                    leads = tail.startswith(("in ", "on ", "from ", "after ", "before "))
                    return self._pick(
                        [t for t in COUNT_TAIL if leads or "{lead}" not in t], **slots
                    )
            return self._pick(templates, **slots)
        assert first.column is not None or len(query.items) > 1
        if len(query.items) == 1 and first.column is not None:
            column = first.column
            slots["column"] = lambda: self._column(column)
            slots["columns"] = lambda: self._columns_of(column)
            if first.distinct:
                templates = list(DISTINCT_COUNT)
                if tests or len(query.tables) > 1 or not self._tells(column):
                    templates = [t for t in templates if "subject}" in t]
                return self._pick(templates, **slots)
            kind = self._meaning(column)
            slots["one"] = lambda: self._phrase(subject, tests, joiner, one=True)
            slots["a_one"] = lambda: with_article(self._phrase(subject, tests, joiner, one=True))
            if first.aggregate == "avg" and self._chance(0.15 if kind in AVERAGE_VERB else 0.05):
                return self._pick((AVERAGE_VERB.get(kind) or AVERAGE_VERB["other"],), **slots)
            if first.aggregate in ("max", "min") and kind in EXTREME_VERB and self._chance(0.2):
                return self._pick((EXTREME_VERB[kind][first.aggregate == "min"],), **slots)
            if first.aggregate == "sum" and self._chance(0.25):
                return self._pick(TOTAL_VERB, **slots)
            return self._pick(AGGREGATE, **slots)
        if any(item.column is None for item in query.items):
            rest = [item for item in query.items if item.column is not None]
            thing = rows()
            figures = self._figures(rest)
            return self._pick(
                (
                    "How many {rows} are there and what is their {figures}",
                    "[Find|Show|Give|Return] the number of {rows} and [their|the] {figures}",
                    "What is the number of {rows} and [their|the] {figures}",
                    "number and {figures} of {rows}",
                    "[Count|Count up] the {rows} and [give|show|find] [their|the] {figures}",
                ),
                rows=thing,
                figures=figures,
            )
        return self._pick([*AGGREGATE[3:], *AGGREGATE_SEVERAL, *AGGREGATE_SEVERAL], **slots)

    def _tells(self, column: int) -> bool:
        """Whether no other table has a column of that name."""
        noun = self.profile.columns[column].noun
        return sum(1 for other in self.profile.columns if other.noun == noun) == 1

    # --- groups -----------------------------------------------------------------------------------------------

    def _grouped(self, query: Query) -> str:
        if query.distinct:
            raise Unfit
        return self._by_entity(query) if query.entity is not None else self._by_value(query)

    def _group_noun(self, query: Query, *, many: bool) -> str:
        nouns = []
        for column in query.group:
            noun = self._column(column)
            if self.profile.columns[column].role == "key":
                noun = self._key_noun(column, shown=any(i.column == column for i in query.items))
            nouns.append(plural(noun) if many else noun)
        return joined(nouns)

    def _key_noun(self, column: int, *, shown: bool) -> str:
        """A foreign key as a group: what it refers to, or its id where that is shown."""
        noun = self._column(column)
        for key in self.profile.schema.foreign_keys:
            if key.column == column:
                parent = self.profile.schema.columns[key.ref_column].table
                role = self.profile.role_noun(Join(column, key.ref_column), parent)
                noun = self._noun(parent) if role == self.profile.tables[parent].noun else role
                return f"{noun} {self._id}" if shown else noun
        return noun

    def _by_value(self, query: Query) -> str:
        subject, tests, joiner = query.subject, query.tests, query.joiner

        def rows() -> str:
            return self._phrase(subject, tests, joiner)

        slots: dict[str, Slot] = {
            "ask": lambda: expand(ASK, self.rng),
            "subject": rows,
            "all_subject": lambda: self._all(rows()),
            "group": lambda: self._group_noun(query, many=False),
            "groups": lambda: self._group_noun(query, many=True),
        }
        figures = [item for item in query.items if item.aggregate]
        shown = [item for item in query.items if not item.aggregate]
        if query.having is not None:
            return self._by_value_having(query, slots, figures)
        if query.limit:
            return self._by_value_most(query, slots, figures)
        if not figures:
            raise Unfit
        counted = len(figures) == 1 and figures[0].column is None
        if counted:
            templates = [*GROUP_COUNT_SHOWN, *GROUP_COUNT] if shown else list(GROUP_COUNT)
        else:
            things = plural(self._noun(subject))
            slots["figures"] = lambda: self._figures(figures, things)
            if figures[0].column is None:
                rest = figures[1:]
                slots["figures"] = lambda: f"number and {self._figures(rest)}"
            templates = [*GROUP_FIGURES_SHOWN, *GROUP_FIGURES] if shown else list(GROUP_FIGURES)
        if query.order:
            templates = [
                t for t in templates if not t.startswith(("How does", "What are the {groups} of"))
            ]
        return self._pick(templates, **slots) + self._group_sorted(query, rows)

    def _group_sorted(self, query: Query, rows: Callable[[], str]) -> str:
        if not query.order:
            return ""
        item, down = query.order[0]
        if item.aggregate:
            key = self._figures([item], plural(self._noun(query.subject)))
            key = f"the {key}"
            direction = expand(
                "[in descending order|from most to least|from highest to lowest|descending|in decreasing order|"
                ", highest first]"
                if down
                else "[in ascending order|from least to most|from lowest to highest|ascending||"
                "in increasing order]",
                self.rng,
            )
            glue = "" if direction.startswith(",") or not direction else " "
            return f", {self.rng.choice(('sorted by', 'ordered by', 'ranked by'))} {key}{glue}{direction}"
        key = self._column(item.column) if item.column is not None else ""
        direction = "in descending order" if down else self.rng.choice(("", "in ascending order"))
        return f", {self.rng.choice(('sorted by', 'ordered by'))} {key} {direction}".rstrip()

    def _by_value_having(
        self, query: Query, slots: dict[str, Slot], figures: Sequence[Item]
    ) -> str:
        having = query.having
        assert having is not None
        if query.order:
            raise Unfit
        slots["amount"] = lambda: self._amount_of(query)
        more = ""
        if figures:
            if figures == [having.item] or len(figures) == 1 and figures[0].column is None:
                what = (
                    "the number" if figures[0].column is None else f"the {self._figures(figures)}"
                )
            else:
                what = f"the {self._figures(figures, plural(self._noun(query.subject)))}"
            more = self.rng.choice(
                (f", and {what}", f"? Show {what} too", f", with {what}", f", together with {what}")
            )
        if having.item.aggregate == "count":
            text = self._pick(HAVING, **slots)
        else:
            figure = self._figures([having.item])
            phrase = self._condition(having)
            text = self._pick(
                (
                    "[Which|What] {groups} have [a|a|some] {figure} of {subject} {phrase}",
                    "{ask} the {groups} [where|for which] the {figure} of {subject} is {phrase}",
                    "{ask} the {groups} whose {subject} have a {figure} [of |]{phrase}",
                    "For which {groups} is the {figure} of {subject} {phrase}",
                    "{groups} with a {figure} of {subject} {phrase}",
                ),
                **slots,
                figure=figure,
                phrase=phrase,
            )
            text = (
                text.replace(" some ", " a ")
                .replace(" a average", " an average")
                .replace(" a overall", " an overall")
            )
        return text + more

    def _by_value_most(self, query: Query, slots: dict[str, Slot], figures: Sequence[Item]) -> str:
        if not query.order or len(query.items) == len(figures):
            raise Unfit
        item, down = query.order[0]
        if not item.aggregate:
            raise Unfit
        more = ""
        if figures:
            what = (
                "how many are there"
                if figures[0].column is None
                else f"what is the {self._figures(figures)}"
            )
            noun = "the number" if figures[0].column is None else f"the {self._figures(figures)}"
            if len(figures) == 1:
                more = self.rng.choice(
                    (f", and {what}", f", with {noun}", f" and {noun}", f"? Give {noun} as well")
                )
            else:
                more = f", with the {self._figures(figures, plural(self._noun(query.subject)))}"
        if item.column is None:
            slots["most"] = lambda: expand(
                "[most|most|largest number of|highest number of|greatest number of]"
                if down
                else "[fewest|fewest|smallest number of|least number of|lowest number of]",
                self.rng,
            )
            slots["most_common"] = lambda: expand(
                "[most common|most frequent|most common|most popular]"
                if down
                else "[least common|least frequent|rarest]",
                self.rng,
            )
            slots["occurs"] = lambda: expand(
                "[occurs most often|appears most often|is most frequent]"
                if down
                else "[occurs least often|appears least often|is least frequent]",
                self.rng,
            )
            slots["n"] = str(query.limit) if self._chance(0.5) else NUMBER_WORDS[query.limit]
            return self._pick(MOST_COMMON if query.limit == 1 else MOST_COMMON_N, **slots) + more
        extreme = self._extreme(item.column, down)
        figure = self._figures([item])
        group = slots["group"] if query.limit == 1 else slots["groups"]
        count = "" if query.limit == 1 else f"{query.limit} "
        return (
            self._pick(
                (
                    "[Which|What] {n}{group} {has} the {extreme} {figure} of {subject}",
                    "{ask} the {n}{group} with the {extreme} {figure} of {subject}",
                    "{ask} the {n}{group} whose {subject} have the {extreme} {figure}",
                    "For which {n}{group} is the {figure} of {subject} the {extreme}",
                    "the {n}{group} with the {extreme} {figure} of {subject}",
                ),
                **{
                    **slots,
                    "group": group,
                    "ask": lambda: expand(ASK_ONE if query.limit == 1 else ASK, self.rng),
                },
                n=count,
                has="has" if query.limit == 1 else "have",
                extreme=extreme,
                figure=figure,
            )
            + more
        )

    def _by_entity(self, query: Query) -> str:
        entity = query.entity
        assert entity is not None
        subject, tests, joiner = query.subject, query.tests, query.joiner
        owner = self._noun(entity)
        relation, _ = self.profile.relation(entity, subject)
        back = self.profile.relation(subject, entity)[1] if relation == "child" else None
        role = self.profile.role_noun(back, entity) if back is not None else owner
        if (
            stem(role) != stem(self.profile.tables[entity].noun)
            and query.group[0] == self.profile.tables[entity].key
        ):
            named = role
        else:
            named = ""

        def rows() -> str:
            return self._phrase(subject, tests, joiner)

        figures = [item for item in query.items if item.aggregate]
        shown = [item for item in query.items if not item.aggregate]
        if named and self._chance(0.8):
            owner = named
        slots: dict[str, Slot] = {
            "ask": lambda: expand(ASK, self.rng),
            "ask_one": lambda: expand(ASK_ONE, self.rng),
            "owner": owner,
            "owners": plural(owner),
            "things": rows,
            "items": lambda: self._items(shown, entity, many=False),
            "items_many": lambda: self._items(shown, entity, many=True),
        }

        def figures_of(items: Sequence[Item]) -> str:
            if all(item.column is None for item in items):
                return f"number of {rows()}"
            if items[0].column is None:
                whose = self.rng.choice(("its ", "their ", ""))
                return f"number and {self._figures(items[1:])} of {whose}{rows()}"
            return (
                f"{self._figures(items)} of {self.rng.choice(('its ', 'their ', 'the '))}{rows()}"
            )

        slots["figures"] = lambda: figures_of(figures)
        if query.having is not None:
            return self._by_entity_having(query, slots, shown, figures, figures_of)
        if query.limit:
            return self._by_entity_most(query, slots, shown, figures, figures_of)
        counted = len(figures) == 1 and figures[0].column is None
        if not figures:
            raise Unfit
        if not shown:
            if not counted:
                return self._pick(
                    (
                        "What is the {figures} for each {owner}",
                        "For each {owner}, [find|show] the {figures}",
                    ),
                    **slots,
                )
            return self._pick(ENTITY_COUNT_ONLY, **slots)
        templates = [*ENTITY_FIGURES, *ENTITY_COUNT] if counted else list(ENTITY_FIGURES)
        return self._pick(templates, **slots) + self._group_sorted(query, rows)

    def _by_entity_having(
        self,
        query: Query,
        slots: dict[str, Slot],
        shown: Sequence[Item],
        figures: Sequence[Item],
        figures_of: Callable[[Sequence[Item]], str],
    ) -> str:
        having, entity = query.having, query.entity
        assert having is not None and entity is not None
        if query.order:
            raise Unfit
        more = ""
        if figures:
            more = self.rng.choice(
                (" and the {f}", ", with the {f}", ", together with the {f}", ", and the {f}")
            )
            more = more.replace("{f}", figures_of(figures))
        if having.item.aggregate == "count" and having.item.column is None:
            phrase = self._amount_of(query)
            verb, post = (
                f"have {phrase}",
                self.rng.choice((f"with {phrase}", f"that have {phrase}", f"having {phrase}")),
            )
        else:
            figure = self._figures([having.item])
            rows = self._phrase(query.subject, query.tests, query.joiner)
            value = self._condition(having)
            a = article(figure)
            verb = f"have {a} {figure} of {rows} {value}"
            post = self.rng.choice(
                (
                    f"whose {rows} have {a} {figure} {value}",
                    f"where the {figure} of {rows} is {value}",
                    f"with {a} {figure} of {rows} {value}",
                )
            )
        slots |= {"verb": verb, "post": post, "more": more}
        templates = [
            "{ask} the {items_many} of [all|the|] {owners} {post}{more}",
            "{ask} the {items_many} of {owners} {post}{more}",
            "What are the {items_many} of [all|the|] {owners} {post}{more}",
            "[Which|What] {owners} {verb}? [Give|Show|List|Return|Tell me] [their|the] {items_many}{more}",
            "{items_many} of {owners} {post}{more}",
            "[Find|List] [the|all|] {owners} {post} and [give|show|return] their {items_many}{more}",
        ]
        if [item.column for item in shown] == list(
            self.profile.tables[entity].names
        ) and not figures:
            templates += ["[Which|What] {owners} {verb}"] * 3
        return self._pick(templates, **slots)

    def _by_entity_most(
        self,
        query: Query,
        slots: dict[str, Slot],
        shown: Sequence[Item],
        figures: Sequence[Item],
        figures_of: Callable[[Sequence[Item]], str],
    ) -> str:
        entity = query.entity
        assert entity is not None
        if not query.order or not shown:
            raise Unfit
        item, down = query.order[0]
        if not item.aggregate:
            raise Unfit
        rows = self._phrase(query.subject, query.tests, query.joiner)
        one = query.limit == 1
        if item.column is None:
            most = expand(
                "[most|most|largest number of|highest number of|greatest number of]"
                if down
                else "[fewest|fewest|smallest number of|least number of|lowest number of]",
                self.rng,
            )
            thing = f"the {most} {rows}"
        elif item.aggregate == "sum" or item.aggregate == "avg":
            thing = f"the {self._extreme(item.column, down)} {self._figures([item])} of {rows}"
        else:
            thing = f"the {self._figures([item])} of {rows}"
            if (item.aggregate == "max") != down:
                raise Unfit
        has = "has" if one else "have"
        post = self.rng.choice(
            (f"with {thing}", f"that {has} {thing}", f"having {thing}", f"with {thing}")
        )
        more = ""
        if figures:
            more = self.rng.choice(
                (", and the {f}", " and the {f}", ", with the {f}", ", together with the {f}")
            )
            if len(figures) == 1 and figures[0] == item:
                what = "number" if item.column is None else self._figures(figures)
                more = more.replace("{f}", self.rng.choice((what, figures_of(figures))))
            else:
                more = more.replace("{f}", figures_of(figures))
        count = (
            ""
            if one
            else (str(query.limit) if self._chance(0.6) else NUMBER_WORDS[query.limit]) + " "
        )
        owner = slots["owner"] if one else slots["owners"]
        items = slots["items"] if one else slots["items_many"]
        slots |= {
            "owner": owner,
            "items": items,
            "post": post,
            "more": more,
            "n": count,
            "has": has,
            "thing": thing,
        }
        slots["ask"] = slots["ask_one"] if one else slots["ask"]
        slots["its"] = self.rng.choice(("the", "its" if one else "their"))
        templates = [
            "{ask} the {items} of the {n}{owner} {post}{more}",
            "{ask} the {items} of the {n}{owner} {post}{more}",
            "[Which|What] {n}{owner} {has} {thing}? [Give|Show|List|Return|Tell me] {its} {items}{more}",
            "[Find|Get] the {n}{owner} {post} and [give|show|return] {its} {items}{more}",
            "{items} of the {n}{owner} {post}{more}",
            "For the {n}{owner} {post}, [show|give|return|list] the {items}{more}",
        ]
        if [item.column for item in shown] == list(
            self.profile.tables[entity].names
        ) and not figures:
            templates += ["[Which|What] {n}{owner} {has} {thing}"] * 3
            if self.profile.tables[entity].person and one:
                templates.append("Who has {thing}")
        if one:
            templates.append("What is the {items} of the {owner} {post}{more}")
        return self._pick(templates, **slots)

    # --- two queries ------------------------------------------------------------------------------------------

    def _combined(self, query: Query) -> str:
        other = query.other
        assert other is not None
        if other.subject != query.subject or query.items != other.items:
            return self._from_two_tables(query, other)
        one = replace(query, operation="", other=None)
        if query.operation == "except" and not other.tests:
            return self._without(one, other)
        subject = query.subject
        names = {c for c in self.profile.tables[subject].names}
        key = self.profile.tables[subject].key
        own_values = len(query.tables) == 1 and len(other.tables) == 1
        if own_values and query.operation in ("intersect", "except"):
            return self._shared_value(one, other, query.operation)
        if (
            own_values
            and not all(item.column in names or item.column == key for item in query.items)
            and len(query.items) == 1
            and self._chance(0.5)
        ):
            return self._shared_value(one, other, "union")
        return self._linked_rows(one, other, query.operation)

    def _shared_value(self, one: Query, other: Query, operation: str) -> str:
        """Values of a column that rows of two kinds have."""
        subject = one.subject
        column = one.items[0].column
        assert column is not None
        rows = plural(self._noun(subject))
        left = self._phrase(subject, one.tests, one.joiner)
        right = self._phrase(subject, other.tests, other.joiner)
        slots: dict[str, Slot] = {
            "ask": lambda: expand(ASK, self.rng),
            "groups": self._columns_of(column),
            "group": self._column(column),
            "left": left,
            "right": right,
            "rows": rows,
        }
        templates = {
            "intersect": (
                "{ask} the {groups} [that have|with|having] both {left} and {right}",
                "[Which|What] {groups} [have|are shared by] both {left} and {right}",
                "[Which|What] {groups} have {left} as well as {right}",
                "{ask} the {groups} [shared by|common to] {left} and {right}",
                "{groups} [shared by|common to|that have both] {left} and {right}",
                "What are the {groups} of {left} that are also {groups} of {right}",
                "{ask} the {groups} of both {left} and {right}",
            ),
            "except": (
                "{ask} the {groups} [that have|with|of] {left} but [no|not any|without any] {right}",
                "[Which|What] {groups} have {left} but no {right}",
                "{ask} the {groups} of {left} that are not {groups} of [any|] {right}",
                "{groups} of {left} [excluding|except|other than] those of {right}",
                "What are the {groups} of {left}, [excluding|leaving out|except for] the {groups} of {right}",
            ),
            "union": (
                "{ask} the {groups} of {left} or of {right}",
                "{ask} the {groups} of {left} [and|together with|and also|as well as] "
                "[those|the {groups}] of {right}",
                "[Which|What] {groups} have {left} or {right}",
                "{groups} of {left} or {right}",
            ),
        }[operation]
        return self._pick(templates, **slots)

    def _linked_rows(self, one: Query, other: Query, operation: str) -> str:
        """Rows of a table that pass both, either or only the first of two sets of tests."""
        subject = one.subject
        bare = plural(self._noun(subject))
        left = self._verbal(subject, one.tests, one.joiner, one=False) if one.tests else ""
        right = self._verbal(subject, other.tests, other.joiner, one=False)
        whole = self._phrase(subject, one.tests, one.joiner)
        rest = self._phrase(subject, other.tests, other.joiner)
        that = self.rng.choice(("who", "that")) if self.profile.tables[subject].person else "that"
        denied = _denied(right)
        slots: dict[str, Slot] = {
            "ask": lambda: expand(ASK, self.rng),
            "items": lambda: self._items(one.items, subject, many=True),
            "bare": bare,
            "left": left,
            "right": right,
            "whole": whole,
            "rest": rest,
            "that": that,
            "denied": denied,
        }
        if operation == "intersect":
            templates = [
                "{ask} the {items} of [the|all|] {bare} {that} {left} and [also|] {right}",
                "{ask} the {items} of {bare} {that} both {left} and {right}",
                "What are the {items} of {bare} {that} {left} and [also|] {right}",
                "{ask} the {items} of {whole} {that} also {right}",
                "{items} of {bare} {that} {left} and {right}",
                "[Which|What] {bare} {left} and also {right}? [Give|Show|List] [their|the] {items}",
                "{ask} the {items} shared by {whole} and {rest}",
            ]
            common = _shared_start(left, right)
            if common:
                prefix, first, second = common
                slots |= {"prefix": prefix, "first": first, "second": second}
                templates += [
                    "{ask} the {items} of [the|all|] {bare} {that} {prefix} both {first} and {second}",
                    "What are the {items} of {bare} {that} {prefix} {first} as well as {second}",
                    "[Which|What] {bare} {prefix} both {first} and {second}? [Give|Show|List] [their|the] {items}",
                ] * 2
        elif operation == "except":
            templates = [
                "{ask} the {items} of [the|all|] {bare} {that} {left} but {denied}",
                "{ask} the {items} of {whole} {that} {denied}",
                "What are the {items} of {whole} but not of {rest}",
                "{items} of {whole} [except|excluding] {rest}",
                "[Which|What] {bare} {left} but {denied}? [Give|Show|List] [their|the] {items}",
            ]
            if not one.tests:
                templates = [
                    "{ask} the {items} of [the|all|] {bare} {that} {denied}",
                    "What are the {items} of {bare} {that} {denied}",
                    "[Which|What] {bare} {denied}? [Give|Show|List|Return] [their|the] {items}",
                    "{items} of all {bare} [except|excluding|other than] {rest}",
                    "{ask} the {items} of all {bare} [except|excluding|except for] {rest}",
                ]
        else:
            templates = [
                "{ask} the {items} of [the|all|] {bare} {that} {left} or {right}",
                "{ask} the {items} of [the|all|] {bare} {that} either {left} or {right}",
                "What are the {items} of {whole} [and|or|and also] [those|] of {rest}",
                "{items} of {whole} [or|and] {rest}",
                "{ask} the {items} of {whole} [together with|as well as|and also] those of {rest}",
            ]
        return self._pick(templates, **slots)

    def _without(self, one: Query, other: Query) -> str:
        """Rows without any row linked to them."""
        subject = one.subject
        further = other.tables[-1]
        things = plural(self._noun(further))
        thing = self._noun(further)
        rows = self._phrase(subject, one.tests, one.joiner)
        slots: dict[str, Slot] = {
            "ask": lambda: expand(ASK, self.rng),
            "items": lambda: self._items(one.items, subject, many=True),
            "rows": rows,
            "things": things,
            "thing": thing,
            "a": article(thing),
            "that": self.rng.choice(("who", "that"))
            if self.profile.tables[subject].person
            else "that",
            "bare": plural(self._noun(subject)),
        }
        templates = [
            "{ask} the {items} of [the|all|] {rows} [without|with no] [any|] {things}",
            "{ask} the {items} of [the|all|] {rows} {that} [have no|do not have any|don't have any] {things}",
            "{ask} the {items} of [the|all|] {rows} {that} have never had {a} {thing}",
            "What are the {items} of {rows} {that} [have no|do not have any|do not have] {things}",
            "{items} of {rows} without {things}",
            "{ask} the {items} of [the|all|] {rows} [not linked to|not associated with] any {thing}",
        ]
        if not one.tests:
            templates += [
                "[Which|What] {bare} [have no|do not have any|don't have any] {things}? "
                "[Give|Show|List|Return] [their|the] {items}"
            ]
            if [item.column for item in one.items] == list(self.profile.tables[subject].names):
                templates += [
                    "[Which|What] {bare} [have no|do not have any|never had any] {things}"
                ] * 2
        return self._pick(templates, **slots)

    def _from_two_tables(self, query: Query, other: Query) -> str:
        left, right = query.items[0], other.items[0]
        assert left.column is not None and right.column is not None
        if query.operation == "except" and self.profile.columns[left.column].role == "key":
            two = replace(other, tables=(other.subject,))
            return self._without(replace(query, operation="", other=None), two)
        noun = self._columns_of(left.column)
        rows, others = plural(self._noun(left.table)), plural(self._noun(right.table))
        slots: dict[str, Slot] = {
            "ask": lambda: expand(ASK, self.rng),
            "nouns": noun,
            "noun": self._column(left.column),
            "rows": rows,
            "others": others,
        }
        if stem(self.profile.columns[left.column].noun) != stem(
            self.profile.columns[right.column].noun
        ):
            raise Unfit
        templates = {
            "union": (
                "{ask} the {nouns} of [all|] {rows} and [all|] {others}",
                "{ask} the {nouns} of [all|] {rows} [together with|as well as|and also] "
                "[those|the {nouns}] of [all|] {others}",
                "What are [all|] the {nouns} of {rows} [and|or] {others}",
                "{nouns} of {rows} and {others}",
            ),
            "intersect": (
                "{ask} the {nouns} [shared by|common to] {rows} and {others}",
                "[Which|What] {nouns} [belong to|are found for] both {rows} and {others}",
                "What are the {nouns} of {rows} that are also {nouns} of {others}",
                "{nouns} of both {rows} and {others}",
            ),
            "except": (
                "{ask} the {nouns} of {rows} that are not {nouns} of [any|] {others}",
                "[Which|What] {nouns} of {rows} are not [among the|] {nouns} of {others}",
                "{nouns} of {rows} but not of {others}",
            ),
        }[query.operation]
        return self._pick(templates, **slots)


def _values(query: Query) -> Iterator[str]:
    """All values that a query compares with, those of its subqueries included."""
    for test in (*query.tests, *((query.having,) if query.having is not None else ())):
        yield from test.values
        if test.query is not None:
            yield from _values(test.query)
    if query.other is not None:
        yield from _values(query.other)


def _denied(verb: str) -> str:
    """The opposite of a plural verb phrase: "are from X" -> "are not from X", "have a Y" -> "do not have a Y"."""
    first, _, rest = verb.partition(" ")
    if first in ("are", "were"):
        return f"{first} not {rest}"
    if first in ("have", "belong", "cost", "weigh", "earn", "work", "last"):
        rest = re.sub(r"^(a|an|at least one) ", "any " if first == "have" else "a ", rest)
        return f"do not {first} {rest}"
    raise Unfit


def _shared_start(left: str, right: str) -> tuple[str, str, str] | None:
    """Two verb phrases with the same verb: the verb and the two rests."""
    for verb in (
        "have",
        "are linked to",
        "are associated with",
        "are connected to",
        "are from",
        "are in",
    ):
        if left.startswith(f"{verb} ") and right.startswith(f"{verb} "):
            return verb, left[len(verb) + 1 :], right[len(verb) + 1 :]
    return None
