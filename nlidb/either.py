"""What belongs to both sides of an "or": "yoga mats in 2024 or 2025" are yoga mats of either year.

    either(tree) -> item = 'mat' AND (year = 2024 OR year = 2025) for item = 'mat' AND year = 2024 OR year = 2025

The model writes the second, which is anything of 2025. Of the 1 594 queries with an OR that people wrote for
training three have this form, and all three mean the first.
"""

from __future__ import annotations

from sqlglot import exp


def either(tree: exp.Query) -> exp.Query:
    """The query, where the second part of an OR is on one column alone, and the first on that and on others."""
    if tree.find(exp.Or) is None:
        return tree
    tree = tree.copy()
    for node in list(tree.find_all(exp.Or)):
        if isinstance(node.parent, exp.Or):
            continue
        parts = [part.unnest() for part in node.flatten()]
        columns = _columns(parts[1])
        if len(parts) != 2 or not isinstance(parts[0], exp.And) or len(columns) != 1:
            continue
        if any(_columns(one) != columns for one in _conjuncts(parts[1])):
            continue
        same = [one for one in _conjuncts(parts[0]) if _columns(one) == columns]
        others = [one for one in _conjuncts(parts[0]) if _columns(one) != columns]
        if same and others:
            sides = exp.or_(exp.and_(*same), parts[1].copy())
            node.replace(exp.and_(*others, sides))
    return tree


def _conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    return [
        part.copy()
        for part in (condition.flatten() if isinstance(condition, exp.And) else [condition])
    ]


def _columns(condition: exp.Expr) -> set[str]:
    """The columns of a condition; with a subquery it is on more than one."""
    if condition.find(exp.Select) is not None:
        return {"", condition.sql()}
    return {column.sql().lower() for column in condition.find_all(exp.Column)}
