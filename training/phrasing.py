"""English questions for sampled queries: a grammar of wordings, written by hand.

``Wording.question`` says a ``Query`` in one of many ways. A template is a string in which ``[a|b|]`` chooses one
of several texts (nested as needed) and ``{name}`` stands for a phrase that is built for the query at hand. Phrases
are built from the meaning of columns (``training.nouns``): ages make "older than 30", prices "cheaper", places
"from France", years "founded in 1950", and values may stand alone where they tell their column.

All wordings are our own; no question of any data set was copied.
"""

from __future__ import annotations

import calendar
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from training.sampling import Item, Profile, Query, Test, Unfit

_CHOICE: Final = re.compile(r"\[([^\[\]]*)\]")
_SLOT: Final = re.compile(r"\{(\w+)\}")

Slot = str | Callable[[], str]


def expand(template: str, rng: random.Random) -> str:
    """A template with its choices made, innermost first; slots stay."""
    while True:
        chosen = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), template, count=1)
        if chosen == template:
            return chosen
        template = chosen


# --- words by meaning -----------------------------------------------------------------------------------------

QUANTITY: Final = {
    ">": "[greater than|more than|over|above|higher than|larger than|exceeding|bigger than] {v}",
    ">=": "[at least {v}|no less than {v}|{v} or more|greater than or equal to {v}|{v} or higher|{v} or above|"
    "not less than {v}|a minimum of {v}|not below {v}|equal to or greater than {v}]",
    "<": "[less than|under|below|smaller than|lower than] {v}",
    "<=": "[at most {v}|no more than {v}|up to {v}|{v} or less|less than or equal to {v}|{v} or lower|"
    "not more than {v}|a maximum of {v}|not above {v}|not exceeding {v}]",
    "between": "[between {v} and {w}|from {v} to {w}|in the range from {v} to {w}|between {v} and {w}|"
    "ranging from {v} to {w}]",
    "=": "[{v}|{v}|{v}|exactly {v}|equal to {v}]",
    "!=": "[not {v}|other than {v}|different from {v}|not equal to {v}]",
}
"""After "is" or "of" and a number."""

MOMENT: Final = {
    ">": "[after|later than|after|past] {v}",
    ">=": "[in or after {v}|{v} or later|since {v}|from {v} on|no earlier than {v}|from {v} onwards]",
    "<": "[before|earlier than|before|prior to] {v}",
    "<=": "[in or before {v}|{v} or earlier|until {v}|no later than {v}|up to {v}|by {v}]",
    "between": "[between {v} and {w}|from {v} to {w}|between {v} and {w}|in the years {v} to {w}]",
    "=": "in {v}",
    "!=": "[not in|other than in] {v}",
}
"""After "founded", "is" and the like, with a year or date."""

ADJECTIVES: Final = {
    "age": {
        ">": "[older than {v}|over {v} years old|older than {v} years|above {v} years of age|over {v}|aged over {v}|"
        "above the age of {v}|more than {v} years old]",
        "<": "[younger than {v}|under {v} years old|below {v} years of age|under {v}|aged under {v}|"
        "below the age of {v}|less than {v} years old]",
        ">=": "[at least {v} years old|{v} years old or older|{v} or older|at least {v}|aged {v} or over|"
        "no younger than {v}]",
        "<=": "[at most {v} years old|{v} years old or younger|{v} or younger|aged {v} or under|no older than {v}]",
        "=": "[{v} years old|aged {v}|{v} years of age]",
        "between": "[between {v} and {w} years old|aged between {v} and {w}|between the ages of {v} and {w}|"
        "aged {v} to {w}]",
    },
    "price": {
        ">": "[more expensive than {v}|priced above {v}|costing more than {v}|costing over {v}|priced over {v}]",
        "<": "[cheaper than {v}|priced below {v}|costing less than {v}|costing under {v}|less expensive than {v}]",
        ">=": "[priced at {v} or more|costing at least {v}|priced at no less than {v}|costing {v} or more]",
        "<=": "[priced at {v} or less|costing at most {v}|costing no more than {v}|costing {v} or less]",
        "=": "[priced at {v}|costing {v}|costing exactly {v}]",
        "between": "[priced between {v} and {w}|costing between {v} and {w}|costing {v} to {w}]",
    },
    "weight": {
        ">": "[heavier than {v}|weighing more than {v}|weighing over {v}]",
        "<": "[lighter than {v}|weighing less than {v}|weighing under {v}]",
        ">=": "[weighing at least {v}|weighing {v} or more]",
        "<=": "[weighing at most {v}|weighing no more than {v}|weighing {v} or less]",
        "=": "weighing {v}",
        "between": "[weighing between {v} and {w}|weighing {v} to {w}]",
    },
    "height": {
        ">": "[taller than {v}|higher than {v}|taller than {v}]",
        "<": "[shorter than {v}|lower than {v}|shorter than {v}]",
        ">=": "[at least {v} tall|at least {v} high]",
        "<=": "[at most {v} tall|at most {v} high|no taller than {v}]",
    },
    "length": {
        ">": "[longer than {v}|over {v} long|more than {v} long]",
        "<": "[shorter than {v}|under {v} long|less than {v} long]",
        ">=": "[at least {v} long|{v} long or more]",
        "<=": "[at most {v} long|no longer than {v}]",
    },
    "duration": {
        ">": "[longer than {v}|lasting more than {v}|lasting over {v}]",
        "<": "[shorter than {v}|lasting less than {v}|lasting under {v}]",
        ">=": "[lasting at least {v}|lasting {v} or more]",
        "<=": "[lasting at most {v}|no longer than {v}]",
        "between": "[lasting between {v} and {w}|lasting {v} to {w}]",
    },
    "salary": {
        ">": "[earning more than {v}|earning over {v}|paid more than {v}|making more than {v}]",
        "<": "[earning less than {v}|earning under {v}|paid less than {v}|making less than {v}]",
        ">=": "[earning at least {v}|earning {v} or more]",
        "<=": "[earning at most {v}|earning {v} or less|earning no more than {v}]",
        "between": "[earning between {v} and {w}|earning {v} to {w}]",
    },
    "size": {
        ">": "[larger than {v}|bigger than {v}]",
        "<": "smaller than {v}",
    },
    "speed": {">": "faster than {v}", "<": "slower than {v}"},
}
"""After "is" or straight after the noun."""

