"""How the words of a question were linked to the schema and what they attended to, as two pictures in HTML.

``coloured_words``: the question with its linked words coloured; each word says what it was linked to and
what it attended to. ``heat_map``: words over tables and columns, the darker the more attention; without a
model's attention the linked words over what they were linked to.

The HTML holds no script and no address; every text that comes from the question or the database is
escaped here. The page supplies the colours (class names begin with ``nl-``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from nlidb.answer import Answer, AnswerLink

MAX_LINKS = 4
"""Links shown for a word: the firmest."""
MAX_ATTENDED = 3
"""Attended tables and columns shown for a word, beside its links."""
MIN_ATTENDED = 0.05
"""A smaller share of a word's attention is not worth a line: 16 items share what is left."""
MAX_ITEMS = 16
"""Rows of the heat map: what takes the most weight."""
MAX_TEXT = 60

_KINDS = {"exact": "name", "partial": "part of the name", "cell_value": "stored value"}


@dataclass(frozen=True)
class Grid:
    """Weights of the words of a question by schema item."""

    words: tuple[tuple[int, int], ...]
    """Character offsets in the question, in its order."""
    items: tuple[str, ...]
    """"table", "table.column" or "table.column = value"."""
    weights: tuple[tuple[float, ...], ...]
    """A row for each word, a column for each item; 0 where nothing binds them."""


def link_name(link: AnswerLink) -> str:
    """What a link names: "table", "table.column" or "table.column = value"."""
    name = ".".join(part for part in (link.table, link.column) if part)
    if link.kind == "cell_value" and link.value is not None:
        return f"{name} = {_short(link.value)}"
    return name


def weight_grid(answer: Answer) -> Grid:
    """What the heat map shows: the attention where there is one, else the links."""
    if answer.attention is not None:
        known = answer.attention
        return Grid(known.words, known.items, known.weights)
    spans = sorted({(link.start, link.end) for link in answer.links if link_name(link)})
    weights: dict[tuple[tuple[int, int], str], float] = {}
    totals: dict[str, float] = {}
    for link in answer.links:
        name = link_name(link)
        if name:
            key = ((link.start, link.end), name)
            weights[key] = max(weights.get(key, 0.0), link.weight)
            totals[name] = totals.get(name, 0.0) + link.weight
    items = sorted(totals, key=lambda name: -totals[name])[:MAX_ITEMS]
    items.sort(key=lambda name: min(span for span, item in weights if item == name))
    kept = [span for span in spans if any((span, item) in weights for item in items)]
    return Grid(
        tuple(kept),
        tuple(items),
        tuple(tuple(weights.get((span, item), 0.0) for item in items) for span in kept),
    )


def coloured_words(answer: Answer) -> str:
    """The question as HTML, its linked words coloured; what a word means shows on hover and focus.

    Where links overlap, the longest that begins first is drawn; the others join its list.
    """
    spans = _spans(answer.links)
    taken = [(start, end) for start, end, _ in spans]
    words = () if answer.attention is None else answer.attention.words
    plain = [
        (start, end, list[AnswerLink]())
        for start, end in words
        if not any(a < end and start < b for a, b in taken)
    ]
    parts: list[str] = []
    place = 0
    for start, end, links in sorted([*spans, *plain], key=lambda span: span[0]):
        attended = _attended(answer, start, end)
        parts.append(escape(answer.question[place:start]))
        parts.append(_word(answer.question[start:end], links, attended))
        place = end
    parts.append(escape(answer.question[place:]))
    return f"<p class='nl-words'>{''.join(parts)}</p>"


