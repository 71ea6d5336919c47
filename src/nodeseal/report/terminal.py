"""A tour as lines for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from nodeseal.probes.observation import LogLine, Observation
from nodeseal.tour.scene import Performance, Scene, Tour
from nodeseal.verdict.finding import Finding


class Style(StrEnum):
    """How a line looks where colours are to be had."""

    TITLE = "title"
    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    FAINT = "faint"


@dataclass(frozen=True)
class Line:
    """A line of text and its style. Control characters of foreign text are escaped."""

    text: str
    style: Style = Style.PLAIN


LONGEST = 320
"""Characters of a log line that are shown; the whole line is in the JSON file."""


def announced(scene: Scene) -> Iterator[Line]:
    """What is about to happen."""
    yield Line("")
    yield Line(f"Scene {scene.number}. {scene.title}", Style.TITLE)
    yield from (Line(f"  {text}", Style.FAINT) for text in textwrap.wrap(scene.about, 110))


def played(performance: Performance) -> Iterator[Line]:
    """What was seen, and whether it is as it must be."""
    for finding in performance.findings:
        yield from _finding(finding)
    if performance.trouble:
        yield Line(f"  ✗ not decided: {harmless(performance.trouble)}", Style.BAD)
        yield from (Line(f"      {harmless(text)[:LONGEST]}", Style.FAINT) for text in performance.tail)
    verdict = ("good", Style.GOOD) if performance.good else ("BAD", Style.BAD)
    yield Line(f"  Scene {performance.scene.number} is {verdict[0]} ({performance.seconds:.1f} s)", verdict[1])


def summed_up(tour: Tour) -> Iterator[Line]:
    """The last line: how many scenes came out as they must."""
    good = sum(performance.good for performance in tour.performances)
    everything = len(tour.performances)
    style = Style.GOOD if tour.good else Style.BAD
    yield Line("")
    yield Line(f"{good} of {everything} scenes are good, on {tour.engine}, in {tour.seconds:.0f} s", style)


def _finding(finding: Finding) -> Iterator[Line]:
    mark, style = ("✓", Style.GOOD) if finding.good else ("✗", Style.BAD)
    yield Line(f"  {mark} {finding.claim}", style)
    if finding.because:
        yield Line(f"      because {harmless(finding.because)}", Style.BAD)
    yield from (Line(f"      {_shortened(seen)}", Style.FAINT) for seen in finding.evidence)


def _shortened(seen: Observation) -> str:
    text = harmless(str(seen))
    if isinstance(seen, LogLine) and len(text) > LONGEST:
        begin, _, telling = text.rpartition(" … ")
        # the first part tells when and where, the last one why
        text = f"{begin[: LONGEST - len(telling) - 5]} … {telling}" if 0 < len(telling) < LONGEST - 60 else text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def harmless(text: str) -> str:
    """`text` with control characters escaped, so that a log line can't drive a terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
