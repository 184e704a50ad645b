"""Questions about years and months: orders per month, the year with most admissions, who spent most in 2024.

Skeletons come from the SQL of Spider's training set, in which nobody takes the year or the month of a date. People
who ask their own database do so all the time, so these kinds are added, with a share of their own
(``training.synthesize``). ``Dated.sample`` draws a query of a kind on a database that has dates,
``Dated.question`` words it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from nlidb.target import has_date_parts
from training.nouns import plural
from training.phrases import NUMBER_WORDS
from training.phrasing import Wording
from training.sampling import Item, Query, Sampler, Test, Unfit
from training.templates import ASK, Slot, expand

KINDS: Final = {
    "count per": 24,
    "figure per": 16,
    "extreme": 14,
    "having": 6,
    "different": 5,
    "shown": 3,
    "period": 12,
    "top": 12,
    "compared": 10,
}
"""Kinds of questions, and how often each is drawn. What people ask of dates is mostly how much there was of
something in each year or month; next, when there was most, and who was first within a year or month."""

_ISO: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-\d\d([ T].*)?")
_MONEY: Final = re.compile(
    r"\b(amount|price|cost|total|paid|payment|revenue|sales|fee|charge|value|spent|spending)\b"
)

# --- templates ------------------------------------------------------------------------------------------------

PER: Final = (
    "[per|per|by|by|each|for each|for every|in each|every|in every] {unit}",
    "[per|by|each|for each] [calendar |]{unit}",
    "[broken down by|grouped by|split by] {unit}",
)
PER_NAMED: Final = (
    "[by|per|for each|for every] {unit} of {noun}",
    "[by|per|for each] {unit} of [the|their] {noun}",
)
COUNT_PER: Final = (
    "How many {subject} are there {per}",
    "How many {subject} [do we have|are there] {per}",
    "How many {subject} were there {per}",
    "[What is|Show|Give|Find|Show me|I need|List] the number of {subject} {per}",
    "[number|count|total number] of {subject} {per}",
    "{subject} {per}",
    "{subject} {per}",
    "[Count|Count the|Tally] {subject} {per}",
    "[How many {subject}|number of {subject}] {per}",
    "{Per}, how many {subject} [are there|were there|do we have]",
    "{Per}, [count the {subject}|give the number of {subject}|show how many {subject} there were]",
    "[Break down|Split|Group] [the number of|the|] {subject} by {unit}",
    "Show {units} [with|and] [their|the] number of {subject}",
    "[Show|List|Give] each {unit} and [how many {subject} there were|the number of {subject}]",
)
COUNT_PER_PLAIN: Final = (
    "{adjective} number of {subject}",
    "{adjective} {subject}",
    "[Show|Give me|I want|Show me] the {adjective} number of {subject}",
    "What is the {adjective} number of {subject}",
    "{adjective} count of {subject}",
)
COUNT_PER_DONE: Final = (
    "How many {subject} {were_done} {per}",
    "How many {subject} {were_done} {per}",
    "{Per}, how many {subject} {were_done}",
    "Number of {subject} {done} {per}",
    "Show how many {subject} {were_done} {per}",
)
COUNT_TREND: Final = (
    "How [has|did] the number of {subject} [change|develop|evolve] [over the {units}|{unit} by {unit}|"
    "from {unit} to {unit}]",
    "[Number of {subject}|{subject}] over the {units}",
    "[Show|Plot|Chart|Draw] the number of {subject} [{unit} by {unit}|over time by {unit}|over the {units}]",
    "[Show|Give] the [trend|development|course] of {subject} by {unit}",
    "{unit} by {unit}, how many {subject} were there",
    "{subject} [{unit} by {unit}|over time, by {unit}|over time per {unit}]",
    "[trend|timeline] of {subject} [per|by] {unit}",
)
FIGURE_PER: Final = (
    "What is the {figures} of {subject} {per}",
    "What [was|is] the {figures} of {subject} {per}",
    "{figures} of {subject} {per}",
    "{figures} {per}",
    "[Show|Give|Find|Calculate|Show me|Compute|I need] the {figures} of {subject} {per}",
    "[Show|Give me|Find] the {figures} {per} [for|of|across] {all_subject}",
    "{Per}, what [is|was] the {figures} of {subject}",
    "{Per}, [show|give|compute] the {figures} of {subject}",
    "[Show|List] each {unit} [with|and] the {figures} of {subject}",
    "How [large|high] was the {figures} of {subject} {per}",
)
FIGURE_PER_PLAIN: Final = (
    "{adjective} {figures} of {subject}",
    "{adjective} {figures} [of|for] {subject}",
    "[Show|Give me|What is|I want to see] the {adjective} {figures} of {subject}",
    "What were the {adjective} {figures} of {subject}",
)
FIGURE_TREND: Final = (
    "How [has|did] the {figures} of {subject} [change|develop|evolve] [over the {units}|{unit} by {unit}]",
    "{figures} of {subject} [over the {units}|{unit} by {unit}|over time by {unit}]",
    "[Show|Plot|Chart] the {figures} of {subject} [{unit} by {unit}|over the {units}|over time by {unit}]",
    "{unit} by {unit}, what was the {figures} of {subject}",
    "[trend|development] of the {figures} of {subject} [by|per] {unit}",
)
EXTREME_COUNT: Final = (
    "[Which|What] {n}{unit} [had|has|saw] the {most} {subject}",
    "[Which|What] {n}{unit} had the {most} {subject}",
    "In [which|what] {n}{unit} were there the {most} {subject}",
    "In [which|what] {n}{unit} did we have the {most} {subject}",
    "[Find|Show|Give|Tell me|Return] the {n}{unit} with the {most} {subject}",
    "the {n}{unit} with the {most} {subject}",
    "What [was|is] the {n}{unit} with the {most} {subject}",
    "{n}{unit} with {most} {subject}",
    "When, by {unit}, were there the {most} {subject}? [Give|Show] {n}{unit}",
)
EXTREME_DONE: Final = (
    "In [which|what] {n}{unit} were the {most} {subject} {done}",
    "In [which|what] {n}{unit} were {most} {subject} {done}",
    "[Which|What] {n}{unit} had the {most} {subject} {done}",
)
BUSIEST: Final = (
    "What [was|is] the {busy} {unit} for {subject}",
    "[Which|What] {unit} was the {busy} for {subject}",
    "{busy} {unit} for {subject}",
)
EXTREME_FIGURE: Final = (
    "[Which|What] {n}{unit} had the {extreme} {figures} of {subject}",
    "In [which|what] {n}{unit} was the {figures} of {subject} the {extreme}",
    "In [which|what] {n}{unit} was the {figures} of {subject} {extreme}",
    "[Find|Show|Give|Return] the {n}{unit} with the {extreme} {figures} of {subject}",
    "{n}{unit} with the {extreme} {figures} of {subject}",
    "What [was|is] the {n}{unit} with the {extreme} {figures} of {subject}",
)
HAVING: Final = (
    "[Which|What] {units} [had|have] {amount} {subject}",
    "In [which|what] {units} were there {amount} {subject}",
    "In [which|what] {units} did we have {amount} {subject}",
    "[Show|List|Find|Give] [the|all|all the] {units} [with|that had] {amount} {subject}",
    "{units} with {amount} {subject}",
)
DIFFERENT: Final = (
    "[Which|What] {units} [have|had] {subject}",
    "In [which|what] {units} were there {subject}",
    "For [which|what] {units} do we have {subject}",
    "[Show|List|Give|Find] the [different|distinct] {units} [of|with|in which there were] {subject}",
    "[different|distinct] {units} of {subject}",
    "[List|Show] [all|the] {units} in which there [was|were] {subject}, each once",
)
DIFFERENT_DONE: Final = (
    "In [which|what] {units} were {subject} {done}",
    "[List|Show] [all|the] [different|] {units} in which {subject} {were_done}",
)
HOW_MANY: Final = (
    "In how many [different|distinct|] {units} were there {subject}",
    "How many [different|distinct] {units} [have|had] {subject}",
    "[Over|Across] how many [different|] {units} do the {subject} [go|spread|extend]",
    "number of [different|distinct] {units} with {subject}",
    "For how many {units} do we have {subject}",
)
LAST: Final = (
    "What [is|was] the {last} {unit} [with|in which there were|that had] {subject}",
    "[Find|Show|Give] the {last} {unit} [of|with] {subject}",
    "In which {unit} were the {last} {subject}",
    "{last} {unit} with {subject}",
)
SHOWN: Final = (
    "{ask} the {items} of {all_subject} and the {unit} of [the|their] {noun}",
    "{ask} the {items} and [the|] {unit} of {noun} of {all_subject}",
    "What are the {items} of {subject} and the {unit} of their {noun}",
    "{items} and {unit} of {noun} of {subject}",
    "{subject} with their {items} and {unit} of {noun}",
)
SHOWN_DONE: Final = (
    "{ask} the {items} of {all_subject} and the {unit} [in which|when] they {were_done}",
    "{ask} {subject} with their {items} and the {unit} they {were_done}",
    "In which {unit} was each of the {subject} {done}? [Show|Give] the {items} [as well|too|and the {unit}]",
)
TOP: Final = (
    "[Which|What] {n}{owner} [had|have] the {extreme} {figures} of {things} {when}",
    "{When}, [which|what] {n}{owner} had the {extreme} {figures} of {things}",
    "{ask} the {items} of the {n}{owner} with the {extreme} {figures} of {things} {when}",
    "{ask} the {items} of the {n}{owner} with the {extreme} {figures} of {things} {when}",
    "{When}, [who|which {owner}] had the {extreme} {figures} of {things}? [Show|Give] the {items} of [the|] {n}"
    "{owner}",
    "{items} of the {n}{owner} with the {extreme} {figures} of {things} {when}",
)
TOP_BY: Final = (
    "[Top|The top|Show the top|Give me the top|Who are the top|Find the top] {count} {owners} by {figures} "
    "[of {things} |]{when}",
    "{ask} the {items} of the top {count} {owners} by {figures} [of {things} |]{when}",
    "{when}: the {count} best {owners} by {figures}",
)
TOP_COUNT: Final = (
    "[Which|What] {n}{owner} [had|have] the {most} {things} {when}",
    "{When}, [which|what] {n}{owner} had the {most} {things}",
    "{ask} the {items} of the {n}{owner} with the {most} {things} {when}",
    "{n}{owner} with the {most} {things} {when}: {items}",
)
TOP_SPENT: Final = (
    "[Which|What] {n}{owner} [spent|paid] [the|] most {when}",
    "[Which|What] {n}{owner} [spent|paid] [the|] most {when}? [Show|Give] the {items}",
    "{When}, [which|what] {n}{owner} [spent|paid] [the|] most",
    "{ask} the {items} of the {n}{owner} who [spent|paid] [the|] most {when}",
)


class Dated(Wording):
    """Dated queries on one database, and their questions.

    ``columns`` are the dates that the database has; without any there is nothing to ask.
    """

    def __init__(self, sampler: Sampler) -> None:
        super().__init__(sampler.profile, sampler.rng)
        self._sampler = sampler
        schema, tables = self.profile.schema, self.profile.tables
        self.columns = [
            number
            for number, column in enumerate(schema.columns)
            if self.profile.columns[number].role == "date"
            and has_date_parts(column)
            and tables[column.table].rows >= 4
            and not schema.tables[column.table].name.startswith("sqlite_")
            and self.profile.columns[number].filled > 0.5
            and all(_ISO.fullmatch(text) for text in self.profile.columns[number].values)
        ]

    # --- queries ----------------------------------------------------------------------------------------------

    def sample(self, kind: str) -> Query:
        """One query of that kind.

        Raises:
            Unfit: the draw does not suit; another may.
        """
        if not self.columns:
            raise Unfit
        column = self.rng.choice(self.columns)
        table = self.profile.schema.columns[column].table
        if kind == "top":
            return self._top(table, column)
        if kind == "period":
            return self._during(table, column)
        if kind == "compared":
            return self._compared(table, column)
        unit = self._unit(column)
        part = Item(table, column, part=unit)
        tables, tests = self._conditions(table, column, unit)
        if kind == "different":
            only = self.rng.choice(
                (part, part, replace(part, aggregate="count", distinct=True))
                + tuple(replace(part, aggregate=word) for word in ("max", "min"))
            )
            if only.aggregate and column in [test.item.column for test in tests]:
                raise Unfit  # the last year of 2024
            query = Query(table, (only,), tests, tables=tables, distinct=not only.aggregate)
            by_time = query.distinct and self._chance(0.4)
            return replace(query, order=((part, self._chance(0.3)),)) if by_time else query
        if kind == "shown":
            if column in [test.item.column for test in tests]:
                raise Unfit
            names = self._sampler._item_columns(table, self.rng.choice((1, 1, 2)), [column])
            return Query(table, (*(Item(table, c) for c in names), part), tests, tables=tables)
        figure = Item(table, None, "count")
        if kind == "figure per" or kind == "extreme" and self._chance(0.4):
            word = self.rng.choice(("sum", "sum", "sum", "avg", "avg", "max", "min"))
            figure = self._measured(word, table)
        if figure.column is not None and figure.column in [test.item.column for test in tests]:
            raise Unfit
        query = Query(table, (part, figure), tests, group=(column,), group_part=unit, tables=tables)
        if kind == "extreme":
            limit = 1 if self._chance(0.75) else self.rng.choice((2, 3, 3, 5))
            down = self._chance(0.8)
            shown = query.items if self._chance(0.25) else (part,)
            return replace(query, items=shown, order=((figure, down),), limit=limit)
        if kind == "having":
            sign = self.rng.choice((">", ">", ">=", "<", "="))
            number = str(self.rng.choice((1, 2, 3, 5, 10, 20, 50, 100)))
            shown = query.items if self._chance(0.3) else (part,)
            return replace(query, items=shown, having=Test(figure, sign, (number,)))
        if len(tables) == 1 and self._chance(0.12):
            second = self._sampler._category(table)
            if second in [test.item.column for test in tests]:
                raise Unfit
            items = (part, Item(table, second), figure)
            return replace(query, items=items, group=(column, second))
        roll = self.rng.random()
        if roll < 0.3:
            return replace(query, order=((part, False),))
        if roll < 0.4:
            return replace(query, order=((part, True),))
        return replace(query, order=((figure, True),)) if roll < 0.52 else query

    def _unit(self, column: int) -> str:
        """A month where the dates lie close together, mostly a year else."""
        values = self.profile.columns[column].values
        years, months = {v[:4] for v in values}, {v[:7] for v in values}
        if len(months) < 2:
            raise Unfit
        if len(years) < 2:
            return "month"
        return "month" if self._chance(0.45 if len(months) <= 40 else 0.3) else "year"

    def _conditions(
        self, table: int, column: int, unit: str
    ) -> tuple[tuple[int, ...], tuple[Test, ...]]:
        """FROM and WHERE: mostly nothing more, else a value, a row that is referred to, or a year."""
        roll = self.rng.random()
        if roll < (0.3 if unit == "month" else 0.04):
            return (table,), (self._period(table, column, years=unit == "month"),)
        if roll < 0.5:
            return (table,), (self._sampler._test(table, "=", (column,)),)
        if roll < 0.6:
            tables, places = self._sampler._reach(table, 2)
            if self.profile.relation(*tables)[0] != "parent":
                raise Unfit
            return tables, (self._sampler._test(places[1], "="),)
        return (table,), ()

    def _period(self, table: int, column: int, *, years: bool = False) -> Test:
        text = self.rng.choice(self.profile.columns[column].values)
        length = 4 if years or self._chance(0.6) else 7
        return Test(Item(table, column), "like", (f"{text[:length]}%",))

    def _measured(self, aggregate: str, table: int) -> Item:
        """An aggregate of a number; the latest date of each year is nothing to ask for."""
        item = self._sampler._aggregate_items([aggregate], table)[0]
        if item.column is None or self.profile.columns[item.column].role != "number":
            raise Unfit
        return item

    def _figure(self, table: int) -> Item:
        if self._chance(0.45):
            return Item(table, None, "count")
        word = self.rng.choice(("sum", "sum", "sum", "avg", "max", "min"))
        return self._measured(word, table)

    def _around(self, table: int, column: int, test: Test) -> Query:
        """A count, a figure, a list or groups of the rows that pass the test on their date."""
        tests: tuple[Test, ...] = (test,)
        roll = self.rng.random()
        if roll < 0.2 and test.operator == "like":
            tests = (test, self._sampler._test(table, "=", (column,)))
        if roll > 0.75:
            names = self._sampler._item_columns(table, self.rng.choice((1, 1, 2)))
            return Query(table, tuple(Item(table, c) for c in names), tests, tables=(table,))
        figure = self._figure(table)
        if roll > 0.5:
            group = self._sampler._category(table)
            if group in [t.item.column for t in tests] or group == figure.column:
                raise Unfit
            query = Query(
                table, (Item(table, group), figure), tests, group=(group,), tables=(table,)
            )
            if self._chance(0.35):
                return replace(query, items=(Item(table, group),), order=((figure, True),), limit=1)
            return query
        return Query(table, (figure,), tests, tables=(table,))

    def _during(self, table: int, column: int) -> Query:
        return self._around(table, column, self._period(table, column))

    def _compared(self, table: int, column: int) -> Query:
        """Before, after and between years, months or days."""
        values = sorted(self.profile.columns[column].values)
        low, high = sorted(self.rng.choices(values, k=2))
        sign = self.rng.choice((">", ">", ">=", "<", "<", "<=", "between"))
        if self._chance(0.65):
            bounds = (low[:4], high[:4]) if sign == "between" else (low[:4],)
            item = Item(table, column, part="year")
        else:
            bounds = (low[:10], high[:10]) if sign == "between" else (low[:10],)
            item = Item(table, column)
            if any(len(value) > 10 for value in values) and sign not in ("<", ">="):
                raise Unfit  # "after May 3" and a time on May 3 do not go together as texts
        if len(set(bounds)) < len(bounds):
            raise Unfit
        return self._around(table, column, Test(item, sign, bounds))

    def _top(self, child: int, column: int) -> Query:
        """The rows with most, or the largest sum, of what refers to them, within a year or month."""
        owners = [
            other
            for other in self.profile.graph.neighbours(child)
            if other != child and self.profile.relation(other, child)[0] == "child"
        ]
        owner = self.rng.choice(owners) if owners else -1
        key = self.profile.tables[owner].key if owner >= 0 else None
        if key is None:
            raise Unfit
        figure = Item(child, None, "count")
        if self._chance(0.65):
            word = self.rng.choice(("sum", "sum", "sum", "avg"))
            figure = self._measured(word, child)
        names = self.profile.tables[owner].names
        shown = list(names) if names and self._chance(0.8) else []
        shown = shown or self._sampler._item_columns(owner, 1)
        items = tuple(Item(owner, c) for c in shown)
        return Query(
            child,
            (*items, figure) if self._chance(0.25) else items,
            (self._period(child, column),),
            group=(key,),
            entity=owner,
            order=((figure, self._chance(0.93)),),
            limit=self.rng.choice((1, 1, 1, 2, 3, 3, 5, 5, 10)),
            tables=(owner, child),
        )

    # --- questions --------------------------------------------------------------------------------------------

    def question(self, query: Query) -> str:
        """One question for a query of ``sample``.

        Raises:
            Unfit: there is no good wording for it.
        """
        parts = [item for item in query.items if item.part]
        if query.entity is not None and self._chance(0.75):
            return self._asked(query, self._best)
        if not parts:
            return super().question(query)
        if query.group:
            return self._asked(query, self._extreme_part if query.limit else self._per)
        return self._asked(query, self._different)

    def _slots(self, query: Query, column: int, unit: str) -> dict[str, Slot]:
        subject, tests = query.subject, query.tests
        periods = [t for t in tests if t.item.column == column and t.operator == "like"]
        late = bool(periods) and self._chance(
            0.6
        )  # "per month in 2024" rather than "of 2024 per month"
        said = tuple(t for t in tests if not late or t not in periods)
        when = f" {self.rng.choice(('in', 'in', 'of'))} {self._when(periods[0])}" if late else ""

        def rows() -> str:
            return self._phrase(subject, said, query.joiner)

        def per() -> str:
            template = PER_NAMED if self._chance(self._named_share(column)) else PER
            text = self._pick(template, unit=unit, noun=self._column(column))
            if len(query.group) > 1:
                text += f" and {self._column(query.group[1])}"
            return text

        slots: dict[str, Slot] = {
            "ask": lambda: expand(ASK, self.rng),
            "subject": rows,
            "all_subject": lambda: self._all(rows()),
            "per": lambda: per() + when,
            "Per": lambda: f"For {self.rng.choice(('each', 'every'))} {unit}{when}",
            "unit": unit,
            "units": f"{unit}s",
            "noun": lambda: self._column(column),
            "adjective": self.rng.choice(
                ("yearly", "annual", "yearly", "annual") if unit == "year" else ("monthly",)
            ),
            "n": "",
        }
        slots |= self._doing(column)
        slots["late"] = when
        return slots

    def _is_clear(self, column: int) -> bool:
        """Whether "in 2024" and "per year" can only mean this date: the table's one, and no birthday."""
        return self._only_time(column) and self._meaning(column) != "birth"

    def _named_share(self, column: int) -> float:
        """How often the date's own name is said: always where the table has other dates."""
        return 0.1 if self._is_clear(column) else 0.9

    def _doing(self, column: int) -> dict[str, Slot]:
        """What was done at the date ("ordered"), as words after the noun and as a verb; empty for a mere date."""
        forms = self._moment_forms(column, self._column(column), "")
        if not forms or forms[0].slot != "post":
            return {}
        done = forms[0].one.strip()
        return {"done": done, "were_done": f"were {done}"}

    def _when(self, test: Test) -> str:
        """The year or month of a period as a person writes it."""
        year, _, month = test.values[0].rstrip("%").partition("-")
        text = year
        if month:
            text = f"{calendar.month_name[int(month)]} {year}"
        self._said.setdefault(test.values[0], []).append(text)
        return text

    def _fitting(
        self, slots: dict[str, Slot], column: int, plain: Sequence[str], done: Sequence[str]
    ) -> list[str]:
        """Templates that say which date is meant, where that is a question."""
        if "done" in slots and (done and (self._chance(0.4) or not self._is_clear(column))):
            return list(done)
        if not self._is_clear(column):
            named = [t for t in plain if "{per}" in t]
            if not named:
                raise Unfit
            return named
        return list(plain)

    def _per(self, query: Query) -> str:
        column, unit = query.group[0], query.group_part
        slots = self._slots(query, column, unit)
        figure = next((item for item in query.items if item.aggregate), None)
        if query.having is not None:
            having = query.having
            one = having.values == ("1",) and having.operator != "<"
            slots["amount"] = lambda: self._amount(having)
            slots["subject"] = lambda: self._phrase(
                query.subject, query.tests, query.joiner, one=one
            )
            if not self._is_clear(column):
                slots["units"] = f"{unit}s of {self._column(column)}"
            text = self._pick(HAVING, **slots)
            shown = (", and how many", ", with the number", " and the number of them")
            return text + (self.rng.choice(shown) if figure is not None else "")
        assert figure is not None
        counted = figure.column is None
        if not counted:
            slots["figures"] = lambda: self._figures([figure])
        by_time = bool(query.order) and query.order[0][0].part != ""
        trend = by_time and not query.order[0][1] and len(query.group) == 1
        if trend and self._is_clear(column) and self._chance(0.45):
            lead = f"In {slots['late'].split(' ', 2)[2]}, " if slots["late"] else ""  # type: ignore[union-attr]
            return lead + self._pick(COUNT_TREND if counted else FIGURE_TREND, **slots)
        templates = list(COUNT_PER if counted else FIGURE_PER)
        if len(query.group) > 1:
            templates = [t for t in templates if "{per}" in t]
        elif not slots["late"]:
            templates += (COUNT_PER_PLAIN if counted else FIGURE_PER_PLAIN) * 2
        if slots["late"] or not self._is_clear(column):
            templates = [t for t in templates if "{per}" in t or "{Per}" in t and slots["late"]]
        done: tuple[str, ...] = COUNT_PER_DONE if counted else ()
        if len(query.group) > 1:
            done = tuple(t for t in done if "{per}" in t)
        text = self._pick(self._fitting(slots, column, templates, done), **slots)
        return text + self._ordered(query, unit)

    def _ordered(self, query: Query, unit: str) -> str:
        if not query.order:
            return ""
        item, down = query.order[0]
        if not item.part:
            what = "number" if item.column is None else self._figures([item])
            most = "|, most first" if item.column is None else ""
            return expand(
                f"[, highest first|, largest first|, sorted by {what}, highest first"
                f"|, from highest to lowest {what}|, ordered by {what} descending{most}]",
                self.rng,
            )
        if down:
            return expand(
                f"[, latest first|, newest first|, most recent first|, latest {unit} first|, most recent {unit} "
                f"first|, from latest to earliest|, sorted by {unit} descending|, {unit}s in descending order]",
                self.rng,
            )
        return expand(
            f"[, in chronological order|, earliest first|, oldest first|, sorted by {unit}|, ordered by {unit}|"
            f" in order of {unit}|, chronologically|, {unit} by {unit}|, over time]",
            self.rng,
        )

    def _extreme_part(self, query: Query) -> str:
        column, unit = query.group[0], query.group_part
        slots = self._slots(query, column, unit)
        slots["subject"] = lambda: self._phrase(query.subject, query.tests, query.joiner)
        item, down = query.order[0]
        if query.limit > 1:
            slots["n"] = f"{self._count(query.limit)} "
            slots["unit"] = f"{unit}s"
        where = slots["unit"]
        if not self._is_clear(column) and "done" not in slots:
            slots["unit"] = f"{where} of {self._column(column)}"
        slots |= self._most(down)
        if item.column is None:
            templates = list(EXTREME_COUNT)
            if query.limit == 1 and self._is_clear(column):
                templates += [*BUSIEST, *BUSIEST]
            if "done" in slots and (self._chance(0.5) or not self._is_clear(column)):
                templates = list(EXTREME_DONE)
            more = ", and how many were there|, with the number|? How many were there"
        else:
            slots["figures"] = lambda: self._figures([item])
            extremes = ("highest", "largest", "best") if down else ("lowest", "smallest")
            slots["extreme"] = self.rng.choice(extremes)
            templates = list(EXTREME_FIGURE)
            more = ", and what was it|, with the figure|, and how much was it"
        text = self._pick(templates, **slots)
        shown = len(query.items) > 1
        return text + (self.rng.choice(more.split("|")) if shown else "")

    def _most(self, down: bool) -> dict[str, Slot]:
        return {
            "most": lambda: expand(
                "[most|most|highest number of|largest number of]"
                if down
                else "[fewest|fewest|lowest number of|smallest number of]",
                self.rng,
            ),
            "busy": lambda: expand(
                "[busiest|busiest|strongest|best]" if down else "[quietest|slowest|weakest]",
                self.rng,
            ),
        }

    def _count(self, limit: int) -> str:
        return str(limit) if self._chance(0.5) else NUMBER_WORDS[limit]

    def _different(self, query: Query) -> str:
        item = query.items[-1]
        column, unit = item.column, item.part
        assert column is not None
        slots = self._slots(replace(query, group=()), column, unit)
        slots["subject"] = lambda: self._phrase(query.subject, query.tests, query.joiner)
        if len(query.items) > 1:
            slots["items"] = lambda: self._items(query.items[:-1], query.subject, many=True)
            return self._pick([*SHOWN, *(SHOWN_DONE if "done" in slots else ())], **slots)
        if not self._is_clear(column):
            if "done" not in slots:
                slots["units"], slots["unit"] = (
                    f"{unit}s of {self._column(column)}",
                    f"{unit} of {self._column(column)}",
                )
            else:
                slots["subject"] = lambda: (
                    f"{self._phrase(query.subject, query.tests, query.joiner)} {slots['done']}"
                )
                return self._pick(
                    DIFFERENT[1:2] if not item.aggregate else self._about(item, slots), **slots
                )
        if not item.aggregate:
            often = DIFFERENT_DONE * 2 if "done" in slots else ()
            return self._pick([*DIFFERENT, *often], **slots) + self._ordered(query, unit)
        return self._pick(self._about(item, slots), **slots)

    def _about(self, item: Item, slots: dict[str, Slot]) -> Sequence[str]:
        if item.aggregate == "count":
            return HOW_MANY
        latest = item.aggregate == "max"
        slots["last"] = self.rng.choice(
            ("latest", "last", "most recent") if latest else ("earliest", "first", "oldest")
        )
        return LAST

    def _best(self, query: Query) -> str:
        """Who had most within a year or month."""
        entity, subject = query.entity, query.subject
        assert entity is not None
        test = query.tests[0]
        assert test.item.column is not None
        item, down = query.order[0]
        one = query.limit == 1
        owner = self._noun(entity)
        shown = [i for i in query.items if not i.aggregate]
        doing = self._doing(test.item.column)
        things = plural(self._noun(subject))
        when = f"in {self._when(test)}"
        if not self._is_clear(test.item.column):
            if "done" not in doing:
                raise Unfit
            things = f"{things} {doing['done']}"
        count = self._count(query.limit)
        slots: dict[str, Slot] = {
            "ask": lambda: expand(ASK, self.rng),
            "owner": owner if one else plural(owner),
            "owners": plural(owner),
            "n": "" if one else f"{count} ",
            "count": count,
            "things": things,
            "when": when,
            "When": when[:1].upper() + when[1:],
            "items": lambda: self._items(shown, entity, many=not one),
        }
        slots |= self._most(down)
        if item.column is None:
            templates = list(TOP_COUNT)
        else:
            slots["figures"] = lambda: self._figures([item])
            slots["extreme"] = self.rng.choice(
                ("highest", "largest", "highest") if down else ("lowest", "smallest")
            )
            templates = list(TOP)
            if down and not one:
                templates += TOP_BY
            noun = self.profile.columns[item.column].noun
            spends = self.profile.tables[entity].person and _MONEY.search(noun)
            if down and spends and item.aggregate == "sum" and self._is_clear(test.item.column):
                templates += TOP_SPENT * 2
        more = ""
        figures = [i for i in query.items if i.aggregate]
        if figures:
            what = "the number" if item.column is None else f"the {self._figures(figures)}"
            more = self.rng.choice((f", and {what}", f", with {what}", f", together with {what}"))
        if [i.column for i in shown] != list(self.profile.tables[entity].names):
            templates = [t for t in templates if "{items}" in t]
        return self._pick(templates, **slots) + more
