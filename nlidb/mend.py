"""What rules put right in a query of the model's, by the question's words and by what is stored.

    mended(tree, question, links, stored) -> the query that is meant

Each rule has a file of its own and leaves alone what it does not surely know. The order counts: conditions are put
right before rows are counted, and NULLs are minded once the comparisons are those that are meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from nlidb.among import among
from nlidb.amounts import whole_amount
from nlidb.counts import count_once
from nlidb.either import either
from nlidb.flags import by_number, named_flag
from nlidb.fullnames import full_names, with_names
from nlidb.lapsed import lapsed, last_time
from nlidb.linking import Links
from nlidb.margins import margin
from nlidb.nulls import Stores, mind_nulls, zero_for_none
from nlidb.polarity import put_right
from nlidb.question import Question
from nlidb.schema import Schema
from nlidb.unstored import by_part
from nlidb.values import ValueIndex


@dataclass(frozen=True)
class Stored:
    """What is known of a database when a query for it is judged."""

    schema: Schema
    index: ValueIndex
    stores: Stores
    """Whether a column holds a NULL, a 0, or anything but 0 and 1."""
    today: date


def mended(tree: exp.Query, question: Question, links: Links, stored: Stored) -> exp.Query:
    """The query as it is meant; a copy, or the same tree where no rule has anything to put right."""
    schema, stores = stored.schema, stored.stores
    tree = put_right(question, by_number(either(tree), schema))
    tree = count_once(tree, question, links, schema)
    tree = whole_amount(tree, question, links, schema)
    tree = margin(tree, question, links, schema)
    tree = among(tree, question, links, schema)
    tree = named_flag(tree, question, links, schema, stores)
    tree = lapsed(tree, question, schema, stored.today)
    tree = last_time(tree, question, links, schema)
    tree = zero_for_none(tree, question, schema, stores)
    tree = mind_nulls(tree, schema, stores)
    tree = by_part(tree, schema, stored.index)
    return full_names(with_names(tree, question, links, schema), question, schema)
