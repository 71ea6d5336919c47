"""Matching log lines: ordered patterns, the first one that fits decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nodeseal.engine.dialect import EventKind


@dataclass(frozen=True)
class Pattern:
    """A regular expression, searched for anywhere in a line, and what it means; None: nothing, whatever else fits."""

    kind: EventKind | None
    expression: str


def first_match(patterns: Sequence[Pattern], line: str) -> EventKind | None:
    """The meaning of `line` by the first pattern that is found in it; None if none is."""
    for pattern in patterns:
        if _compiled(pattern.expression).search(line):
            return pattern.kind
    return None


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)
