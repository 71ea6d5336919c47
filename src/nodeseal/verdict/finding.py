"""A rule applied to observations: good or bad, because of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nodeseal.probes.observation import Observation, as_dict


@dataclass(frozen=True)
class Finding:
    """`claim` is the sentence that should be true; `good` whether it is; `because` what was seen instead, if not."""

    claim: str
    good: bool
    because: str = ""
    evidence: tuple[Observation, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON-ready values."""
        return {
            "claim": self.claim,
            "good": self.good,
            "because": self.because,
            "evidence": [as_dict(observation) for observation in self.evidence],
        }


def judge(claim: str, evidence: Sequence[Observation], objection: str) -> Finding:
    """A finding that is good if there is some evidence and no `objection` to it: what was never seen is not good."""
    if not evidence and not objection:
        objection = "nothing was seen that could show it"
    return Finding(claim, not objection, objection, tuple(evidence))