VERBS: Final = {
    "price": {
        ">": "[cost|costs] more than {v}",
        "<": "[cost|costs] less than {v}",
        ">=": "[cost|costs] at least {v}",
        "<=": "[cost|costs] at most {v}",
        "=": "[cost|costs] {v}",
        "between": "[cost|costs] between {v} and {w}",
    },
    "weight": {
        ">": "[weigh|weighs] more than {v}",
        "<": "[weigh|weighs] less than {v}",
        ">=": "[weigh|weighs] at least {v}",
        "<=": "[weigh|weighs] at most {v}",
        "between": "[weigh|weighs] between {v} and {w}",
    },
    "salary": {
        ">": "[earn|earns] more than {v}",
        "<": "[earn|earns] less than {v}",
        ">=": "[earn|earns] at least {v}",
        "<=": "[earn|earns] no more than {v}",
        "between": "[earn|earns] between {v} and {w}",
    },
    "duration": {
        ">": "[last|lasts] longer than {v}",
        "<": "[last|lasts] less than {v}",
        ">=": "[last|lasts] at least {v}",
    },
}
"""Verb phrases; the first choice goes with a plural, the second with a singular."""

SUPERLATIVES: Final = {
    "age": ("oldest", "youngest"),
    "price": (
        "[most expensive|priciest|most expensive|costliest]",
        "[cheapest|least expensive|cheapest]",
    ),
    "salary": ("[best paid|highest paid|best-paid]", "[worst paid|lowest paid]"),
    "weight": ("heaviest", "lightest"),
    "height": ("[tallest|highest|tallest]", "[shortest|lowest|shortest]"),
    "length": ("longest", "shortest"),
    "duration": ("[longest|longest lasting]", "shortest"),
    "distance": ("farthest", "nearest"),
    "speed": ("fastest", "slowest"),
    "population": (
        "[most populous|most populated|largest]",
        "[least populous|least populated|smallest]",
    ),
    "size": ("[largest|biggest]", "smallest"),
    "birth": ("youngest", "oldest"),
}
"""For the largest and for the smallest value, before the noun."""

EXTREMES: Final = {
    "age": ("[highest|greatest|oldest]", "[lowest|youngest|smallest]"),
    "price": ("[highest|highest|greatest|maximum]", "[lowest|lowest|smallest|minimum|least]"),
    "salary": ("[highest|largest|biggest|top]", "[lowest|smallest|lowest]"),
    "time": ("[latest|most recent|last]", "[earliest|first|oldest|earliest]"),
    "founded": ("[latest|most recent]", "[earliest|first]"),
    "birth": ("[latest|most recent]", "[earliest|oldest]"),
    "length": ("[longest|greatest]", "[shortest|smallest]"),
    "duration": ("[longest|greatest]", "[shortest|smallest]"),
    "distance": ("[longest|greatest|largest]", "[shortest|smallest]"),
    "speed": ("[highest|fastest|greatest]", "[lowest|slowest]"),
    "score": ("[highest|best|top|highest]", "[lowest|worst|lowest]"),
    "weight": ("[highest|greatest|heaviest]", "[lowest|smallest|lightest]"),
    "height": ("[highest|greatest|largest]", "[lowest|smallest]"),
    "number": (
        "[highest|largest|greatest|biggest|highest|maximum]",
        "[lowest|smallest|lowest|minimum|least]",
    ),
}
"""For the largest and the smallest value, before the column's name."""

SORTED: Final = {
    "age": (
        "[from oldest to youngest|from the oldest to the youngest|, oldest first]",
        "[from youngest to oldest|from the youngest to the oldest|, youngest first]",
    ),
    "price": (
        "[from most to least expensive|, most expensive first|from the most expensive to the cheapest]",
        "[from cheapest to most expensive|, cheapest first|from the cheapest to the most expensive]",
    ),
    "weight": (
        "[from heaviest to lightest|, heaviest first]",
        "[from lightest to heaviest|, lightest first]",
    ),
    "height": (
        "[from tallest to shortest|, tallest first]",
        "[from shortest to tallest|, shortest first]",
    ),
    "length": (
        "[from longest to shortest|, longest first]",
        "[from shortest to longest|, shortest first]",
    ),
    "duration": (
        "[from longest to shortest|, longest first]",
        "[from shortest to longest|, shortest first]",
    ),
    "time": (
        "[from newest to oldest|from most recent to oldest|, most recent first|, latest first|, newest first]",
        "[from oldest to newest|, oldest first|, earliest first|in chronological order|chronologically]",
    ),
    "speed": (
        "[from fastest to slowest|, fastest first]",
        "[from slowest to fastest|, slowest first]",
    ),
    "size": (
        "[from largest to smallest|, largest first]",
        "[from smallest to largest|, smallest first]",
    ),
    "score": (
        "[from best to worst|from highest to lowest|, best first]",
        "[from worst to best|from lowest to highest|, lowest first]",
    ),
}
"""Sorting that tells its column, largest first and smallest first."""

