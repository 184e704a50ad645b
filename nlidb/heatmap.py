"""How the words of a question were linked to the schema, as two pictures in HTML.

``coloured_words``: the question with its linked words coloured, each with what it was linked to.
``heat_map``: linked words over tables, columns and stored values, the darker the
firmer.

The HTML holds no script and no address; every text that comes from the question or the database is
escaped here. The page supplies the colours (class names begin with ``nl-``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from nlidb.answer import Answer, AnswerLink

MAX_LINKS = 4
"""Links shown for a word: the firmest."""
MAX_ITEMS = 16
"""Columns of the heat map: what takes the most weight."""
MAX_TEXT = 60

_KINDS = {"exact": "name", "partial": "part of the name", "cell_value": "stored value"}


@dataclass(frozen=True)
class LinkGrid:
    """Weights of the linked words of a question by schema item."""

    words: tuple[str, ...]
    """In the question's order."""
    items: tuple[str, ...]
    """What they are linked to: "table", "table.column" or "table.column = value"."""
    weights: tuple[tuple[float, ...], ...]
    """A row for each word, a column for each item; 0 where they are not linked."""


def link_name(link: AnswerLink) -> str:
    """What a link names: "table", "table.column" or "table.column = value"."""
    name = ".".join(part for part in (link.table, link.column) if part)
    if link.kind == "cell_value" and link.value is not None:
        return f"{name} = {_short(link.value)}"
    return name


def link_grid(answer: Answer) -> LinkGrid:
    """The links of an answer as a table of weights in [0, 1]."""
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
    return LinkGrid(
        tuple(answer.question[start:end] for start, end in kept),
        tuple(items),
        tuple(tuple(weights.get((span, item), 0.0) for item in items) for span in kept),
    )


def coloured_words(answer: Answer) -> str:
    """The question as HTML, its linked words coloured; a word's links show on hover and focus.

    Where links overlap, the longest that begins first is drawn; the others join its list.
    """
    parts: list[str] = []
    place = 0
    for start, end, links in _spans(answer.links):
        parts.append(escape(answer.question[place:start]))
        best = links[0]
        kind = "value" if best.kind == "cell_value" else "column" if best.column else "table"
        lines = "".join(
            f"<span class='nl-tip-line'><b>{escape(link_name(link))}</b> "
            f"{_KINDS.get(link.kind, escape(link.kind))}, {_weight(link.weight)}</span>"
            for link in links[:MAX_LINKS]
        )
        parts.append(
            f"<span class='nl-link nl-{kind}' tabindex='0'>"
            f"{escape(answer.question[start:end])}"
            f"<span class='nl-tip' role='tooltip'>{lines}</span></span>"
        )
        place = end
    parts.append(escape(answer.question[place:]))
    return f"<p class='nl-words'>{''.join(parts)}</p>"


def heat_map(answer: Answer) -> str:
    """The heat map as an HTML table; "" where nothing was linked."""
    grid = link_grid(answer)
    if not grid.words:
        return ""
    most = max(weight for line in grid.weights for weight in line)
    rows = "".join(
        f"<tr><th scope='row'>{escape(_short(item))}</th>"
        + "".join(_cell(line[i], most) for line in grid.weights)
        + "</tr>"
        for i, item in enumerate(grid.items)
    )
    head = "".join(f"<th scope='col'>{escape(_short(word))}</th>" for word in grid.words)
    return (
        "<div class='nl-scroll' tabindex='0' role='region' aria-label='Links from words to the schema'>"
        "<table class='nl-heat'><caption>Words of the question (across) over what they were linked "
        f"to, with weights from 0 to 1</caption><thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


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


def _cell(weight: float, most: float) -> str:
    """A cell, shaded by its share of the largest weight."""
    if weight <= 0:
        return "<td></td>"
    strength = round(10 + 75 * weight / most)
    return f"<td class='nl-hot' style='--strength:{strength}%'>{_weight(weight)}</td>"


def _weight(weight: float) -> str:
    return f"{weight:.2f}" if weight >= 0.01 else "&lt;0.01"


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "\u2026"
