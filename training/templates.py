"""Templates of English questions, and words by the meaning of a column: the lists of the grammar of wordings.

In a template ``[a|b|]`` chooses one of several texts (nested as needed) and ``{name}`` stands for a phrase that is
built for the query at hand. All wordings are our own; no question of any data set was copied.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

CHOICE: Final = re.compile(r"\[([^\[\]]*)\]")
SLOT: Final = re.compile(r"\{(\w+)\}")

Slot = str | Callable[[], str]


def expand(template: str, rng: random.Random) -> str:
    """A template with its choices made, innermost first; slots stay."""
    while True:
        chosen = CHOICE.sub(lambda match: rng.choice(match[1].split("|")), template, count=1)
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
    "between": "[between {v} and {w}|from {v} to {w}|in the range from {v} to {w}|between {v} and {w}]",
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

MOMENT_IS: Final = MOMENT | {
    ">=": "[{v} or later|not before {v}|no earlier than {v}]",
    "<=": "[{v} or earlier|not after {v}|no later than {v}]",
    "between": "[between {v} and {w}|between {v} and {w}|from {v} to {w}]",
}
"""After "whose year is" and the like."""

ADJECTIVES: Final = {
    "age": {
        ">": "[older than {v}|over {v} years old|older than {v} years|above {v} years of age|over {v}|"
        "aged over {v}|above the age of {v}|more than {v} years old]",
        "<": "[younger than {v}|under {v} years old|below {v} years of age|under {v}|aged under {v}|"
        "below the age of {v}|less than {v} years old]",
        ">=": "[at least {v} years old|{v} years old or older|{v} or older|at least {v}|aged {v} or over|"
        "no younger than {v}]",
        "<=": "[at most {v} years old|{v} years old or younger|{v} or younger|aged {v} or under|"
        "no older than {v}]",
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
    "time": ("[latest|most recent|last]", "[earliest|first|earliest]"),
    "founded": ("[latest|most recent]", "[earliest|first]"),
    "birth": ("[latest|most recent]", "[earliest|first]"),
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
        r"\b(granted|signed|planted|written|recorded|filed|submitted|acquired|booked|held|elected|"
        r"appointed|painted)\b",
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
    "[Which|What] {subject_bare} are there? [Give|Show|List|Return|Tell me] [their|the] {items}",
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
    "{ask} the {items} of {subject}, without [duplicates|repetition|repeats]",
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
SUPERLATIVE_AMONG: Final = (
    "[Among|Of] [all|the|all the] {rows}, [which one|which {one}] {verb}? "
    "[Give|Show|Return|List] [its|the] {items}",
    "[Among|Of] [all|the|all the] {rows}, [give|show|find|return] the {items} of the one {after}",
    "{ask_one} the {items} of the {one} {after} among {rows}",
    "[Which|What] of the {rows} {verb}? [Give|Show|Return] [its|the] {items}",
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
    "[number of|total number of|count of] {subject}",
    "[Find|Tell me|Show] how many {subject} [there are|we have]",
    "[I want to know|I'd like to know|Can you tell me|Do you know] how many {subject} there are",
    "What is the [count|total count] of {subject}",
    "There are how many {subject}",
)
COUNT_TESTED: Final = (
    "How many {subject_bare} {verbs}",
    "How many {subject_bare} {verbs}",
    "How many of the {subject_bare} {verbs}",
    "[Count|Find|Give] the number of {subject_bare} that {verbs}",
    "[Find|Tell me|Show] how many {subject_bare} {verbs}",
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
    "For {all_subject}, what is the {figures}",
    "[Among|Across|Over|For] {all_subject}, [find|what is|give|show|compute] the {figures}",
    "[I need|I want to know|Can you tell me|Please give me] the {figures} of {all_subject}",
)
AGGREGATE_SEVERAL: Final = (
    "What are the {figures} of {all_subject}",
    "What are the {figures} [for|among|across] {all_subject}",
)
AVERAGE_VERB: Final = {
    "age": "[How old are {subject} on average|On average, how old are {subject}|How old is the average {one}]",
    "price": "[How much do {subject} cost on average|On average, what do {subject} cost|"
    "How expensive are {subject} on average|What does {a_one} cost on average]",
    "weight": "[How heavy are {subject} on average|How much do {subject} weigh on average]",
    "height": "[How tall are {subject} on average|On average, how tall are {subject}]",
    "length": "How long are {subject} on average",
    "duration": "[How long are {subject} on average|How long do {subject} last on average]",
    "salary": "[How much do {subject} earn on average|What do {subject} earn on average]",
    "size": "How large are {subject} on average",
    "speed": "How fast are {subject} on average",
    "other": "[What {column} do {subject} have on average|What is the {column} of {subject} on average]",
}
"""Averages as questions about the rows, by the column's meaning."""
EXTREME_VERB: Final = {
    "age": ("How old is the oldest {one}", "How old is the youngest {one}"),
    "price": (
        "How much does the most expensive {one} cost",
        "How much does the cheapest {one} cost",
    ),
    "weight": (
        "[How heavy is|How much does] the heaviest {one}[| weigh]",
        "How much does the lightest {one} weigh",
    ),
    "height": ("How tall is the tallest {one}", "How tall is the shortest {one}"),
    "length": ("How long is the longest {one}", "How long is the shortest {one}"),
    "duration": ("How long is the longest {one}", "How long is the shortest {one}"),
    "salary": (
        "How much does the best paid {one} earn",
        "How much does the lowest paid {one} earn",
    ),
    "speed": ("How fast is the fastest {one}", "How fast is the slowest {one}"),
}
"""The largest and the smallest value as questions about a row."""
COUNT_TAIL: Final = (
    "How many {bare} are there {tail}",
    "How many {bare} are there {tail}",
    "How many {bare} [do we have|exist] {tail}",
    "{lead}, how many {bare} are there",
    "{lead}, what is the number of {bare}",
    "{bare} {tail}: how many",
)
OF_ONE: Final = {
    "age": "[How old is {v}|What age is {v}]",
    "price": "[How much does {v} cost|What does {v} cost|How expensive is {v}]",
    "weight": "[How heavy is {v}|How much does {v} weigh|What does {v} weigh]",
    "height": "[How tall is {v}|How high is {v}]",
    "length": "How long is {v}",
    "duration": "[How long is {v}|How long does {v} last|How long does {v} take]",
    "salary": "[How much does {v} earn|What does {v} earn]",
    "population": "[How many people live in {v}|How many inhabitants does {v} have]",
    "speed": "How fast is {v}",
    "size": "How large is {v}",
}
"""One value of one row that is named, by the column's meaning."""
OF_ONE_PLAIN: Final = (
    "What is the {item} of {v}",
    "What is the {item} of {v}",
    "What {item} does {v} have",
    "What is {v}'s {item}",
    "{v}'s {item}",
    "{v}: {item}",
    "{item} of {v}",
    "[Give|Show|Find|Tell] me the {item} of {v}",
    "[Give|Show|Find|Return|Get] the {item} [of|for] {v}",
    "For {v}, [what is|give|show] the {item}",
    "I need the {item} of {v}",
)
TOTAL_VERB: Final = (
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
    "[Show|List|Give|Return|Find|Display] [each|every] {group} and the number of {subject} "
    "[it has|with it|in it|there|]",
    "[Show|List|Give|Return|Find] [the|all|all the|] {groups} and the number of {subject} [for|in|with|of] each",
    "What are the [different|] {groups} and how many {subject} [are there|are there in each|does each have|"
    "are of each|have each]",
    "[Show|List|Give|Return] the {groups} [together with|along with|with|and] [the number|the count] of {subject}",
    "What are the {groups} of {subject}, and how many [are there|have] each",
    "{groups} [and|with] the number of {subject} [in|for|of] each",
    "[Show|List|Find] the [different|] {groups} of {subject} and [how many|the number of] "
    "{subject} [for|of|in] each",
    "[Which|What] {groups} do {subject} have and how [common|frequent] is each",
)
GROUP_FIGURES: Final = (
    "What is the {figures} of {subject} [for|in|per|by] each {group}",
    "For [each|every] {group}, [what is|find|show|give|return|compute] the {figures} of {subject}",
    "[Find|Show|Give|Return|List|Compute|Calculate|Report] the {figures} of {subject} "
    "[for each|per|by|in each] {group}",
    "{figures} of {subject} [per|by|for each] {group}",
    "How does the {figures} of {subject} [break down|look] by {group}",
)
GROUP_FIGURES_SHOWN: Final = (
    "[Show|List|Give|Return|Find] [each|every] {group} and the {figures} of [its|the|] {subject}",
    "[Show|List|Give|Return|Find] the {groups} [and|together with|along with|with] the {figures} of {subject} "
    "[for|in] each",
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
    "How many {things} does each {owner} have? [Show|List|Give|Return] [the|its|their] {items} "
    "and the [number|count]",
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
    "[Which|What] {groups} have {amount}",
    "[Which|What] {groups} are [shared by|common to] {amount}",
    "{ask} the {groups} [that have|with|having|shared by] {amount}",
    "{ask} [all|the|] {groups} [for which there are|that have|with] {amount}",
    "What are the {groups} [that have|with|shared by] {amount}",
    "{groups} [with|that have] {amount}",
)

ADJECTIVE_FLAGS: Final = frozenset(
    "paid active open online organic alive valid public private free new late lost built sold".split()
)
COUNTED: Final = frozenset(
    """wins losses votes goals seats employees members copies pages points rooms beds credits floors units players
    students passengers visitors medals assists tracks episodes""".split()
)