PARTICIPLES: Final = (
    (r"\b(birth|born|birthday)\b", "born", True),
    (r"\b(founded|founding)\b", "founded", True),
    (r"\bestablish", "established", True),
    (r"\b(open|opened|opening)\b", "opened", True),
    (r"\b(built|construction|build)\b", "built", True),
    (r"\brelease", "released", True),
    (r"\b(publi)", "published", True),
    (r"\b(hire|hired|hiring)\b", "hired", True),
    (r"\b(issue|issued)\b", "issued", True),
    (r"\bcreat", "created", True),
    (r"\b(made|manufactur|production|vintage)", "made", True),
    (r"\b(sale|sold|sales)\b", "sold", True),
    (r"\b(purchase|purchased|bought)\b", "purchased", True),
    (r"\b(installed|installation)\b", "installed", True),
    (r"\b(registered|registration)\b", "registered", True),
    (r"\b(completed|completion|finished)\b", "completed", True),
    (r"\b(deliver|delivered|delivery)\b", "delivered", True),
    (r"\b(shipped|shipping|shipment)\b", "shipped", True),
    (r"\b(launch|launched)\b", "launched", True),
    (r"\b(admission|admitted)\b", "admitted", True),
    (
        r"\b(granted|signed|planted|written|recorded|filed|submitted|acquired|booked|held|elected|appointed|painted)\b",
        "",
        True,
    ),
    (r"\bjoin", "joined", False),
    (r"\b(start|started|begin|beginning|from)\b", "started", False),
    (r"\b(end|ended|ending|to)\b", "ended", False),
    (r"\b(death|died|dead)\b", "died", False),
    (r"\bdebut", "debuted", False),
    (r"\bgraduat", "graduated", False),
)
"""What happened at a time column's date, and whether it was done to the row (a participle) or by it (a verb)."""

CREATORS: Final = frozenset(
    """author writer artist singer composer director painter designer manufacturer maker producer publisher brewer
    winery architect developer creator photographer performer band owner""".split()
)
SITES: Final = frozenset(
    """city town country state region district county department school college university store shop warehouse
    branch stadium venue hospital museum library building gallery station airport theater theatre cinema hotel
    park factory plant site ward office campus club league location area zone room lab laboratory farm garden
    continent province competition tournament festival event season""".split()
)

# --- templates ------------------------------------------------------------------------------------------------

ASK: Final = (
    "[Show|List|Give|Find|Return|Display|Get|Tell me|Give me|Show me|Please list|Please show|Can you list|"
    "Could you give me|I want|I need|I'd like to see|Report|Retrieve|Output|Provide|Find out|Fetch|Print|Name|"
    "Find|List|Show|Return|Give|What are|What are|What are|What are]"
)
ASK_ONE: Final = (
    "[Show|List|Give|Find|Return|Display|Get|Tell me|Give me|Show me|Please show|Can you give|I want|I need|"
    "Report|Retrieve|Provide|Find out|Find|Return|Give|What is|What is|What is|What is|What's]"
)

