"""How the page looks: one style sheet for light and dark, and small pieces of HTML.

Colours are mixed from the text's own, so that they suit both themes. Every text that goes into HTML
is escaped here or in the library; nothing is loaded from anywhere.
"""

from __future__ import annotations

import re
from html import escape

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g fill="none" stroke="#4a7bdc" '
    'stroke-width="1.6"><ellipse cx="8" cy="3.6" rx="5.6" ry="2.2"/><path d="M2.4 3.6v8.8c0 1.2 '
    '2.5 2.2 5.6 2.2s5.6-1 5.6-2.2V3.6M2.4 8c0 1.2 2.5 2.2 5.6 2.2s5.6-1 5.6-2.2"/></g></svg>'
)
"""Drawn here: a Material icon would be fetched from a font server."""

CSS = """<style>
.block-container { padding-top: 3rem; padding-bottom: 6rem; max-width: 56rem; }
[data-testid="stBottomBlockContainer"] { padding: .5rem 1rem 1.2rem; max-width: 56rem; }
.nl-head h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; padding: 0; font-weight: 650; }
.nl-head p { margin: .25rem 0 0; opacity: .75; font-size: .95rem; }
.nl-asked { font-size: 1.02rem; margin: .2rem 0; overflow-wrap: anywhere; scroll-margin-top: 5rem; }
.nl-headline { font-size: 1.25rem; line-height: 1.4; font-weight: 600; margin: 0;
  overflow-wrap: anywhere; }
.nl-read { opacity: .8; margin: 0; overflow-wrap: anywhere; }
ul.nl-facts { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; padding: 0;
  list-style: none; font-size: .85rem; }
ul.nl-facts li { margin: 0; font-size: .85rem; padding: .1rem .6rem; border-radius: 1rem;
  background: color-mix(in srgb, currentColor 8%, transparent); overflow-wrap: anywhere; }
.nl-facts .nl-high { background: rgba(32, 150, 90, .22); }
.nl-facts .nl-mid { background: rgba(214, 160, 20, .25); }
.nl-facts .nl-low { background: rgba(214, 80, 60, .25); }
.nl-facts .nl-warn { background: rgba(214, 160, 20, .25); border-radius: .5rem; }
/* Read aloud, not seen: what a button is about (see named), where the text beside it says so. */
.stButton button p > span { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
.nl-small { font-size: .85rem; opacity: .75; margin: 0; overflow-wrap: anywhere; }
.nl-progress p { margin: 0 0 .4rem; opacity: .85; font-variant-numeric: tabular-nums; height: 1.5rem;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.nl-progress ol { display: flex; gap: .25rem; margin: 0; padding: 0; list-style: none; }
.nl-progress li { flex: 1 1 0; margin: 0; padding: .3rem 0 0; border-top: .25rem solid
  color-mix(in srgb, currentColor 15%, transparent); font-size: .75rem; opacity: .6;
  overflow: hidden; }
.nl-progress .nl-done { border-color: rgba(32, 150, 90, .8); }
.nl-progress .nl-now { border-color: rgb(74, 123, 220); opacity: 1; }
.nl-option { margin: 0; overflow-wrap: anywhere; }
.nl-option small { opacity: .7; }
.nl-words { font-size: 1.1rem; line-height: 2.1; margin: 0; overflow-wrap: anywhere;
  position: relative; }
.nl-link, .nl-word { anchor-name: --word; anchor-scope: --word; }
.nl-link { padding: .15rem .3rem; border-radius: .35rem; cursor: help; }
.nl-table { --tone: 60, 110, 230; } .nl-column { --tone: 20, 150, 110; }
.nl-value { --tone: 220, 130, 20; }
.nl-link, .nl-key { background: rgba(var(--tone), .28);
  border-bottom: 3px solid rgba(var(--tone), .9); }
.nl-word { cursor: help; }
.nl-word:hover, .nl-word:focus { text-decoration: underline dotted; }
.nl-key { padding: .05rem .4rem; border-radius: .35rem; font-size: .8rem; }
/* Below its word, further left where it would be cut off; below the whole text in browsers without anchors. */
.nl-tip { display: none; position: absolute; position-anchor: --word; z-index: 50; width: max-content;
  max-width: min(20rem, 100%); top: 100%; top: anchor(bottom); left: 0;
  left: max(0px, min(anchor(left), 100% - 20rem)); padding: .4rem .6rem; border-radius: .5rem;
  font-size: .8rem; line-height: 1.5; background: #1f2430; color: #f4f5f8;
  box-shadow: 0 2px 10px rgba(0, 0, 0, .3); }
.nl-tip-line { display: block; }
.nl-link:hover .nl-tip, .nl-link:focus .nl-tip, .nl-word:hover .nl-tip, .nl-word:focus .nl-tip {
  display: block; }
.nl-link:focus-visible, .nl-word:focus-visible { outline: 2px solid currentColor; }
.nl-scroll { overflow-x: auto; max-width: 100%; }
.nl-heat { border-collapse: separate; border-spacing: 2px; font-size: .8rem; }
.nl-heat caption { caption-side: bottom; text-align: left; opacity: .7; padding-top: .3rem; }
.nl-heat th { font-weight: 500; text-align: left; padding: .15rem .5rem .15rem 0;
  white-space: nowrap; border: 0; }
.nl-heat thead th { padding: .15rem .3rem; text-align: center; }
.nl-heat td { min-width: 3rem; height: 1.7rem; text-align: center; border: 0; border-radius: .25rem;
  background: color-mix(in srgb, currentColor 4%, transparent); }
.nl-heat thead td { background: none; }
.nl-heat td.nl-hot { background: color-mix(in srgb, rgb(20, 150, 110) var(--strength),
  color-mix(in srgb, currentColor 6%, transparent)); }
.nl-section { font-size: 1.1rem; font-weight: 600; margin: .6rem 0 0; }
.nl-card b { font-size: 1.05rem; } .nl-card p { margin: .2rem 0 0; opacity: .8; font-size: .9rem; }
ul.nl-columns { list-style: none; margin: 0; padding: 0; }
ul.nl-columns li { margin: 0; font-size: .85rem; padding: .1rem 0; overflow-wrap: anywhere; }
.nl-columns small { opacity: .65; }
[class*="st-key-sql-"] textarea { font-family: monospace; font-size: .9rem; }
@media (max-width: 640px) {
  .block-container { padding-left: .8rem; padding-right: .8rem; padding-top: 4rem; }
  .nl-head p { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
    overflow: hidden; }
  .nl-headline { font-size: 1.1rem; } .nl-head h1 { font-size: 1.3rem; }
}
</style>"""


