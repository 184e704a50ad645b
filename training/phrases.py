"""Parts of sentences for sampled queries: nouns, values, tests and rows as phrases.

Tests are said by the meaning of their column: ages make "older than 30", prices "cheaper", places "from France",
years "founded in 1950"; values may stand alone where they tell their column. ``training.phrasing`` makes questions
of these parts.
"""

from __future__ import annotations

import calendar
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from training.nouns import (
    ENTITY_SYNONYMS,
    SYNONYMS,
    article,
    is_awkward,
    is_kind,
    is_place,
    meaning,
    plural,
    singular,
    stem,
    with_article,
)
from training.profile import Profile
from training.sampling import Item, Query, Test, Unfit
from training.templates import (
    ADJECTIVE_FLAGS,
    ADJECTIVES,
    CHOICE,
    COUNTED,
    CREATORS,
    EXTREMES,
    MOMENT,
    MOMENT_IS,
    PARTICIPLES,
    QUANTITY,
    SITES,
    SLOT,
    SUPERLATIVES,
    VERBS,
    Slot,
    expand,
)


@dataclass(frozen=True)
class Form:
    """One way to say a test: where it goes, and its text for one row and for several."""

    slot: str
    """ "pre" before the noun, "post" after it, "verb" a verb phrase, "whose" a clause about a part of it."""
    one: str
    many: str = ""
    about: str = ""
    """For "whose": the part that the clause is about ("age")."""


def joined(parts: Sequence[str], word: str = "and", rng: random.Random | None = None) -> str:
    if len(parts) < 2:
        return "".join(parts)
    comma = "," if len(parts) > 2 and (rng is None or rng.random() < 0.5) else ""
    return ", ".join(parts[:-1]) + f"{comma} {word} {parts[-1]}"


NUMBER_WORDS: Final = "zero one two three four five six seven eight nine ten".split()


