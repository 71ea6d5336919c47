"""The text of a cluster file as a tree of nodes, each with the line where it begins.

What a cluster file has no use for is refused here: anchors, aliases, tags, merges, second documents, deep nesting,
duplicate keys. YAML 1.1 and 1.2 disagree on what a bare ``on`` or ``0123`` is, so nothing that either of them takes
for something else than text counts as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from nodeseal.errors import Key, SpecError
from nodeseal.spec import rules

DEEPEST = 20


@dataclass(slots=True, eq=False)
class Node:
    """A value of the document and the line where it begins (for a mapping's value: where its key stands)."""

    value: str | list[Node] | dict[str, Node]
    line: int
    bare: bool = False


def compose(text: str) -> Node:
    """The tree of a YAML document. Raises SpecError, with its line, for what is broken, refused or empty."""
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except (YAMLError, RecursionError, ValueError) as cause:
        raise _broken(cause, text, builder.line) from cause
    root = builder.root
    if root is None or (root.bare and root.value == ""):
        raise SpecError("the file is empty", "Let `nodeseal init` write one to start from.", line=1)
    return root


def find(root: Node, key: Key) -> Node:
    """The node at `key`, or the nearest one above it that exists."""
    node = root
    for part in key:
        child = _child(node, part)
        if child is None:
            break
        node = child
    return node


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(node.value, dict) and isinstance(part, str):
        return node.value.get(part)
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


def harmless(part: str | int) -> str | int:
    """A part of a key as it may be shown."""
    return rules.quoted(part)[1:-1] if isinstance(part, str) else part


class _Builder:
    """Builds the tree from events, without recursion; refuses what a cluster file has no use for."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.line = 1
        self._open: list[Node] = []
        self._names: list[tuple[str, int] | None] = []

    def take(self, event: Event) -> None:
        self.line = event.start_mark.line + 1
        if isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._start(event)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._open.pop()
            self._names.pop()
        elif isinstance(event, AliasEvent):
            _refuse(event, "an alias (*)", "Write the value out; aliases can make small files huge.", self._key())
        elif isinstance(event, DocumentStartEvent) and self.root is not None:
            _refuse(event, "a second document (---)", "Keep one document in the file.")

    def _scalar(self, event: ScalarEvent) -> None:
        self._check(event)
        if not event.value.isascii() and any("\ud800" <= character <= "\udfff" for character in event.value):
            _refuse(event, r"half of a character (\ud800 to \udfff)", "Write the whole character.", self._key())
        bare = event.style is None
        if self._at_key():
            self._name(event, bare)
        else:
            self._add(Node(event.value, event.start_mark.line + 1, bare))

    def _start(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        self._check(event)
        if self._at_key():
            _refuse(event, "a list or a mapping as a key", "Write one of the known keys.", self._key())
        if len(self._open) >= DEEPEST:
            _refuse(event, f"nesting deeper than {DEEPEST} levels", "A cluster file needs four.")
        node = Node({} if isinstance(event, MappingStartEvent) else [], event.start_mark.line + 1)
        self._add(node)
        self._open.append(node)
        self._names.append(None)

    def _check(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.anchor is not None:
            _refuse(event, "an anchor (&)", "Write every value out.", self._key())
        if event.tag is not None:
            _refuse(event, "a tag (!)", "Remove the tag; text that YAML could misread goes in quotes.", self._key())

    def _at_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._names[-1] is None

    def _name(self, event: ScalarEvent, bare: bool) -> None:
        name, line = event.value, event.start_mark.line + 1
        if bare and name == "<<":
            _refuse(event, "a merge key (<<)", "Write the keys out.", self._key())
        mapping = self._open[-1].value
        if isinstance(mapping, dict) and name in mapping:
            raise SpecError(
                f"the key {rules.quoted(name)} is given twice, on line {mapping[name].line} and on line {line}",
                "Keep one of the two.",
                key=(*self._key(), harmless(name)),
                line=line,
            )
        self._names[-1] = (name, line)

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent, name = self._open[-1].value, self._names[-1]
        if isinstance(parent, list):
            parent.append(node)
        elif isinstance(parent, dict) and name is not None:
            parent[name[0]] = node
            node.line = name[1]
            self._names[-1] = None

    def _key(self) -> Key:
        """Where the builder stands, for messages."""
        parts: list[str | int] = []
        for node, name in zip(self._open, self._names, strict=True):
            if isinstance(node.value, list):
                parts.append(len(node.value) - (node is not self._open[-1]))
            elif name is not None:
                parts.append(harmless(name[0]))
            elif node is not self._open[-1]:
                parts.append(harmless(next(reversed(node.value))))
        return tuple(parts)


def _refuse(event: Event, what: str, advice: str, key: Key = ()) -> NoReturn:
    raise SpecError(f"{what} has no place in a cluster file", advice, key=key, line=event.start_mark.line + 1)


def _broken(cause: Exception, text: str, line: int) -> SpecError:
    """What ruamel.yaml raised, as ours; `line` is where it was last seen, for the errors that name no place."""
    advice = "Mend the YAML there; indent with spaces, and put text with : # * & ! or @ in quotes."
    if isinstance(cause, ReaderError):
        before = text[: cause.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        problem = f"the character {rules.quoted(chr(cause.character))} is not allowed"
        advice = "Remove the character."
    elif isinstance(cause, MarkedYAMLError) and cause.problem_mark is not None:
        line, column = cause.problem_mark.line + 1, cause.problem_mark.column + 1
        problem = rules.quoted(cause.problem or "can't be read")[1:-1].replace('\\"', '"')
    else:
        return SpecError(f"the YAML is broken at or below line {line}", advice, line=line)
    return SpecError(f"the YAML is broken at line {line}, column {column}: {problem}", advice, line=line)


def plain(node: Node) -> Any:
    """The node as Python values, where only unmistakable scalars are numbers, truth values and None."""
    value = node.value
    if isinstance(value, dict):
        return {name: plain(child) for name, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    return _bare(value) if node.bare else value


class _Untyped:
    """A bare scalar that YAML takes for something that no key of ours has."""


_UNTYPED = _Untyped()
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,11})")
_READINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("nothing", re.compile(r"~|null|Null|NULL|")),
    (
        "a truth value",
        re.compile(r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"),
    ),
    (
        "a number",
        re.compile(
            r"""[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?
            |[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
            |(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)""",
            re.VERBOSE,
        ),
    ),
    (
        "a date",
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}[0-9.:Z \t+-]*)?"),
    ),
    ("a special key", re.compile(r"=|<<")),
)


# No reading begins with one of these; most names do, and there may be very many.
_LETTERS_OF_TEXT = frozenset("abcdeghijklmpqrsuvwxzABCDEGHIJKLMPQRSUVWXZ")


def reading(text: str) -> str:
    """What YAML 1.1 or 1.2 takes a bare scalar for; an empty text if both take it for text."""
    if text and text[0] in _LETTERS_OF_TEXT:
        return ""
    return next((taken_for for taken_for, pattern in _READINGS if pattern.fullmatch(text)), "")


def _bare(text: str) -> object:
    taken_for = reading(text)
    if not taken_for:
        return text
    if taken_for == "nothing":
        return None
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _WHOLE.fullmatch(text) else _UNTYPED