def head(title: str, text: str) -> str:
    """The page's head: what is connected, in a line."""
    return f"<div class='nl-head'><h1>{escape(title)}</h1><p>{escape(text)}</p></div>"


def paragraph(text: str, kind: str) -> str:
    """A text in one of the page's own styles."""
    return f"<p class='nl-{kind}'>{escape(text)}</p>"


def facts(items: list[tuple[str, str]]) -> str:
    """Chips: (text, style), the style "" or "high", "mid", "low", "warn"."""
    chips = "".join(
        f"<li class='nl-{kind}'>{escape(text)}</li>" if kind else f"<li>{escape(text)}</li>"
        for text, kind in items
    )
    return f"<ul class='nl-facts'>{chips}</ul>"


def progress(text: str, stages: list[str], place: int) -> str:
    """A line of text over the stages, those before ``place`` filled; a screen reader hears the text."""
    marks = "".join(
        f"<li class='{'nl-now' if i == place else 'nl-done' if i < place else ''}'>{escape(name)}</li>"
        for i, name in enumerate(stages)
    )
    return (
        f"<div class='nl-progress'><p role='status'>{escape(text)}</p>"
        f"<ol aria-hidden='true'>{marks}</ol></div>"
    )


def tall(*keys: str) -> str:
    """A style sheet: the containers fill the window, so that their beginning can be scrolled to the top."""
    names = ", ".join(f".st-key-{key}" for key in keys)
    return f"<style>{names} {{ min-height: calc(100dvh - 15rem); }}</style>"


def named(verb: str, what: str) -> str:
    """A button's label: the verb is seen, a screen reader says of what as well."""
    return f"{verb} :small[{label(what)}]"


def label(text: str, length: int = 200) -> str:
    """Text for a button or a title, where Streamlit reads Markdown: nothing of it is markup."""
    text = " ".join(text.split())
    text = text if len(text) <= length else text[: length - 1] + "\u2026"
    return re.sub(r"([\\`*_{}\[\]()#+!|~<>$:&^-])", r"\\\1", text)
