"""The vocabulary of evidence: what was really seen. A failed attempt is a value too."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How an attempt to talk HTTP ended."""

    ANSWERED = "answered"
    UNKNOWN_AUTHORITY = "unknown authority"
    WRONG_NAME = "wrong name"
    CUT_OFF = "cut off"
    """The connection was made, and closed without an answer."""
    UNREACHABLE = "unreachable"
    OTHER = "other"
    NOT_TRIED = "not tried"


class Trust(StrEnum):
    """What a client was given to check the server with."""

    OUR_AUTHORITY = "our authority"
    SYSTEM = "the system's authorities"
    PLAINTEXT = "none: plain http"


class Credentials(StrEnum):
    """Which password a client came with."""

    GENERATED = "the generated password"
    WRONG = "a wrong password"
    DEFAULT = "the default password"


@dataclass(frozen=True)
class HttpAttempt:
    """One request to one node. `command` is what was run, without secrets; `said` is the client's own message."""

    client: str
    command: str
    trust: Trust
    credentials: Credentials
    outcome: Outcome
    status: int | None = None
    exit_code: int | None = None
    said: str = ""

    def __str__(self) -> str:
        exit_code = "" if self.exit_code is None else f"exit {self.exit_code}, "
        result = f"HTTP {self.status}" if self.status else f"{self.outcome}: {self.said}".rstrip(": ")
        return f"{self.command} → {exit_code}{result}"


@dataclass(frozen=True)
class NodeList:
    """The node list that one node gave; `names` is sorted. `trouble` says why there was none."""

    asked: str
    names: tuple[str, ...] = ()
    master: str = ""
    trouble: str = ""

    def __str__(self) -> str:
        if self.trouble:
            return f"_cat/nodes at {self.asked}: {self.trouble}"
        rows = ", ".join(f"{name} (master)" if name == self.master else name for name in self.names)
        return f"_cat/nodes at {self.asked}: {rows}"


@dataclass(frozen=True)
class LogLine:
    """A line of a node's own log; `kind` is what the dialect reads in it."""

    node: str
    kind: str
    line: str

    def __str__(self) -> str:
        return f"{self.node}'s log: {self.line}"


@dataclass(frozen=True)
class Watch:
    """The node list was read `looks` times over `seconds`; `seen` are the names that were ever in it, `always` in
    each."""

    asked: str
    looks: int
    seconds: float
    seen: tuple[str, ...]
    always: tuple[str, ...]

    def __str__(self) -> str:
        return f"_cat/nodes at {self.asked}, {self.looks} times in {self.seconds:.1f} s: {', '.join(self.seen)}"


@dataclass(frozen=True)
class Liveness:
    """Whether a node's process was alive, and its last lines if it was not."""

    node: str
    alive: bool
    tail: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.node} is {'running' if self.alive else 'dead'}"


@dataclass(frozen=True)
class FileMode:
    """The permission bits of a file."""

    path: str
    mode: int

    def __str__(self) -> str:
        return f"{self.path} has mode {self.mode:04o}"


Observation = HttpAttempt | NodeList | LogLine | Watch | Liveness | FileMode


def as_dict(observation: Observation) -> dict[str, object]:
    """The observation as JSON-ready values, with its type's name under ``seen``."""
    return {"seen": type(observation).__name__, **asdict(observation)}