LISTING: Final = (
    "{ask} the {items} of {all_subject}",
    "{ask} the {items} of {all_subject}",
    "{ask} the {items} for {all_subject}",
    "{ask} {items} of {subject}",
    "{ask_one} the {item_one} [of|for] each {subject_one}",
    "What are the {items} of {subject}",
    "What are the {items} of {all_subject}",
    "What are the {items} for {all_subject}",
    "What [is|are] the {item_one} of each {subject_one}",
    "[Show|List|Give|Find|Return] {subject} [with|and] their {items}",
    "For [all|the|all the] {subject}, [show|list|give|return|what are] the[ir|] {items}",
    "For each {subject_one}, [show|list|give|return|find] [its|the] {item_one}",
    "[Which|What] {subject} are there? [Give|Show|List|Return|Tell me] [their|the] {items}",
    "{items} of {all_subject}",
    "{items} for {subject}",
    "{subject}: {items}",
    "{subject} with their {items}",
    "I [want|need|would like] [to know|to see|a list of|] the {items} of {all_subject}",
    "[Can|Could] you [list|show|tell me|give me] the {items} of {all_subject}",
    "What {items} do {subject} have",
    "[Show|List|Find|Give] [the|all|all the] {items} of {subject}",
)
LISTING_TESTED: Final = (
    "Which {subject_bare} {verbs}? [Give|Show|List|Return|Tell me|I want] [their|the] {items}",
    "Which {subject_bare} {verbs}? {items}",
    "[Find|Show|List|Get] [the|all|] {subject} and [give|show|return|list] their {items}",
    "[Of|Among] {all_subject}, [what are the|list the|give the] {items}",
    "What are the {items} of the {subject_bare} that {verbs}",
    "What are the {items} of {subject_bare} that {verbs}",
    "{ask} the {items} of [all|the|] {subject_bare} that {verbs}",
    "{ask} {items} of [all|the|] {subject_bare} that {verbs}",
)
LISTING_NAMED: Final = (
    "Which {subject_bare} {verbs}",
    "Which {subject_bare} {verbs}",
    "[What|Which] {subject_bare} {verbs}? [Give|Show|List|Return] [their|the] {items}",
    "[List|Show|Find|Give] {subject} by {item_one}",
)
LISTING_WHO: Final = (
    "Who {verbs_one}",
    "Who are the {subject}",
    "Who {verbs_one}? [Give|Show] [the|their] {items}",
)
LISTING_PLAIN: Final = (
    "{ask} {compound}",
    "{ask} [the|all|all the] {compound}",
    "What are [the|all the] {compound}",
    "{ask} the {possessive}",
    "What are the {possessive}",
    "{compound}",
    "all {compound}",
)
LISTING_DISTINCT: Final = (
    "{ask} the [different|distinct|unique] {items} of {all_subject}",
    "{ask} [all|the|all the|] [different|distinct|unique] {items} of {subject}",
    "What are the [different|distinct|unique] {items} of {all_subject}",
    "What [different|distinct] {items} do {subject} have",
    "[different|distinct|unique] {items} of {subject}",
    "{ask} the {items} of {subject} without [duplicates|repetition|repeats]",
    "[What|Which] [different|distinct|unique] {items} are there [for|among] {all_subject}",
)
STAR: Final = (
    "{ask} all [the|] [information|details|data] [about|on|of|for] {all_subject}",
    "{ask} all [information|details|records|rows|columns] of {subject}",
    "[Show|Give|List] [me|] everything [about|on|we know about] {all_subject}",
    "[Show|Give me|Return|List] the [full|complete] [details|records|information] of {all_subject}",
    "What [is|do we have|do we know] about {all_subject}? [Show|Give] all [columns|details]",
    "all [details|information|data] on {subject}",
    "{subject}, all [columns|details|fields]",
)
SUPERLATIVE: Final = (
    "{ask_one} the {items} of {top}",
    "{ask_one} the {items} of {top}",
    "{ask_one} the {items} [of|for] {top}",
    "What is the {items} of {top}",
    "[Which|What] is {top}? [Give|Show|Return|Tell me] [its|the] {items}",
    "[Find|Show|Get] {top} and [give|show|return|list] [its|the] {items}",
    "[Which|What] {subject_bare_one} {top_verb}? [Give|Show|Return|List|Tell me] [its|the] {items}",
    "{items} of {top}",
    "{top}: {items}",
    "For {top}, [show|give|return|what is] [its|the] {items}",
    "I [want|need] the {items} of {top}",
)
SUPERLATIVE_NAMED: Final = (
    "[Which|What] {subject_bare_one} {top_verb}",
    "[Which|What] {subject_bare_one} {top_verb}",
    "[Which|What] is {top}",
    "What is the {items} of {top}",
    "{top}",
)
SUPERLATIVE_WHO: Final = (
    "Who is {top}",
    "Who {top_verb}",
    "Who is {top}? [Give|Return] the {items}",
)
TOP_N: Final = (
    "{ask} the {items} of {tops}",
    "{ask} the {items} of {tops}",
    "{ask} the {items} for {tops}",
    "What are the {items} of {tops}",
    "[Which|What] are {tops}? [Give|Show|List|Return] [their|the] {items}",
    "{items} of {tops}",
    "{tops}: {items}",
    "{tops}, with [their|] {items}",
    "For {tops}, [show|give|list|return] their {items}",
    "[Find|Get|Show] {tops} and [list|show|give] their {items}",
)
COUNT: Final = (
    "How many {subject} are there",
    "How many {subject} are there",
    "How many {subject} do we have",
    "How many {subject} exist",
    "How many {subject} [are in the database|are recorded|are listed|are on record|are registered]",
    "[Count|Count up|Please count] [the|all|all the|the number of|] {subject}",
    "What is the [total |]number of {subject}",
    "[Find|Give|Return|Show|Tell me|Give me|Report|Compute|Show me|Calculate|Determine|Get] "
    "the [total |]number of {subject}",
    "[number of|total number of|how many|count of] {subject}",
    "[Find|Tell me|Show] how many {subject} [there are|we have]",
    "[I want to know|I'd like to know|Can you tell me|Do you know] how many {subject} there are",
    "What is the [count|total count] of {subject}",
    "There are how many {subject}",
)
COUNT_TESTED: Final = (
    "How many {subject_bare} {verbs}",
    "How many {subject_bare} {verbs}",
    "How many of the {subject_bare} {verbs}",
    "[Count|Find|Give] [the number of|how many] {subject_bare} that {verbs}",
)
AGGREGATE: Final = (
    "What is the {figures} of {all_subject}",
    "What is the {figures} of {all_subject}",
    "What is the {figures} [for|among|across] {all_subject}",
    "[Find|Give|Show|Return|Tell me|Compute|Calculate|Determine|Report|Give me|Show me|Work out|Get] "
    "the {figures} of {all_subject}",
    "[Find|Give|Show|Return|Calculate] the {figures} [for|across|over|among] {all_subject}",
    "{figures} of {subject}",
    "{figures} for {subject}",
    "For {all_subject}, what [is|are] the {figures}",
    "[Among|Across|Over|For] {all_subject}, [find|what is|give|show|compute] the {figures}",
    "[I need|I want to know|Can you tell me|Please give me] the {figures} of {all_subject}",
)
AGGREGATE_SEVERAL: Final = (
    "What are the {figures} of {all_subject}",
    "What are the {figures} [for|among|across] {all_subject}",
)
AVERAGE_VERB: Final = (
    "On average, how [much|large] is the {column} of {subject}",
    "How [high|large] is the {column} of {subject} on average",
    "What {column} do {subject} have on average",
)
TOTAL_VERB: Final = (
    "How much {column} do {subject} have in total",
    "What do the {columns} of {subject} add up to",
    "[Add up|Sum up|Sum|Total] the {columns} of {all_subject}",
    "What is the {column} of {all_subject} [altogether|in total|combined|taken together]",
)
DISTINCT_COUNT: Final = (
    "How many [different|distinct|unique] {columns} [are there|exist|do we have] [for|among|of] {all_subject}",
    "How many [different|distinct|unique] {columns} do {subject} have",
    "How many [different|distinct|unique] {columns} are there",
    "What is the number of [different|distinct|unique] {columns} [of|among|for] {all_subject}",
    "[Count|Find|Give|Return] the number of [different|distinct|unique] {columns} [of|among|for] {all_subject}",
    "number of [different|distinct|unique] {columns} [of|among] {subject}",
    "[Count|Count up] the [different|distinct|unique] {columns} of {all_subject}",
    "How many {columns} are there among {all_subject}, [counting each once|without duplicates]",
)
GROUP_COUNT: Final = (
    "How many {subject} are there [for|in|per] each {group}",
    "How many {subject} are there [for|of|per] each {group}",
    "How many {subject} does each {group} have",
    "For each {group}, how many {subject} are there",
    "For [each|every] {group}, [count|show|give|find|return] the [number of|] {subject}",
    "[What is|Show|Give|Find|Return|List] the number of {subject} [for|in|per|of] each {group}",
    "[Count|Please count] the [number of|] {subject} [for|in|by|per] [each|every|] {group}",
    "number of {subject} [per|by|for each] {group}",
    "{subject} [per|by] {group}",
    "[Count|Tally] {subject} grouped by {group}",
    "[Break down|Split] the number of {subject} by {group}",
)
GROUP_COUNT_SHOWN: Final = (
    "[Show|List|Give|Return|Find|Display] [each|every] {group} and the number of {subject} [it has|with it|in it|there|]",
    "[Show|List|Give|Return|Find] [the|all|all the|] {groups} and the number of {subject} [for|in|with|of] each",
    "What are the [different|] {groups} and how many {subject} [are there|are there in each|does each have|"
    "are of each|have each]",
    "[Show|List|Give|Return] the {groups} [together with|along with|with|and] [the number|the count] of {subject}",
    "What are the {groups} of {subject}, and how many [are there|have] each",
    "{groups} [and|with] the number of {subject} [in|for|of] each",
    "[Show|List|Find] the [different|] {groups} of {subject} and [how many|the number of] {subject} [for|of|in] each",
    "[Which|What] {groups} do {subject} have and how [common|frequent] is each",
)
GROUP_FIGURES: Final = (
    "What is the {figures} of {subject} [for|in|per|by] each {group}",
    "For [each|every] {group}, [what is|find|show|give|return|compute] the {figures} of {subject}",
    "[Find|Show|Give|Return|List|Compute|Calculate|Report] the {figures} of {subject} [for each|per|by|in each] {group}",
    "{figures} of {subject} [per|by|for each] {group}",
    "How does the {figures} of {subject} [break down|look] by {group}",
)
GROUP_FIGURES_SHOWN: Final = (
    "[Show|List|Give|Return|Find] [each|every] {group} and the {figures} of [its|the|] {subject}",
    "[Show|List|Give|Return|Find] the {groups} [and|together with|along with|with] the {figures} of {subject} [for|in] each",
    "What are the {groups} and the {figures} of {subject} [for|in] each",
    "{groups} with the {figures} of {subject}",
    "For each {group}, [show|list|give] the {group} and the {figures} of {subject}",
)
ENTITY_FIGURES: Final = (
    "For [each|every] {owner}, [show|list|give|return|find|what are] [its|the|] {items} and the {figures}",
    "[Show|List|Give|Return|Find|Display] the {items} of each {owner} [and|together with|along with|as well as] "
    "the {figures}",
    "What are the {items} of each {owner} and the {figures}",
    "[Show|List|Give|Return|Find] [all|the|] {owners} with their {items} and the {figures}",
    "What [is|are] the {items} and the {figures} of each {owner}",
    "{items} of each {owner} [and|with] the {figures}",
    "{figures} for each {owner}, with [its|the] {items}",
    "[Give|Show|Find|Return] the {figures} for each {owner}, [together with|along with] [the|its|their] {items}",
)
ENTITY_COUNT: Final = (
    "How many {things} does each {owner} have? [Show|List|Give|Return] [the|its|their] {items} and the [number|count]",
    "How many {things} does each {owner} have? [Show|List|Give|Return] the {items} [as well|too|and the number]",
    "How many {things} does each {owner} have? List {items} and [count|number]",
    "How many {things} are there for each {owner}? [Give|Show] [its|the] {items} [and the count|with the number]",
)
ENTITY_COUNT_ONLY: Final = (
    "How many {things} does each {owner} have",
    "[Find|Show|Give|Return|Count] the number of {things} [for|of] each {owner}",
    "For each {owner}, how many {things} are there",
    "number of {things} per {owner}",
)
MOST_COMMON: Final = (
    "What is the {most_common} {group} [of|among|for] {all_subject}",
    "[Which|What] {group} is the {most_common} [among|of|for] {all_subject}",
    "[Which|What] {group} [has|is shared by|has] the {most} {subject}",
    "[Find|Show|Give|Return|Tell me] the {group} [with|that has|having] the {most} {subject}",
    "[Find|Show|Give|Return|List] the {most_common} {group} [of|among] {all_subject}",
    "the {group} with the {most} {subject}",
    "{most_common} {group} of {subject}",
    "What {group} do the {most} {subject} have",
    "[Find|Give] the {group} that {occurs} [among|for] {all_subject}",
    "[Of|Among] {all_subject}, [which|what] {group} is the {most_common}",
)
MOST_COMMON_N: Final = (
    "What are the {n} {most_common} {groups} [of|among|for] {all_subject}",
    "[Which|What] {n} {groups} [have|are shared by] the {most} {subject}",
    "[Find|Show|Give|Return|List] the {n} {groups} with the {most} {subject}",
    "{ask} the [top|] {n} {groups} [by|in terms of|ranked by] the number of {subject}",
    "{n} {most_common} {groups} of {subject}",
)
HAVING: Final = (
    "[Which|What] {groups} have {amount} {subject}",
    "[Which|What] {groups} are [shared by|common to] {amount} {subject}",
    "{ask} the {groups} [that have|with|having|shared by] {amount} {subject}",
    "{ask} [all|the|] {groups} [for which there are|that have|with] {amount} {subject}",
    "What are the {groups} [that have|with|shared by] {amount} {subject}",
    "{groups} [with|that have] {amount} {subject}",
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


def _joined(parts: Sequence[str], word: str = "and", rng: random.Random | None = None) -> str:
    if len(parts) < 2:
        return "".join(parts)
    comma = "," if len(parts) > 2 and (rng is None or rng.random() < 0.5) else ""
    return ", ".join(parts[:-1]) + f"{comma} {word} {parts[-1]}"


_NUMBER_WORDS: Final = "zero one two three four five six seven eight nine ten".split()


class Wording:
    """Words queries on one database; every call may word them anew."""

    def __init__(self, profile: Profile, rng: random.Random) -> None:
        self.profile = profile
        self.rng = rng
        self._tables: dict[int, str] = {}
        self._columns: dict[int, str] = {}
        self._id = "id"

    def question(self, query: Query) -> str:
        """One question for the query.

        Raises:
            Unfit: there is no good wording for it.
        """
        self._tables, self._columns = {}, {}
        self._id = self.rng.choice(("id", "id", "ID"))
        if query.operation:
            text = self._combined(query)
        elif query.group:
            text = self._grouped(query)
        elif query.items[0].aggregate:
            text = self._figures_question(query)
        else:
            text = self._listed(query)
        return self._finished(text)

    # --- small parts ------------------------------------------------------------------------------------------

    def _pick(self, templates: Sequence[str], **slots: Slot) -> str:
        """A template with its choices made and its slots filled, slots built only where used."""
        return self._fill(self.rng.choice(templates), slots)

    def _fill(self, template: str, slots: Mapping[str, Slot]) -> str:
        def fill(match: re.Match[str]) -> str:
            slot = slots[match[1]]
            return slot if isinstance(slot, str) else slot()

        return _SLOT.sub(fill, expand(template, self.rng))

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _finished(self, text: str) -> str:
        text = re.sub(r"\s+", " ", text).strip().replace(" ,", ",").replace(" ?", "?")
        text = re.sub(r"\b(\w+) \1\b(?! \1)", r"\1", text) if "the the" in text else text
        asks = re.match(
            r"(what|which|who|whose|how|can|could|do you|there are how|in which|on average|for .*, (what|how)|"
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
        if item.aggregate == "count" or item.column is None:
            if self._chance(0.5) and text.isdigit() and int(text) < len(_NUMBER_WORDS):
                return _NUMBER_WORDS[int(text)]
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
        return either + _joined(values, "or", self.rng)

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
            Form("post", f"with {value} as {self.rng.choice(('the', 'their'))} {noun}"),
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
                strong = [Form("post", phrase), Form("verb", f"is {phrase}", f"are {phrase}")]
        else:
            bare = value.strip("'\"")
            shown = {"f": "female", "m": "male"}.get(bare.lower(), value)
            word = re.fullmatch(r"[A-Za-z]{3,}([ -][A-Za-z]{2,})?", shown)
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
                if word and not several and is_kind(noun):
                    adjective = shown.lower() if shown.islower() or self._chance(0.25) else shown
                    strong = [Form("pre", adjective), Form("pre", adjective)]
                    if re.search(
                        r"\b(status|gender|sex|color|colour|condition|nationality)$", noun
                    ):
                        strong.append(Form("verb", f"is {adjective}", f"are {adjective}"))
                if re.search(r"\b(type|kind|category|class|genre|sort)$", noun):
                    strong += [
                        Form("post", f"of {noun} {value}"),
                        Form("post", f"of the {value} {noun}"),
                        Form("post", f"of the {noun} {value}"),
                    ]
                elif re.search(
                    r"\b(department|league|division|conference|party|sector|industry|team)$", noun
                ):
                    strong += [
                        Form("post", f"in {value}"),
                        Form("post", f"in the {value} {noun}"),
                        Form("verb", f"is in the {noun} {value}", f"are in the {noun} {value}"),
                    ]
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
            if found.role == "date":
                phrase = phrase.replace("in or ", "on or ").replace("in the years", "from")
            forms = [
                Form("whose", f"is {phrase}", about=noun),
                Form("post", f"with {with_article(noun)} {phrase}"),
            ]
            forms += self._moment_forms(column, noun, phrase) * 3
            if noun in ("year", "season", "date"):
                forms += [Form("post", phrase)] * 3
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
                f"with {has_a} {'of ' if operator in ('>=', '<=', 'between') or self._chance(0.4) else ''}{phrase}",
            ),
            Form("post", f"with {noun} {phrase}"),
            Form(
                "verb",
                f"has {has_a} {'of ' if self._chance(0.5) else ''}{phrase}",
                f"have {has_a} {'of ' if self._chance(0.5) else ''}{phrase}",
            ),
            Form("post", f"having {has_a} {phrase}"),
        ]
        if noun.startswith("number of ") or noun.split()[-1] in _COUNTED:
            things = plural(noun.removeprefix("number of "))
            forms = [
                Form("post", f"with {phrase} {things}"),
                Form("verb", f"has {phrase} {things}", f"have {phrase} {things}"),
                Form("whose", f"is {phrase}", about=noun),
                Form("post", f"with {has_a} {phrase}"),
            ]
            if re.search(
                r"or (more|less|higher|lower|above|equal)|equal|not |exceeding|range|ranging|minimum|maximum",
                phrase,
            ):
                forms = forms[2:]
        adjective = ADJECTIVES.get(kind, {}).get(operator)
        if adjective:
            text = self._fill(
                adjective,
                {"v": f"{value} {unit}" if unit and self._chance(0.5) else value, "w": second},
            )
            forms += [Form("post", text), Form("verb", f"is {text}", f"are {text}")] * 2
        verb = VERBS.get(kind, {}).get(operator)
        if verb:
            match = _CHOICE.search(verb)
            assert match is not None
            many, one = match[1].split("|")
            rest = self._fill(verb[match.end() :], slots)
            forms += [Form("verb", one + rest, many + rest)] * 2
        return forms

    def _flag_forms(self, noun: str, test: Test) -> list[Form]:
        value = test.values[0]
        positive = (value.lower() in ("yes", "y", "t", "true", "1")) == (test.operator != "!=")
        base = re.sub(r"\b(yes or no|yn|y n|flag)$", "", noun).strip()
        base = re.sub(r"^(is|was|has|are) ", "", base)
        no = "" if positive else "not "
        shown = f"'{value}'" if self._chance(0.5) else value
        sign = "is not " if test.operator == "!=" else "is "
        forms = [Form("whose", f"{sign}{shown}", about=noun)]
        if test.operator != "!=":
            forms.append(Form("post", f"with {noun} {shown}"))
        if len(base.split()) < 3:
            forms += [Form("verb", f"is {no}{base}", f"are {no}{base}")] * 3
        return forms

    def _pattern_forms(self, noun: str, test: Test) -> list[Form]:
        pattern = test.values[0]
        part = pattern.strip("%")
        quote = self.rng.choice(("'", '"'))
        value = f"{quote}{part}{quote}"
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
            Form("post", f"with {value} in {self.rng.choice(('the', 'their'))} {noun}")
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
                    text = f"{word} than {self.rng.choice(('average', 'the average', f'the average {self._noun(several)}'))}"
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
            words = {
                "age": ("older", "younger"),
                "price": ("more expensive", "cheaper"),
                "weight": ("heavier", "lighter"),
            }
            if kind in words:
                word = words[kind][0 if test.operator == ">" else 1]
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
                forms = (
                    forms[:3] + [Form("post", f"with {one} as {role}")] * 0 + forms[4:5] + forms[6:]
                )
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
        posts = [form.one for form in forms if form.slot == "post"]
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
            clauses.append(" ".join(posts) if sole else _joined(posts, joiner, self.rng))
        if verbs:
            clauses.append(f"{that} {_joined(verbs, joiner, self.rng)}")
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
            clauses.append(_joined(said, joiner, self.rng))
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
            else:
                text = ("is " if one else "are ") + text
            said.append(text)
        return _joined(said, joiner, self.rng)

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
        if noun.startswith("number of ") or noun.split()[-1] in _COUNTED:
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
        return _joined(nouns, "and", self.rng)

    def _merged(self, nouns: list[str]) -> list[str]:
        """ "first names", "last names" -> "first and last names"."""
        if len(nouns) < 2 or not self._chance(0.65):
            return nouns
        one, two = nouns[0].split(), nouns[1].split()
        if len(one) == len(two) == 2 and one[1] == two[1] and one[0] != two[0]:
            return [f"{one[0]} and {two[0]} {one[1]}", *nouns[2:]]
        return nouns

    def _is_named(self, query: Query) -> bool:
        names = self.profile.tables[query.subject].names
        columns = [item.column for item in query.items]
        return bool(names) and columns == list(names)

    def _listed(self, query: Query) -> str:
        if query.limit and query.order:
            return self._extremal(query)
        if query.limit:
            raise Unfit
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
        own = all(item.table == subject for item in query.items)
        if query.distinct and self._chance(0.85):
            several = [t for t in LISTING_DISTINCT if not query.order or " do {" not in t]
            return self._pick(several, **slots) + self._sorted(query)
        templates = list(LISTING)
        if tests:
            templates = [*LISTING, *LISTING_TESTED, *LISTING_TESTED]
            if self._is_named(query) and not query.order:
                templates += [*LISTING_NAMED, *LISTING_NAMED]
                if self.profile.tables[subject].person:
                    templates += [*LISTING_WHO, *LISTING_WHO]
        elif own and len(query.tables) == 1:
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

    def _sort_key(self, query: Query) -> str:
        keys = []
        for item, _ in query.order:
            if item.column is None or item.aggregate:
                raise Unfit
            noun = self._column(item.column)
            if item.table != query.subject:
                noun = f"{self._noun(item.table)} {noun}"
            keys.append(f"{self.rng.choice(('', 'their ', 'the '))}{noun}")
        return _joined(keys, self.rng.choice(("and", "and then", "then")))

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
                "[in descending order|descending|in reverse alphabetical order|from Z to A|in descending alphabetical order]"
                if down
                else "[in alphabetical order|alphabetically|in ascending order|from A to Z|||]",
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
                count = _NUMBER_WORDS[query.limit]
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
        if self._is_named(query):
            templates += [*SUPERLATIVE_NAMED, *SUPERLATIVE_NAMED]
            if self.profile.tables[subject].person and not tests:
                templates += SUPERLATIVE_WHO
        return self._pick(templates, **slots)

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
                texts.append(_joined([f"{word} {noun}" for word in run], "and", self.rng))
            else:
                texts.append(f"{_joined(run, 'and', self.rng)} {noun}".strip())
        return _joined(texts, self.rng.choice(("and", "and the")), self.rng)

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
            if first.aggregate == "avg" and self._chance(0.12):
                return self._pick(AVERAGE_VERB, **slots)
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
                noun = re.sub(r"\b(id|ID)$", "", noun).strip() or noun
            nouns.append(plural(noun) if many else noun)
        return _joined(nouns)

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
            key = (
                key
                if self._chance(0.6) or item.column is not None
                else self.rng.choice(("the count", "that number"))
            )
            key = key if key.startswith(("the ", "that ")) else f"the {key}"
            direction = expand(
                "[in descending order|from most to least|from highest to lowest|descending|in decreasing order|"
                ", highest first]"
                if down
                else "[in ascending order|from least to most|from lowest to highest|ascending||in increasing order]",
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
        slots["amount"] = lambda: self._amount(having)
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

    def _condition(self, test: Test) -> str:
        values = [self._value(test.item, v) for v in test.values]
        table = QUANTITY
        if test.item.column is not None and self.profile.columns[test.item.column].role in (
            "year",
            "date",
        ):
            table = MOMENT
        return self._fill(table[test.operator], {"v": values[0], "w": values[-1]})

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
            return self.rng.choice(("multiple", "several"))
        if test.operator == ">=" and self._chance(0.2):
            return f"{values[0]} or more"
        if test.operator == "<=" and self._chance(0.2):
            return f"{values[0]} or fewer"
        return f"{expand(words[test.operator], self.rng)} {values[0]}".strip()

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
            slots["n"] = str(query.limit) if self._chance(0.5) else _NUMBER_WORDS[query.limit]
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
                return f"number and {self._figures(items[1:])} of {self.rng.choice(('its ', 'their ', ''))}{rows()}"
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
            slots["amount"] = lambda: self._amount(having)
            with_it = "{amount} {things}"
            phrase = self._fill(with_it, slots)
            if self._amount(having) == "" or phrase.startswith(("1 ", "one ", "exactly one ")):
                phrase = phrase
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
            else (str(query.limit) if self._chance(0.6) else _NUMBER_WORDS[query.limit]) + " "
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
        templates = [
            "{ask} the {items} of the {n}{owner} {post}{more}",
            "{ask} the {items} of the {n}{owner} {post}{more}",
            "[Which|What] {n}{owner} {has} {thing}? [Give|Show|List|Return|Tell me] [the|its|their] {items}{more}",
            "[Find|Get] the {n}{owner} {post} and [give|show|return] [the|its] {items}{more}",
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
                "{ask} the {groups} of {left} [and|together with|and also|as well as] [those|the {groups}] of {right}",
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
                    "{ask} the {items} of all {bare} [except|excluding|but not] {rest}",
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
                "{ask} the {nouns} of [all|] {rows} [together with|as well as|and also] [those|the {nouns}] of [all|] {others}",
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


def _denied(verb: str) -> str:
    """The opposite of a plural verb phrase: "are from X" -> "are not from X", "have a Y" -> "do not have a Y"."""
    first, _, rest = verb.partition(" ")
    if first in ("are", "were"):
        return f"{first} not {rest}"
    if first in ("have", "belong", "cost", "weigh", "earn", "work", "last"):
        rest = rest.removeprefix("at least one ")
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


_COUNTED: Final = frozenset(
    """wins losses votes goals seats employees members copies pages points rooms beds credits floors units players
    students passengers visitors medals assists tracks episodes""".split()
)