def _word(text: str, links: Sequence[AnswerLink], attended: Mapping[str, float]) -> str:
    """A word with what it was linked to and what else it attended to."""
    shown = links[:MAX_LINKS]
    lines = [(link_name(link), _KINDS.get(link.kind, link.kind), link.weight) for link in shown]
    named = {".".join(part for part in (link.table, link.column) if part) for link in shown}
    others = [(name, "attention", weight) for name, weight in attended.items() if name not in named]
    lines += others[:MAX_ATTENDED]
    if not lines:
        return escape(text)
    kind = "nl-word"
    if links:
        best = links[0]
        tone = "value" if best.kind == "cell_value" else "column" if best.column else "table"
        kind = f"nl-link nl-{tone}"
    tip = "".join(
        f"<span class='nl-tip-line'><b>{escape(name)}</b> {escape(why)}, {_weight(weight)}</span>"
        for name, why, weight in lines
    )
    return (
        f"<span class='{kind}' tabindex='0'>{escape(text)}"
        f"<span class='nl-tip' role='tooltip'>{tip}</span></span>"
    )


def _attended(answer: Answer, start: int, end: int) -> dict[str, float]:
    """What the words of a stretch attended to, most first."""
    found: dict[str, float] = {}
    if answer.attention is None:
        return found
    for (left, right), row in zip(answer.attention.words, answer.attention.weights, strict=True):
        if start <= left and right <= end:
            for name, weight in zip(answer.attention.items, row, strict=True):
                if weight >= MIN_ATTENDED:
                    found[name] = max(found.get(name, 0.0), weight)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def heat_map(answer: Answer) -> str:
    """The heat map as an HTML table; "" where there is nothing to show."""
    grid = weight_grid(answer)
    most = max((weight for line in grid.weights for weight in line), default=0.0)
    if not most:
        return ""
    names = [_short(answer.question[start:end]) for start, end in grid.words]
    rows = "".join(
        f"<tr><th scope='row'>{escape(_short(item))}</th>"
        + "".join(
            _cell(line[i], most, f"{name}: {_short(item)}{_stored(answer, span, item)}")
            for span, name, line in zip(grid.words, names, grid.weights, strict=True)
        )
        + "</tr>"
        for i, item in enumerate(grid.items)
    )
    head = "".join(f"<th scope='col'><span>{escape(name)}</span></th>" for name in names)
    text = (
        "Attention of each word (across) to tables and columns (down)"
        if answer.attention is not None
        else "Words (across) over what they were linked to (down)"
    )
    return (
        "<div class='nl-scroll' tabindex='0' role='region' aria-label='Words over the schema'>"
        f"<table class='nl-heat'><caption>{text}, from 0 to 1</caption>"
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _stored(answer: Answer, span: tuple[int, int], item: str) -> str:
    """The stored value of a column that a word was linked to: " = Germany"."""
    for link in answer.links:
        inside = link.start <= span[0] and span[1] <= link.end
        if inside and link.value is not None and f"{link.table}.{link.column}" == item:
            return f" = {_short(link.value)}"
    return ""


def _spans(links: Sequence[AnswerLink]) -> list[tuple[int, int, list[AnswerLink]]]:
    """Spans that do not overlap, in order, each with the links that begin in it, firmest first."""
    named = [link for link in links if link_name(link)]
    spans: list[tuple[int, int, list[AnswerLink]]] = []
    for link in sorted(named, key=lambda link: (link.start, -link.end)):
        if spans and link.start < spans[-1][1]:
            spans[-1][2].append(link)
        else:
            spans.append((link.start, link.end, [link]))
    for _, _, found in spans:
        found.sort(key=lambda link: -link.weight)
    return spans


def _cell(weight: float, most: float, text: str) -> str:
    """A cell, shaded by its share of the largest weight; what is next to nothing stays unwritten."""
    if weight <= 0:
        return "<td></td>"
    strength = round(85 * weight / most)
    shown = _weight(weight) if weight >= MIN_ATTENDED else ""
    return (
        f"<td class='nl-hot' style='--strength:{strength}%' "
        f"title='{escape(text, quote=True)}, {_weight(weight)}'>{shown}</td>"
    )


def _weight(weight: float) -> str:
    return f"{weight:.2f}" if weight >= 0.01 else "&lt;0.01"


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "\u2026"
