"""What a person typed, before any stage sees it: cleaned, and told apart (question, SQL, neither).

    clean -> refusal | looks_like_sql | follow-up joined to what it follows -> a question to parse

Rules over words and characters only; it knows neither the schema nor the model, so a question it
lets through may still be declined later.
"""

from __future__ import annotations

import re
import unicodedata

MAX_QUESTION = 1_000
"""Characters. A question is a sentence or two; a page of text is something else, and would only be
guessed at."""

# Words that English questions are made of; one of them is enough to take a text for English.
_ENGLISH = frozenset(
    """a about above after all also an and any are as at average be before below between biggest
    both but by can count did different do does each earliest ever every fewer fewest find first
    for from get give had has have highest how i in is it its largest last latest least less list
    longest lowest many me more most much name names never newest no not number of oldest on only
    or order other our per please return shortest show smallest sort sum tell than that the their
    them there these they this those through to top total under until us was we were what when
    where which who whose why will with without would you""".split()
)

# Function words of other languages in Latin letters that are no English words; enough to recognise
# a sentence, not to tell the languages apart for any other purpose.
_FOREIGN = {
    "French": """le la les des du une est sont dans avec pour combien quel quelle quels quelles
    qui que où et sur par leur il elle ils nous vous liste montre montrez donne donnez ont tous""",
    "German": """der das den dem des ein eine einen ist sind und mit für wie viele viel welche
    welcher welches wer wo wann zeige alle aus bei nach von zu zum zur haben gibt es nicht jede""",
    "Spanish": """el los las una unos unas es son y con para cuántos cuantos cuántas cuantas cuál
    cual cuáles qué que quién quien dónde donde muestra muéstrame lista todos todas por del hay""",
    "Italian": """il lo gli uno una è sono e con quanti quante quale quali che chi dove mostra
    elenca tutti tutte della delle dei degli nel nella hanno ogni""",
    "Portuguese": """os uma um são com para quantos quantas qual quais que quem onde mostre liste
    todos todas da dos das do em por cada têm""",
    "Dutch": """het een en met voor hoeveel welke welk wie waar wanneer toon alle van uit bij naar
    hebben zijn er niet elke elk""",
}
_FOREIGN_WORDS = {name: frozenset(words.split()) - _ENGLISH for name, words in _FOREIGN.items()}

