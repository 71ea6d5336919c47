"""A node's own log lines as events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nodeseal.engine.dialect import Dialect, EventKind

_RECORD_START = re.compile(r"^\[\d{4}-\d\d-\d\dT")
_OF_CLIENTS = re.compile(r"^\[[^\]]*\]\[[^\]]*\]\[[^\]]*(?:\.h\.|[Hh]ttp)[^\]]*\]")
_CLOCK = re.compile(r"^\[(\d{4}-\d\d-\d\dT[\d:,.]+)")


@dataclass(frozen=True)
class Event:
    """A log record that means something: `line` is its text as the node wrote it, `at` its own time stamp."""

    kind: EventKind
    node: str
    at: str
    line: str


def records(text: str) -> Iterator[str]:
    """The log's records: a line that begins with a time stamp, together with the stack trace below it."""
    record: list[str] = []
    for line in text.splitlines():
        if _RECORD_START.match(line) and record:
            yield "\n".join(record)
            record = []
        record.append(line)
    if record:
        yield "\n".join(record)


def events(node: str, text: str, dialect: Dialect) -> Iterator[Event]:
    """The events in a node's log, in order. Of a stack trace the telling line is joined to the record's first.

    What HTTP loggers write is about clients, and is left out: events are about peers.
    """
    for record in records(text):
        if _OF_CLIENTS.match(record) or not record.strip():
            continue
        found = _telling(record.splitlines(), dialect)
        if found:
            kind, line = found
            clock = _CLOCK.match(record)
            yield Event(kind, node, clock.group(1) if clock else "", line)


def _telling(lines: list[str], dialect: Dialect) -> tuple[EventKind, str] | None:
    # the innermost cause stands last, and says more than the exceptions that wrap it
    for line in (*reversed(lines[1:]), lines[0]):
        kind = dialect.event(line)
        if kind:
            return kind, lines[0] if line is lines[0] else f"{lines[0]} … {line.strip()}"
    return None


def tail(text: str, lines: int = 15) -> tuple[str, ...]:
    """The last lines that say something, without the frames of stack traces."""
    telling: Iterable[str] = (line for line in text.splitlines() if line.strip() and not line.startswith("\t"))
    return tuple(list(telling)[-lines:])
