"""What a scene is, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nodeseal.verdict.finding import Finding


@dataclass(frozen=True)
class Scene:
    """One scene of the story: `about` is what is going to happen."""

    number: int
    title: str
    about: str


SCENES = (
    Scene(1, "node-0001 starts", "node-0001 starts alone, elects itself master, and lists one node."),
    Scene(
        2,
        "Who is let in by the HTTP port",
        "curl and a Python client call with and without the authority, over plain http, and with a wrong password.",
    ),
    Scene(3, "node-0002 joins", "node-0002 has a certificate of the same authority. Now two nodes are listed."),
    Scene(
        4,
        "node-0003 stays out",
        "node-0003 has a valid certificate of another authority. It is started, tries for a while, and never joins.",
    ),
    Scene(
        5,
        "The right authority, the wrong host name",
        "node-0004's certificate is for another host. `full` refuses it; a cluster with `certificate` accepts it.",
    ),
    Scene(
        6,
        "The default password",
        "The password that everybody knows does not work; the generated one, from a 0600 file, does.",
    ),
)


@dataclass(frozen=True)
class Performance:
    """A scene that was played. `trouble` is why it could not be played to its end; `seconds` how long it took."""

    scene: Scene
    findings: tuple[Finding, ...]
    seconds: float
    trouble: str = ""
    tail: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """True if it was played to its end, and every finding is good. What can't be decided is not good."""
        return bool(self.findings) and not self.trouble and all(finding.good for finding in self.findings)

    def as_dict(self) -> dict[str, object]:
        """JSON-ready values."""
        return {
            "scene": self.scene.number,
            "title": self.scene.title,
            "about": self.scene.about,
            "good": self.good,
            "seconds": round(self.seconds, 3),
            "trouble": self.trouble,
            "tail": list(self.tail),
            "findings": [finding.as_dict() for finding in self.findings],
        }


@dataclass(frozen=True)
class Start:
    """When a node was started (seconds since the epoch), and when it said that it had (its own log's clock).

    Of a node that never gets into a cluster it is when its transport port was open."""

    node: str
    spawned: float
    started: str


@dataclass(frozen=True)
class Tour:
    """A whole tour: what it ran on, and what came of each scene."""

    engine: str
    java: str
    why: str
    performances: Sequence[Performance]
    starts: Sequence[Start]
    seconds: float

    @property
    def good(self) -> bool:
        """True if scenes were played, and all of them are good."""
        return bool(self.performances) and all(performance.good for performance in self.performances)

    def as_dict(self) -> dict[str, object]:
        """JSON-ready values."""
        return {
            "engine": self.engine,
            "java": self.java,
            "why": self.why,
            "good": self.good,
            "seconds": round(self.seconds, 3),
            "scenes": [performance.as_dict() for performance in self.performances],
            "starts": [vars(start) for start in self.starts],
        }