_SQL = re.compile(
    r"""[\s(]*(?: (?P<read>select\b.*\bfrom\b | with\s+(?:recursive\s+)?\w+(?:\s*\([^)]*\))?\s+as\s*\()
      | insert\s+into\b | replace\s+into\b | update\s+\S+\s+set\b | delete\s+from\b | merge\s+into\b
      | (?:drop|create|alter|truncate)\s+(?:temp\w*\s+|unique\s+|or\s+replace\s+)*
        (?:table|view|index|database|schema|trigger|user|role|function)\b
      | (?:grant|revoke)\s+\w+.*\bon\b | pragma\s+\w+ | attach\s+(?:database\s+)?['"] |
      vacuum\s*;?\s*$ | explain\s+(?:query\s+plan\s+|analyze\s+)?select\b |
      copy\s+\w+\s+(?:to|from)\b)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# Signs that only SQL has; "Select all singers from France" has none of them.
_SQL_SIGNS = re.compile(
    r"[*;=<>]|\w\(|\b(?:join|where\s+\w+\s+(?:like|in|is|between)|group\s+by)\b", re.I
)
_SHOUTED = re.compile(r"SELECT\b.*[a-z].*\bFROM\b|SELECT\b.*\bFROM\b.*[a-z]", re.DOTALL)
"""Keywords in capitals beside names in small letters: nobody writes an English sentence so."""
_SHORT_SQL = re.compile(
    r"""(?:select\s*(?:;|$) | select\s+(?:distinct\s+)?(?:\d+(?:\.\d+)?\s*(?:$|[;,+*/-]) | ' | \w+\((?!s\)))
      | values\s*\( | describe\s+\w+\s*;?\s*$
      | show\s+(?:full\s+)?(?:databases|schemas|columns|create\s+table|variables|grants)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
"""SQL that reads no table: "SELECT 1", "SELECT now()", and the clients' own commands."""
_FENCE = re.compile(r"\s*```(?:[a-zA-Z]+\s|\s)(.*?)(?:```\s*)?$", re.DOTALL)
_LEADING_COMMENT = re.compile(r"\s*(?:--[^\n]*(?:\n|$)|/\*.*?\*/)", re.DOTALL)

_TABLES_ASKED = re.compile(
    r"(?:(?:what|which)\s+tables(?:\s+(?:are\s+there|are\s+here|exist|do\s+(?:you|we|i)\s+have|can\s+i\s+ask.*"
    r"|does\s+(?:it|this\s+database)\s+have))?|(?:show|list)(?:\s+me)?(?:\s+all)?(?:\s+(?:the|your))?\s+tables)"
    r"\s*[?.;]*",
    re.IGNORECASE,
)
_CHANGE_ASKED = re.compile(
    r"(?:please\s+|can\s+you\s+)?"
    r"(?:delete|drop(?![- ]?offs?\b)|erase|truncate|wipe|insert"
    r"|(?:update|change|set)\b(?!\s+(?:me|us|of)\b)(?=.*\bto\b))\s+\S",
    re.IGNORECASE,
)

_FOLLOW_UP_START = re.compile(
    r"(?:and|but|also|now|then|only|just|what about|how about|same|instead|sort|order|group"
    r"|(?:which|who|how many|what|and how many) (?:of|among) (?:them|those|these)"
    r"|the same|limit|reverse)\b",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"(?:the )?(?:top|first|last|bottom)(?: \w+)?(?: by .+)?"
    r"|(?:by|per|for each|in|for|from|with|without|except|excluding|not) .+"
    r"|(?:in )?(?:the )?(?:reverse|opposite|ascending|descending|alphabetical|alphabetically)(?: order)?"
    r"|(?:the )?other way a?round"
    r"|(?:since|before|after|until|between|over|under|above|below) .+"
    r"|(?:older|younger|cheaper|heavier|lighter|longer|shorter|more|less|fewer) than .+"
    r"|.+ (?:first|too|as well|instead)"
    r"|(?:add|include|exclude|hide|remove|drop|omit|leave out|break|split) .+"
    r"|how many(?: (?:is|are|was|were|have|has|had|live|work|come|came|per|by) .+)?"
    r"|(?:what(?:'s| is| are| was) )?(?:the |their )?(?:average|mean|total|sum|maximum|minimum)"
    r"|which (?:one|is|are|was|were|has|have|had) .+",
    re.IGNORECASE,
)
"""What is no question by itself: a piece of one, or words to what is already on the page."""
_ASKING = re.compile(r"\b(?:which|what|who|whose|when|where|how)\b", re.IGNORECASE)
MAX_FRAGMENT = 7
"""Words; what is longer says by itself what it asks for."""
_POINTING_BACK = re.compile(
    r"\b(?:them|they|those|these|ones|it|their|its|he|she|his|her)\b", re.IGNORECASE
)


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without control characters, half surrogates and repeated blanks, and what was
    removed."""
    warnings = []
    kept = "".join(
        " " if char in "\t\n\r\v\f" else char
        for char in text
        if char in "\t\n\r\v\f" or unicodedata.category(char) not in {"Cc", "Cs", "Co", "Cn"}
    )
    if len(kept) < len(text):
        removed = len(text) - len(kept)
        plural = "s were" if removed > 1 else " was"
        warnings.append(f"{removed} unreadable character{plural} left out of the question.")
    return " ".join(kept.split()), tuple(warnings)


def refusal(text: str) -> str | None:
    """Why a cleaned text is no question in English; None where it may be one."""
    if not text:
        return "The question is empty: type one in English."
    if len(text) > MAX_QUESTION:
        return (
            f"The question has {len(text):,} characters; at most {MAX_QUESTION:,} are read. "
            "Ask for one thing, in a sentence or two."
        )
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return "The question has no words in it: ask in English."
    latin = sum(unicodedata.name(char, "").startswith("LATIN") for char in letters)
    if 2 * latin < len(letters):
        return "English only for now: the question is in another script."
    words = _words(text)
    english = sum(word in _ENGLISH for word in words)
    for known in _FOREIGN_WORDS.values():
        foreign = sum(word in known for word in words)
        if foreign > english and (foreign >= 2 or (english == 0 and len(words) >= 3)):
            return "English only for now: the question looks as if it were in another language."
    return None


def has_english(text: str) -> bool:
    """Whether any word of the text is one that English questions are made of."""
    return any(word in _ENGLISH for word in _words(text))


def unwrapped(text: str) -> str:
    """Pasted SQL without what was copied with it: a code fence, comments before it, brackets around it.

    Any other text comes back as it is.
    """
    fence = _FENCE.match(text)
    inner = fence[1] if fence is not None else text
    while (comment := _LEADING_COMMENT.match(inner)) is not None:
        inner = inner[comment.end() :]
    inner = inner.strip()
    while inner.startswith("(") and _closes_last(inner.rstrip("; \n")):
        inner = inner.rstrip("; \n")[1:-1].strip()
    return inner if inner != text.strip() and (looks_like_sql(inner) or may_be_sql(inner)) else text


def _closes_last(text: str) -> bool:
    """Whether the bracket that a text begins with is closed by its last character."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return place == len(text) - 1
    return False


def looks_like_sql(text: str) -> bool:
    """Whether the text begins as a SQL statement and has signs that only SQL has.

    A statement that would change something needs no further sign: "update prices set ..." is SQL.
    """
    text = text.strip()
    if _SHORT_SQL.match(text) is not None:
        return True
    match = _SQL.match(text)
    if match is None:
        return False
    signs = _SQL_SIGNS.search(text) is not None or _SHOUTED.match(text) is not None
    return match["read"] is None or signs


def may_be_sql(text: str) -> bool:
    """Whether the text could be a SELECT as well as English ("select name from singer")."""
    return _SQL.match(text) is not None


def asks_for_tables(text: str) -> bool:
    """Whether the text asks what tables there are, which is answered by their names, not by a query."""
    return _TABLES_ASKED.fullmatch(text.strip()) is not None


def asks_for_change(text: str) -> bool:
    """Whether the text asks to change data ("delete all customers"), which nlidb never does."""
    return _CHANGE_ASKED.match(text.strip()) is not None


def is_follow_up(text: str) -> bool:
    """Whether the text only makes sense after another question ("and only those from Lyon")."""
    if _FOLLOW_UP_START.match(text):
        return True
    words = _words(text)
    if len(words) <= 9 and _POINTING_BACK.search(text) is not None:
        return True
    short = len(text.split()) <= MAX_FRAGMENT
    match = _FRAGMENT.fullmatch(text.strip(" .?!")) if short else None
    if match is None:
        return False
    # "For each country, how many shops?" asks by itself; "how many per country" does not.
    started = re.match(r"how many\b|which |what", text, re.IGNORECASE)
    return _ASKING.search(text, started.end() if started else 0) is None


def join_follow_up(previous: str, text: str) -> str:
    """Both questions as one text to read, the earlier one first."""
    return f"{previous.rstrip(' .?!;,')}, {text[:1].lower()}{text[1:]}"


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())