class Phrases:
    """Phrases on one database; every call may choose anew."""

    def __init__(self, profile: Profile, rng: random.Random) -> None:
        self.profile = profile
        self.rng = rng
        self._tables: dict[int, str] = {}
        self._columns: dict[int, str] = {}
        self._id = "id"
        self._said: dict[str, list[str]] = {}

    # --- small parts ------------------------------------------------------------------------------------------

    def _pick(self, templates: Sequence[str], **slots: Slot) -> str:
        """A template with its choices made and its slots filled, slots built only where used."""
        return self._fill(self.rng.choice(templates), slots)

    def _fill(self, template: str, slots: Mapping[str, Slot]) -> str:
        def fill(match: re.Match[str]) -> str:
            slot = slots[match[1]]
            return slot if isinstance(slot, str) else slot()

        return SLOT.sub(fill, expand(template, self.rng))

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _noun(self, table: int) -> str:
        if table not in self._tables:
            noun = self.profile.tables[table].noun
            if self._chance(0.1) and noun in ENTITY_SYNONYMS:
                noun = self.rng.choice(ENTITY_SYNONYMS[noun])
            self._tables[table] = noun
        return self._tables[table]

    def _column(self, column: int) -> str:
        """The column's name in the singular, the same throughout a question."""
        if column not in self._columns:
            found = self.profile.columns[column]
            noun = found.noun
            table = self.profile.schema.columns[column].table
            if noun == self.profile.tables[table].noun and found.role in (
                "name",
                "text",
                "category",
            ):
                noun = "name" if self._chance(0.7) else noun
            elif self._chance(0.13) and noun in SYNONYMS:
                noun = self.rng.choice(SYNONYMS[noun])
            noun = noun.replace("ID", self._id)
            if found.role not in ("number", "flag") and not noun.endswith("hours"):
                noun = singular(noun) if " of " not in noun else noun
            self._columns[column] = noun
        return self._columns[column]

    def _columns_of(self, column: int) -> str:
        noun = self._column(column)
        return plural(noun)

    def _meaning(self, column: int) -> str:
        found = self.profile.columns[column]
        return meaning(found.noun, found.role)

    def _all(self, phrase: str) -> str:
        return f"{self.rng.choice(('', '', 'all ', 'all the ', 'the ', 'all '))}{phrase}"

    # --- values -----------------------------------------------------------------------------------------------

    def _value(self, item: Item, text: str) -> str:
        """A value as a person writes it; remembered, so that no question goes without it."""
        written = self._written(item, text)
        self._said.setdefault(text, []).append(written)
        return written

    def _written(self, item: Item, text: str) -> str:
        if item.aggregate == "count" or item.column is None:
            if self._chance(0.5) and text.isdigit() and int(text) < len(NUMBER_WORDS):
                return NUMBER_WORDS[int(text)]
            return text
        found = self.profile.columns[item.column]
        if found.role == "number":
            if self._chance(0.1) and text.lstrip("-").isdigit() and len(text) > 4:
                return f"{int(text):,}"
            return text
        if found.role == "year":
            return text
        iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
        if iso and self._chance(0.55):
            month = calendar.month_name[int(iso[2])] if 1 <= int(iso[2]) <= 12 else ""
            if month:
                day = str(int(iso[3]))
                if self._chance(0.7):
                    return f"{month} {day}, {iso[1]}"
                return f"{day} {month} {iso[1]}"
        if found.role == "date":
            return text
        return self._text(text)

    def _text(self, text: str) -> str:
        plain = re.fullmatch(r"[A-Za-z0-9][\w .&'-]*", text) and len(text) > 1
        odd = text.isupper() and len(text) < 5
        if self._chance(0.3 if plain and not odd else 0.75):
            quote = self.rng.choice(("'", '"', '"'))
            return f"{quote}{text}{quote}"
        return text.lower() if plain and not odd and self._chance(0.06) else text

    # --- tests as phrases -------------------------------------------------------------------------------------

    def _forms(self, tests: Sequence[Test]) -> list[Form]:
        """Ways to say tests on one column of the row itself; several tests with "=" mean any of the values."""
        test = tests[0]
        if test.query is not None:
            return self._nested_forms(test)
        column = test.item.column
        assert column is not None
        values = [self._value(test.item, t.values[0]) for t in tests if t.values]
        if len(tests) > 1:
            value = self._any(values)
        elif test.operator in ("in", "not in"):
            value = self._any([self._value(test.item, v) for v in test.values])
        else:
            value = values[0] if values else ""
        role = self.profile.columns[column].role
        operator = test.operator
        noun = self._column(column)
        period = re.fullmatch(r"(\d{4})(?:-(\d\d))?%", test.values[0]) if test.values else None
        if operator == "like" and role == "date" and period:
            when = period[1]
            if period[2]:
                when = f"{calendar.month_name[int(period[2])]} {when}"
            self._said.setdefault(test.values[0], []).append(when)
            forms = self._moment_forms(column, noun, f"in {when}") * 2
            forms += [Form("whose", f"is in {when}", about=noun)]
            forms += [Form("post", f"with {with_article(noun)} in {when}")]
            if noun == "date":
                forms += [Form("post", f"{p} {when}") for p in ("in", "from", "in")]
            return forms
        if operator in ("like", "not like"):
            return self._pattern_forms(noun, test)
        if operator in ("is null", "is not null"):
            missing = operator == "is null"
            return [
                Form(
                    "verb",
                    f"has {'no' if missing else 'a'} {noun}",
                    f"have {'no' if missing else 'a'} {noun}",
                ),
                Form(
                    "post",
                    f"{'without' if missing else 'with'} {'any' if missing else 'a known'} {noun}",
                ),
                Form("whose", "is missing" if missing else "is known", about=noun),
            ]
        if role == "flag":
            return self._flag_forms(noun, test)
        if operator in ("in", "="):
            return self._equal_forms(column, noun, value, role, len(tests) > 1 or operator == "in")
        if operator in ("!=", "not in"):
            return self._different_forms(column, noun, value, role)
        if operator == "between":
            second = self._value(test.item, test.values[1])
            return self._compared_forms(column, noun, operator, value, second)
        return self._compared_forms(column, noun, operator, value, "")

    def _any(self, values: Sequence[str]) -> str:
        either = "either " if len(values) == 2 and self._chance(0.2) else ""
        return either + joined(values, "or", self.rng)

    def _equal_forms(
        self, column: int, noun: str, value: str, role: str, several: bool
    ) -> list[Form]:
        table = self.profile.schema.columns[column].table
        person = self.profile.tables[table].person
        if is_awkward(noun):
            return [
                Form("post", f"{noun} {value}"),
                Form("verb", f"is {noun} {value}", f"are {noun} {value}"),
            ]
        has_a = with_article(noun)
        forms = [
            Form("whose", f"is {value}", about=noun),
            Form("whose", f"is {value}", about=noun),
            Form("post", f"with {noun} {value}"),
            Form("post", f"with the {noun} {value}"),
            Form("post", f"with {value} as the {noun}", f"with {value} as their {noun}"),
            Form("verb", f"has the {noun} {value}", f"have the {noun} {value}"),
            Form("post", f"with {has_a} of {value}"),
        ]
        strong: list[Form] = []
        if role == "name":
            word = "titled" if noun.endswith("title") else self.rng.choice(("named", "called"))
            if noun in ("name", "title", "full name", "label"):
                strong = [
                    Form("post", f"{word} {value}"),
                    Form("verb", f"is {word} {value}", f"are {word} {value}"),
                ]
            if noun.endswith(("name", "title")):
                forms.append(Form("post", f"with the {noun} {value}"))
        elif role == "year":
            strong = self._moment_forms(column, noun, f"in {value}")
            if noun in ("year", "season"):
                strong += [Form("post", f"{p} {value}") for p in ("in", "from", "of", "for")]
        elif role == "date":
            strong = self._moment_forms(column, noun, f"on {value}")
            if noun == "date":
                strong += [Form("post", f"{p} {value}") for p in ("on", "dated", "of", "from")]
                strong.append(Form("verb", f"is dated {value}", f"are dated {value}"))
        elif role == "number":
            forms = [
                Form("whose", f"is {value}", about=noun),
                Form("post", f"with {noun} {value}"),
                Form("post", f"with {has_a} of {value}"),
                Form("verb", f"has {has_a} of {value}", f"have {has_a} of {value}"),
            ]
            adjective = ADJECTIVES.get(self._meaning(column), {}).get("=")
            if adjective and not several:
                phrase = self._fill(adjective, {"v": value})
                strong = [Form("post", phrase)]
                if not phrase.startswith(("costing", "weighing", "lasting")):
                    strong.append(Form("verb", f"is {phrase}", f"are {phrase}"))
        else:
            bare = value.strip("'\"")
            shown = value
            if re.search(r"\b(gender|sex)$", noun):
                shown = {"f": "female", "m": "male"}.get(bare.lower(), value)
                self._said.setdefault(bare, []).append(shown)
            plain = re.fullmatch(r"[A-Za-z]{3,}([ -][A-Za-z]{2,})?", shown)
            if is_place(noun) and not noun.endswith("nationality"):
                where = (
                    "from"
                    if person
                    else self.rng.choice(("in", "in", "located in", "from", "based in"))
                )
                strong = [Form("post", f"{where} {value}")]
                inside = (
                    "from"
                    if person and self._chance(0.6)
                    else self.rng.choice(("in", "located in"))
                )
                strong.append(Form("verb", f"is {inside} {value}", f"are {inside} {value}"))
                if re.search(r"\b(birth|born)\b", noun):
                    strong = [
                        Form("post", f"born in {value}"),
                        Form("verb", f"was born in {value}", f"were born in {value}"),
                    ]
                elif noun not in (
                    "city",
                    "town",
                    "country",
                    "state",
                    "location",
                    "region",
                    "county",
                    "nation",
                    "hometown",
                    "home city",
                    "home town",
                    "district",
                    "province",
                    "place",
                    "village",
                ):
                    strong = [
                        Form("post", f"with {noun} {value}"),
                        Form("post", f"in the {noun} {value}"),
                    ]
            elif is_kind(noun) or role == "category":
                if plain and not several and is_kind(noun):
                    adjective = shown.lower() if shown.islower() or self._chance(0.25) else shown
                    strong = [Form("pre", adjective), Form("pre", adjective)]
                    if re.search(
                        r"\b(status|gender|sex|color|colour|condition|nationality)$", noun
                    ):
                        strong.append(Form("verb", f"is {adjective}", f"are {adjective}"))
                if re.search(r"\b(type|kind|category|class|genre|sort)$", noun):
                    strong += [
                        Form("post", f"of {noun} {value}"),
                        Form("post", f"of the {noun} {value}"),
                    ]
                    if not several:
                        strong.append(Form("post", f"of the {value} {noun}"))
                elif re.search(
                    r"\b(department|league|division|conference|party|sector|industry|team)$", noun
                ):
                    strong += [
                        Form("post", f"in {value}"),
                        Form("verb", f"is in the {noun} {value}", f"are in the {noun} {value}"),
                    ]
                    if not several:
                        strong.append(Form("post", f"in the {value} {noun}"))
                elif (
                    re.search(r"\b(role|position|job|profession|occupation|rank)( title)?$", noun)
                    and person
                ):
                    strong += [
                        Form("post", f"working as {value}"),
                        Form("verb", f"works as {value}", f"work as {value}"),
                    ]
                    strong = (
                        strong
                        if noun in ("job", "job title", "profession", "occupation")
                        else strong[:-2]
                    )
            if noun in CREATORS:
                strong += [Form("post", f"by {value}")]
        return strong * (3 if strong else 1) + forms if strong else forms

    def _moment_forms(self, column: int, noun: str, phrase: str) -> list[Form]:
        """What happened at the time of the column, with when ("founded in 1950"); none for a mere "date"."""
        for pattern, word, passive in PARTICIPLES:
            match = re.search(pattern, noun)
            if match is None:
                continue
            word = word or match[1]
            if passive:
                return [
                    Form("post", f"{word} {phrase}"),
                    Form("verb", f"was {word} {phrase}", f"were {word} {phrase}"),
                ]
            return [Form("verb", f"{word} {phrase}", f"{word} {phrase}")]
        return []

    def _different_forms(self, column: int, noun: str, value: str, role: str) -> list[Form]:
        several = " or " in value
        forms = [
            Form("whose", f"is not {value}", about=noun),
            Form("whose", f"is not {value}", about=noun),
            Form("post", f"with a {noun} other than {value}".replace("a a", "an a")),
            Form("verb", f"does not have the {noun} {value}", f"do not have the {noun} {value}"),
            Form(
                "whose",
                f"is {'neither ' + value.replace(' or ', ' nor ') if several else 'different from ' + value}",
                about=noun,
            ),
        ]
        if is_place(noun) and noun in (
            "city",
            "town",
            "country",
            "state",
            "location",
            "region",
            "hometown",
        ):
            forms += [
                Form("post", f"not from {value}"),
                Form("verb", f"is not from {value}", f"are not from {value}"),
                Form("verb", f"is not in {value}", f"are not in {value}"),
                Form("post", f"outside {value}"),
            ]
        if role == "year":
            forms += [Form("post", f"not from {value}")] if noun == "year" else []
        return forms

    def _compared_forms(
        self, column: int, noun: str, operator: str, value: str, second: str
    ) -> list[Form]:
        found = self.profile.columns[column]
        slots = {"v": value, "w": second}
        kind = self._meaning(column)
        if found.role in ("year", "date"):
            phrase = self._fill(MOMENT[operator], slots)
            if found.role == "date" and not value.isdigit():  # a day, not a year
                phrase = phrase.replace("in or ", "on or ").replace("in the years", "from")
            plain = self._fill(MOMENT_IS[operator], slots)
            forms = [
                Form("whose", f"is {plain}", about=noun),
                Form("post", f"with {with_article(noun)} {plain}"),
            ]
            forms += self._moment_forms(column, noun, phrase) * 3
            if noun in ("year", "season", "date"):
                how = "dated" if noun == "date" else "from"
                forms += [Form("post", phrase)] * 3
                if not (how == "from" and phrase.startswith(("from", "since"))):
                    forms += [Form("verb", f"is {how} {phrase}", f"are {how} {phrase}")]
            return forms
        phrase = self._fill(QUANTITY[operator], slots)
        unit = found.unit
        with_unit = (
            f"{phrase} {unit}" if unit and operator != ">=" and self._chance(0.4) else phrase
        )
        has_a = with_article(noun)
        forms = [
            Form("whose", f"is {with_unit}", about=noun),
            Form("whose", f"is {phrase}", about=noun),
            Form(
                "post",
                f"with {has_a} {self._of(phrase, 0.6)}{phrase}",
            ),
            Form("post", f"with {noun} {phrase}"),
            Form(
                "verb",
                f"has {has_a} {self._of(phrase, 0.5)}{phrase}",
                f"have {has_a} {self._of(phrase, 0.5)}{phrase}",
            ),
            Form("post", f"having {has_a} {phrase}"),
        ]
        if noun.startswith("number of ") or noun.split()[-1] in COUNTED:
            things = plural(noun.removeprefix("number of "))
            forms = [
                Form("post", f"with {phrase} {things}"),
                Form("verb", f"has {phrase} {things}", f"have {phrase} {things}"),
                Form("whose", f"is {phrase}", about=noun),
                Form("post", f"with {has_a} {phrase}"),
            ]
            if re.search(
                r"or (more|less|higher|lower|above|equal)|equal|not |exceeding|range|minimum|maximum|"
                r"^(bigger|larger|higher|greater|smaller|lower|from|above|under|below)\b",
                phrase,
            ):
                forms = forms[2:]
        adjective = ADJECTIVES.get(kind, {}).get(operator)
        if adjective:
            text = self._fill(
                adjective,
                {"v": f"{value} {unit}" if unit and self._chance(0.5) else value, "w": second},
            )
            forms += [Form("post", text)] * 2
            if not re.match(r"(costing|weighing|lasting|earning|making)\b", text):
                forms += [Form("verb", f"is {text}", f"are {text}")] * 2
        verb = VERBS.get(kind, {}).get(operator)
        if verb:
            match = CHOICE.search(verb)
            assert match is not None
            many, one = match[1].split("|")
            rest = self._fill(verb[match.end() :], slots)
            forms += [Form("verb", one + rest, many + rest)] * 2
        return forms

    def _of(self, phrase: str, share: float) -> str:
        """ "of " before some quantities ("a price of more than 3"), not before "greater than"."""
        fits = re.match(
            r"(at|more|less|over|under|between|no|up|exactly|above|below|[\d-])", phrase
        )
        return "of " if fits and self._chance(share) else ""

    def _flag_forms(self, noun: str, test: Test) -> list[Form]:
        value = test.values[0]
        positive = (value.lower() in ("yes", "y", "t", "true", "1")) == (test.operator != "!=")
        noun = re.sub(r" (yes or no|yn|y n|flag)$", "", noun).strip()
        base = re.sub(r"^(is|was|has|are) ", "", noun)
        shown = f"'{value}'" if self._chance(0.5) else value
        self._said.setdefault(value, []).extend((f" {shown}", f" {base}"))
        sign = "is not " if test.operator == "!=" else "is "
        forms = [Form("whose", f"{sign}{shown}", about=noun)]
        if test.operator != "!=":
            forms.append(Form("post", f"with {noun} {shown}"))
        if len(base.split()) > 2:
            return forms
        adjective = re.search(
            r"(ed|able|ible|ic|ive|al|ful|ous|ent|less|ly|ary|only)$", base.split()[-1]
        )
        if noun.startswith(("is ", "was ", "are ")) or adjective or base in ADJECTIVE_FLAGS:
            no = "" if positive else "not "
            forms += [Form("verb", f"is {no}{base}", f"are {no}{base}")] * 3
        else:
            one = with_article(base) if positive else f"no {base}"
            forms += [Form("verb", f"has {one}", f"have {one}")]
        return forms

    def _pattern_forms(self, noun: str, test: Test) -> list[Form]:
        pattern = test.values[0]
        part = pattern.strip("%")
        quote = self.rng.choice(("'", '"'))
        value = f"{quote}{part}{quote}"
        self._said.setdefault(pattern, []).append(value)
        no = test.operator == "not like"
        if pattern.startswith("%") and pattern.endswith("%"):
            what = (
                "[the letter|the letter|]"
                if len(part) == 1
                else "[the word|the substring|the text|the phrase||]"
            )
            verbs = expand(f"[contain|contain|include|have] {what}", self.rng)
            ing = expand(f"[containing|including|that contains|that includes] {what}", self.rng)
        elif pattern.endswith("%"):
            what = "[the letter|]" if len(part) == 1 else "[|the prefix]"
            verbs = expand(f"[start with|begin with|start with] {what}", self.rng)
            ing = expand(
                f"[starting with|beginning with|that starts with|that begins with] {what}", self.rng
            )
        else:
            what = "[the letter|]" if len(part) == 1 else "[|the suffix]"
            verbs = expand(f"[end with|end in|end with] {what}", self.rng)
            ing = expand(f"[ending with|ending in|that ends with] {what}", self.rng)
        first, _, rest = verbs.partition(" ")
        one = {"have": "has"}.get(first, first + "s")
        if no:
            return [
                Form("whose", f"does not {verbs} {value}", about=noun),
                Form("post", f"with {with_article(noun)} not {ing.replace('that ', '')} {value}")
                if not ing.startswith("that")
                else Form("whose", f"does not {verbs} {value}", about=noun),
            ]
        return [
            Form("whose", f"{one} {rest} {value}", about=noun),
            Form("whose", f"{one} {rest} {value}", about=noun),
            Form("post", f"with {with_article(noun)} {ing} {value}"),
            Form("post", f"with {value} in the {noun}", f"with {value} in their {noun}")
            if pattern.startswith("%") and pattern.endswith("%")
            else Form("post", f"with {noun} {ing} {value}"),
        ]

    def _nested_forms(self, test: Test) -> list[Form]:
        inner = test.query
        assert inner is not None
        if test.operator in ("in", "not in"):
            return self._membership_forms(test, inner)
        item = inner.items[0]
        if not item.aggregate:
            raise Unfit
        column = item.column
        assert column is not None
        noun = self._column(column)
        kind = self._meaning(column)
        several = inner.subject
        if item.aggregate == "avg":
            among = ""
            if inner.tests:
                among = f" of {self._phrase(several, inner.tests, inner.joiner)}"
            elif self._chance(0.3):
                among = f" of all {plural(self._noun(several))}"
            mean = self.rng.choice(("the average", "the average", "average", "the mean"))
            if among and mean == "average":
                mean = "the average"
            up = test.operator.startswith(">")
            if test.operator in (">=", "<="):
                side = "[at least|no less than]" if up else "[at most|no more than]"
            else:
                side = (
                    "[above|higher than|greater than|over|larger than]"
                    if up
                    else "[below|lower than|less than|under]"
                )
            side = expand(side, self.rng)
            forms = [
                Form("whose", f"is {side} {mean}{among}", about=noun),
                Form("post", f"with {with_article(noun)} {side} {mean}{among}"),
                Form(
                    "verb",
                    f"has {with_article(noun)} {side} {mean}{among}",
                    f"have {with_article(noun)} {side} {mean}{among}",
                ),
                Form("whose", f"is {side} {mean} {noun}{among}", about=noun),
            ]
            if test.operator in (">", "<") and not inner.tests:
                more = "above" if up else "below"
                forms.append(
                    Form("post", f"with {self.rng.choice(('an ', ''))}{more}-average {noun}")
                )
                forms.append(Form("post", f"with {more} average {noun}"))
                words = {
                    "age": ("older", "younger"),
                    "price": ("more expensive", "cheaper"),
                    "weight": ("heavier", "lighter"),
                    "height": ("taller", "shorter"),
                    "length": ("longer", "shorter"),
                    "duration": ("longer", "shorter"),
                    "size": ("larger", "smaller"),
                    "speed": ("faster", "slower"),
                }.get(kind)
                if words:
                    word = words[0] if up else words[1]
                    mean = self.rng.choice(
                        ("average", "the average", f"the average {self._noun(several)}")
                    )
                    text = f"{word} than {mean}"
                    forms += [Form("post", text), Form("verb", f"is {text}", f"are {text}")] * 2
            return forms
        top = item.aggregate == "max"
        extreme = self._extreme(column, top)
        if test.operator == "=":
            if not inner.tests:
                return [
                    Form("post", f"with the {extreme} {noun}"),
                    Form("verb", f"has the {extreme} {noun}", f"have the {extreme} {noun}"),
                    Form("whose", f"is the {extreme}", about=noun),
                    Form(
                        "whose", f"equals the {'maximum' if top else 'minimum'} {noun}", about=noun
                    ),
                ]
            group = self._phrase(several, inner.tests, inner.joiner)
            return [
                Form("whose", f"equals the {extreme} {noun} of {group}", about=noun),
                Form("post", f"with the {extreme} {noun} of all {group}"),
                Form("whose", f"is the {extreme} among {group}", about=noun),
            ]
        side = {
            ">": "[higher|greater|larger|more] than",
            "<": "[lower|less|smaller] than",
            ">=": "at least",
            "<=": "at most",
        }[test.operator]
        if kind in ("time", "founded", "birth"):
            side = {">": "later than", "<": "earlier than", ">=": "not before", "<=": "not after"}[
                test.operator
            ]
        side = expand(side, self.rng)
        group = (
            self._phrase(several, inner.tests, inner.joiner)
            if inner.tests
            else f"all {plural(self._noun(several))}"
        )
        forms = [
            Form("whose", f"is {side} the {extreme} {noun} of {group}", about=noun),
            Form("post", f"with {with_article(noun)} {side} the {extreme} {noun} of {group}"),
        ]
        if inner.tests and test.operator in (">", "<"):
            every = (test.operator == ">") == top
            quantity = "all" if every else "any"
            forms.append(Form("whose", f"is {side} that of {quantity} {group}", about=noun))
            pairs = {
                "age": ("older", "younger"),
                "price": ("more expensive", "cheaper"),
                "weight": ("heavier", "lighter"),
            }
            if kind in pairs:
                word = pairs[kind][0 if test.operator == ">" else 1]
                text = f"{word} than {quantity} {group}"
                forms += [Form("post", text), Form("verb", f"is {text}", f"are {text}")]
        return forms

    def _membership_forms(self, test: Test, inner: Query) -> list[Form]:
        subject, child = test.item.table, inner.subject
        relation, join = self.profile.relation(child, subject)
        role = self.profile.role_noun(join, subject) if join is not None else ""
        named = role and stem(role) != stem(self.profile.tables[subject].noun)
        things = self._phrase(child, inner.tests, inner.joiner)
        thing = self._phrase(child, inner.tests, inner.joiner, one=True)
        if test.operator == "in":
            a = f"{article(thing)} {thing}"
            forms = [
                Form("verb", f"has {a}", f"have {a}"),
                Form("verb", f"has at least one {thing}", f"have at least one {thing}"),
                Form("post", f"with {a}"),
                Form("post", f"with {things}"),
            ]
            if named:
                forms = [Form("verb", f"is the {role} of {a}", f"are the {role} of {a}")]
            return forms
        if named:
            return [
                Form(
                    "verb",
                    f"is not the {role} of any {thing}",
                    f"are not the {role} of any {thing}",
                ),
                Form(
                    "verb",
                    f"was never the {role} of {article(thing)} {thing}",
                    f"were never the {role} of {article(thing)} {thing}",
                ),
            ]
        return [
            Form("verb", f"has no {things}", f"have no {things}"),
            Form("verb", f"does not have any {things}", f"do not have any {things}"),
            Form(
                "verb",
                f"has never had {article(thing)} {thing}",
                f"have never had {article(thing)} {thing}",
            ),
            Form(
                "verb",
                f"does not have {article(thing)} {thing}",
                f"do not have {article(thing)} {thing}",
            ),
            Form("post", f"without any {things}"),
            Form("post", f"without {article(thing)} {thing}"),
            Form("post", f"with no {things}"),
            Form("verb", f"is not linked to any {thing}", f"are not linked to any {thing}"),
        ]

    # --- rows of other tables ---------------------------------------------------------------------------------

    def _linked_forms(
        self, subject: int, other: int, tests: Sequence[Test], joiner: str
    ) -> list[Form]:
        """Ways to say that a row has a row of another table that passes the tests."""
        relation, join = self.profile.relation(subject, other)
        noun = self._noun(other)
        role = (
            self.profile.role_noun(join, other)
            if relation == "parent" and join is not None
            else noun
        )
        if role == self.profile.tables[other].noun:
            role = noun
        one = self._phrase(other, tests, joiner, one=True, noun=role)
        many = self._phrase(other, tests, joiner, noun=role)
        name = self._name_test(other, tests)
        a_one = f"{article(one)} {one}"
        forms: list[Form] = []
        if relation == "parent" or relation == "far" and self._single(subject, other):
            verb = self._verbal(other, tests, joiner, one=True)
            forms = [
                Form("whose", verb, about=role),
                Form("whose", verb, about=role),
                Form("post", f"of {many}"),
                Form("post", f"of the {one}"),
                Form("post", f"with {a_one}"),
                Form("verb", f"belongs to {a_one}", f"belong to {a_one}"),
                Form("verb", f"has {a_one}", f"have {a_one}"),
            ]
            if role != noun:
                forms = [
                    *forms[:3],
                    forms[4],
                    forms[6],
                ]  # a captain has ships, which do not belong to it
            if name is not None:
                value = self._value(name.item, name.values[0])
                forms += [
                    Form("post", f"of {value}"),
                    Form("post", f"of the {role} {value}"),
                    Form("post", f"of {role} {value}"),
                    Form("whose", f"is {value}", about=role),
                    Form("whose", f"is {value}", about=role),
                ]
                last = role.split()[-1]
                if last in CREATORS:
                    forms += [Form("post", f"by {value}")] * 5
                if last in SITES:
                    forms += [Form("post", f"in {value}")] * 3 + [
                        Form("post", f"in the {role} {value}")
                    ]
            elif role.split()[-1] in SITES:
                forms += [Form("post", f"in {many}"), Form("post", f"in {a_one}")]
            return forms
        forms = [
            Form("verb", f"has {a_one}", f"have {a_one}"),
            Form("verb", f"has at least one {one}", f"have at least one {one}"),
            Form("verb", f"has {many}", f"have {many}"),
            Form("post", f"with {a_one}"),
            Form("post", f"with {many}"),
        ]
        if relation == "far":
            forms += [
                Form("verb", f"is {link} {a_one}", f"are {link} {a_one}")
                for link in ("linked to", "associated with", "connected to", "related to")
            ]
        elif join is not None:
            back = self.profile.relation(other, subject)[1]
            own = self.profile.role_noun(back, subject) if back is not None else ""
            if own and stem(own) != stem(self.profile.tables[subject].noun):
                forms = [
                    Form("verb", f"is the {own} of {a_one}", f"are the {own} of {a_one}"),
                    Form("verb", f"was the {own} of {a_one}", f"were the {own} of {a_one}"),
                ]
        if name is not None:
            value = self._value(name.item, name.values[0])
            forms += (
                [
                    Form("verb", f"has the {noun} {value}", f"have the {noun} {value}"),
                    Form("post", f"with the {noun} {value}"),
                    Form("post", f"with {noun} {value}"),
                ]
                if relation == "child"
                else [
                    Form("verb", f"is {link} {value}", f"are {link} {value}")
                    for link in ("linked to", "associated with", "connected to the " + noun)
                ]
            )
        return forms

    def _single(self, subject: int, other: int) -> bool:
        """Every step on the way from the subject leads to one parent."""
        steps = self.profile.graph.tree((subject, other))
        if not steps:
            return False
        for step in steps:
            pair = (step.column, step.new_column)
            if not any(
                (key.column, key.ref_column) == pair for key in self.profile.schema.foreign_keys
            ):
                return False
        return True

    def _name_test(self, table: int, tests: Sequence[Test]) -> Test | None:
        if len(tests) != 1 or tests[0].operator != "=" or tests[0].query is not None:
            return None
        names = self.profile.tables[table].names
        return tests[0] if len(names) == 1 and tests[0].item.column == names[0] else None

    # --- noun phrases -----------------------------------------------------------------------------------------

    def _parts(self, subject: int, tests: Sequence[Test], joiner: str) -> list[list[Form]]:
        """For each thing to say, the ways to say it."""
        own: list[list[Test]] = []
        others: dict[int, list[Test]] = {}
        for test in tests:
            if test.item.table != subject:
                others.setdefault(test.item.table, []).append(test)
            elif (
                own
                and joiner == "or"
                and test.operator == "="
                and test.query is None
                and own[-1][0].operator == "="
                and own[-1][0].item == test.item
            ):
                own[-1].append(test)
            else:
                own.append([test])
        parts = [self._forms(group) for group in own]
        if joiner == "or" and len(others) + len(own) > 1:
            for table, group in others.items():
                parts += [self._linked_forms(subject, table, [test], "and") for test in group]
        else:
            parts += [self._linked_forms(subject, t, group, joiner) for t, group in others.items()]
        return parts

    def _phrase(
        self,
        subject: int,
        tests: Sequence[Test],
        joiner: str = "and",
        *,
        one: bool = False,
        noun: str = "",
        before: str = "",
    ) -> str:
        """The rows that pass the tests as a noun phrase without article ("active members from Rome")."""
        noun = noun or self._noun(subject)
        head = noun if one else plural(noun)
        parts = self._parts(subject, tests, joiner)
        chosen = self._chosen(parts, joiner, ("pre", "post", "whose", "verb"))
        pre = [form.one for form in chosen if form.slot == "pre"]
        if len(pre) > 1 or (pre and joiner == "or" and len(chosen) > 1):
            raise Unfit
        if pre and stem(pre[0]) == stem(noun):
            raise Unfit
        text = " ".join(filter(None, [before, *pre, head]))
        who = self.profile.tables[subject].person
        return text + self._tail([f for f in chosen if f.slot != "pre"], joiner, one, who)

    def _tail(self, forms: Sequence[Form], joiner: str, one: bool, person: bool) -> str:
        posts = [
            form.one if one or not form.many else form.many for form in forms if form.slot == "post"
        ]
        whose = [form for form in forms if form.slot == "whose"]
        verbs = [form.one if one else form.many for form in forms if form.slot == "verb"]
        that = (
            self.rng.choice(("who", "who", "that"))
            if person
            else self.rng.choice(("that", "that", "which"))
        )
        clauses = []
        if posts:
            sole = len(posts) == 2 and joiner == "and" and self._chance(0.35)
            clauses.append(" ".join(posts) if sole else joined(posts, joiner, self.rng))
        if verbs:
            clauses.append(f"{that} {joined(verbs, joiner, self.rng)}")
        if whose:
            said = []
            for place, form in enumerate(whose):
                if place and form.about == whose[place - 1].about:
                    said.append(
                        form.one.removeprefix("is ") if form.one.startswith("is ") else form.one
                    )
                elif place and self._chance(0.4):
                    said.append(f"{form.about} {form.one}")
                else:
                    said.append(f"whose {form.about} {form.one}")
            clauses.append(joined(said, joiner, self.rng))
        if not clauses:
            return ""
        if len(clauses) > 1 and joiner == "or":
            return " " + " or ".join(clauses)
        if len(clauses) > 1:
            last = f"and {clauses[-1]}" if self._chance(0.7) else clauses[-1]
            return " " + " ".join([*clauses[:-1], last])
        return " " + clauses[0]

    def _chosen(
        self, parts: Sequence[Sequence[Form]], joiner: str, slots: Sequence[str]
    ) -> list[Form]:
        """One form for each part; with "or" all of one kind, else "pre" only once."""
        chosen: list[Form] = []
        if joiner == "or" and len(parts) > 1:
            kinds = [
                slot
                for slot in slots
                if slot != "pre" and all(any(f.slot == slot for f in part) for part in parts)
            ]
            if not kinds:
                raise Unfit
            kind = self.rng.choice(kinds)
            return [self.rng.choice([f for f in part if f.slot == kind]) for part in parts]
        for part in parts:
            pool = [f for f in part if f.slot in slots]
            if any(f.slot == "pre" for f in chosen):
                pool = [f for f in pool if f.slot != "pre"]
            if not pool:
                raise Unfit
            if len(chosen) == 1 and self._chance(0.5):
                pool = [f for f in pool if f.slot == chosen[0].slot] or pool
            chosen.append(self.rng.choice(pool))
        return chosen

    def _verbal(self, subject: int, tests: Sequence[Test], joiner: str, *, one: bool) -> str:
        """The tests as a verb phrase ("are from France and have no pets")."""
        parts = self._parts(subject, tests, joiner)
        said = []
        for part in parts:
            pool = [f for f in part if f.slot in ("verb", "post")]
            if not pool:
                raise Unfit
            form = self.rng.choice([f for f in pool if f.slot == "verb"] or pool)
            if form.slot == "verb":
                said.append(form.one if one else form.many)
                continue
            text = form.one
            if text.startswith("with "):
                text = ("has " if one else "have ") + text.removeprefix("with ")
            elif text.startswith("having "):
                text = ("has " if one else "have ") + text.removeprefix("having ")
            elif (doing := re.match(r"(cost|weigh|last|earn|mak|work)ing\b", text)) is not None:
                base = {"mak": "make"}.get(doing[1], doing[1])
                text = base + ("s" if one else "") + text[doing.end() :]
            else:
                text = ("is " if one else "are ") + text
            said.append(text)
        return joined(said, joiner, self.rng)

    def _superlative(
        self, subject: int, item: Item, top: bool, *, one: bool
    ) -> tuple[str, str, str]:
        """What is largest or smallest: a word before the noun, a phrase after it, a verb phrase (some empty)."""
        column = item.column
        assert column is not None
        noun = self._column(column)
        kind = self._meaning(column)
        extreme = self._extreme(column, top)
        place = 0 if top else 1
        if item.table != subject:
            other = self._noun(item.table)
            owner = noun if noun.startswith(other) else f"{other} {noun}"
            after = f"with the {extreme} {owner}"
            return "", after, f"{'has' if one else 'have'} the {extreme} {owner}"
        pre = ""
        if kind in SUPERLATIVES:
            pre = expand(SUPERLATIVES[kind][place], self.rng)
        after = f"with the {extreme} {noun}"
        verb = f"{'has' if one else 'have'} the {extreme} {noun}"
        if noun.startswith("number of ") or noun.split()[-1] in COUNTED:
            things = plural(noun.removeprefix("number of "))
            word = "most" if top else "fewest"
            after = f"with the {word} {things}"
            verb = f"{'has' if one else 'have'} the {word} {things}"
        moments = self._moment_forms(column, noun, "")
        if self.profile.columns[column].role in ("year", "date") and moments and kind != "birth":
            word = expand("[most recently|last|latest]" if top else "[first|earliest]", self.rng)
            text = moments[0].one.strip()
            if moments[0].slot == "post":
                after = f"{text} {word}" if self._chance(0.5) and word != "latest" else after
                verb = f"{'was' if one else 'were'} {text} {word}"
            else:
                verb = f"{text} {word}"
                after = f"that {verb}"
        elif self.profile.columns[column].role in ("year", "date") and noun in ("year", "date"):
            pre = expand(
                "[latest|most recent|newest]" if top else "[earliest|oldest|first]", self.rng
            )
        if self._chance(0.1):
            after = f"whose {noun} is the {extreme}"
        return pre, after, verb

    def _extreme(self, column: int, top: bool) -> str:
        kind = self._meaning(column)
        words = EXTREMES.get(kind) or EXTREMES["number"]
        return expand(words[0 if top else 1], self.rng)

    # --- what is asked for ------------------------------------------------------------------------------------

    def _items(self, items: Sequence[Item], subject: int, *, many: bool) -> str:
        """The selected columns as a phrase without article ("names and ages")."""
        own = [item for item in items if item.table == subject]
        others = [item for item in items if item.table != subject]
        nouns = []
        for item in own:
            assert item.column is not None
            nouns.append(self._columns_of(item.column) if many else self._column(item.column))
        nouns = self._merged(nouns)
        for item in others:
            assert item.column is not None
            noun = self._column(item.column)
            other = self._noun(item.table)
            relation, join = self.profile.relation(subject, item.table)
            if relation == "parent" and join is not None:
                role = self.profile.role_noun(join, item.table)
                other = other if role == self.profile.tables[item.table].noun else role
            single = relation == "parent" or self._single(subject, item.table)
            if stem(noun) == stem(other):
                noun = "name"
            whose = self.rng.choice(("their ", "the ", "the corresponding "))
            whole = plural(noun) if many or not single else noun
            owner = other if single and not many else plural(other)
            text = self.rng.choice(
                (
                    f"the {whole} of {whose}{owner}",
                    f"{whose}{other} {whole}",
                    f"{other} {whole}",
                )
            )
            nouns.append(text.removeprefix("the ") if not nouns else text)
        return joined(nouns, "and", self.rng)

    def _merged(self, nouns: list[str]) -> list[str]:
        """ "first names", "last names" -> "first and last names"."""
        if len(nouns) < 2 or not self._chance(0.65):
            return nouns
        one, two = nouns[0].split(), nouns[1].split()
        if len(one) == len(two) == 2 and one[1] == two[1] and one[0] != two[0]:
            return [f"{one[0]} and {two[0]} {one[1]}", *nouns[2:]]
        return nouns

    def _post(self, subject: int, tests: Sequence[Test]) -> str:
        """The one test as a phrase after the noun; "" where it has none."""
        (part,) = self._parts(subject, tests, "and")
        posts = [form.one for form in part if form.slot == "post"]
        return self.rng.choice(posts) if posts else ""

    def _is_named(self, query: Query) -> bool:
        names = self.profile.tables[query.subject].names
        columns = [item.column for item in query.items]
        return bool(names) and columns == list(names)

    # --- figures ----------------------------------------------------------------------------------------------

    def _figures(self, items: Sequence[Item], things: str = "") -> str:
        """Aggregates as a phrase without article ("average and maximum age")."""
        names = {
            "avg": "[average|average|mean|average]",
            "max": "[maximum|maximum|highest|largest]",
            "min": "[minimum|minimum|lowest|smallest]",
            "sum": "[total|total|sum of|combined|overall]",
        }
        said: list[tuple[str, str]] = []
        for item in items:
            if item.column is None:
                said.append((f"number of {things}" if things else "number", ""))
                continue
            noun = self._column(item.column)
            if item.distinct:
                word = self.rng.choice(("different", "distinct"))
                said.append((f"number of {word} {plural(noun)}", ""))
                continue
            kind = self._meaning(item.column)
            word = expand(names[item.aggregate], self.rng)
            if item.aggregate in ("max", "min") and self._chance(0.5):
                word = self._extreme(item.column, item.aggregate == "max")
            if kind in ("time", "birth", "founded") and item.aggregate in ("max", "min"):
                word = self._extreme(item.column, item.aggregate == "max")
            if word == "sum of":
                noun = f"the {plural(noun)}" if self._chance(0.5) else noun
            if word == "total" and noun.startswith("total "):
                word = "sum of"
            said.append((word, noun))
        texts: list[str] = []
        place = 0
        while place < len(said):
            word, noun = said[place]
            run = [word]
            while noun and place + 1 < len(said) and said[place + 1][1] == noun:
                place += 1
                run.append(said[place][0])
            place += 1
            if any(word == "sum of" for word in run) and len(run) > 1:
                run = ["total" if word == "sum of" else word for word in run]
                noun = noun.removeprefix("the ")
            if len(run) > 1 and self._chance(0.15):
                texts.append(joined([f"{word} {noun}" for word in run], "and", self.rng))
            else:
                texts.append(f"{joined(run, 'and', self.rng)} {noun}".strip())
        return joined(texts, self.rng.choice(("and", "and the")), self.rng)

    def _condition(self, test: Test) -> str:
        values = [self._value(test.item, v) for v in test.values]
        table = QUANTITY
        if test.item.column is not None and self.profile.columns[test.item.column].role in (
            "year",
            "date",
        ):
            table = MOMENT
        return self._fill(table[test.operator], {"v": values[0], "w": values[-1]})

    def _amount_of(self, query: Query) -> str:
        """How many rows a group must have, with the rows ("more than one pet", "at least 2 songs from 2019")."""
        having = query.having
        assert having is not None
        amount = self._amount(having)
        one = having.values == ("1",) and not amount.startswith(("multiple", "several"))
        if one:
            amount = re.sub(r"\b1\b", "one", amount)
            self._said["1"].append("one")
        return f"{amount} {self._phrase(query.subject, query.tests, query.joiner, one=one)}"

    def _amount(self, test: Test) -> str:
        """A number of rows ("more than three", "at least 2")."""
        values = [self._value(test.item, v) for v in test.values]
        words = {
            ">": "[more than|more than|over]",
            ">=": "[at least|at least|no fewer than]",
            "<": "[fewer than|less than]",
            "<=": "[at most|no more than|up to]",
            "=": "[exactly|exactly|just|]",
        }
        if test.operator == "between":
            return f"between {values[0]} and {values[1]}"
        if test.operator == ">" and test.values == ("1",) and self._chance(0.15):
            word = self.rng.choice(("multiple", "several"))
            self._said["1"].append(word)
            return word
        if test.operator == ">=" and self._chance(0.2):
            return f"{values[0]} or more"
        if test.operator == "<=" and self._chance(0.2):
            return f"{values[0]} or fewer"
        return f"{expand(words[test.operator], self.rng)} {values[0]}".strip()
