"""The cluster file: cluster.yaml, or certgen's instances.yaml, which it extends.

Text comes in here and nowhere else. It passes four gates, each of which knows the line that it is looking at:
bytes (size, UTF-8), YAML events (no anchors, aliases, tags, merges, second documents, deep nesting, duplicate
keys), shape (pydantic: known keys, right types) and meaning (the rules of the model).

YAML 1.1 and 1.2 disagree on what a bare ``on`` or ``0123`` is, so nothing that either of them takes for something
else than text is accepted where text is needed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
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

from nodeseal.errors import Key, SpecError, UsageError
from nodeseal.spec import rules
from nodeseal.spec.model import ClusterSpec, Instance, Tls, VerificationMode

LARGEST_FILE = 32 * 1024 * 1024
DEEPEST = 20


def load(path: Path) -> ClusterSpec:
    """The cluster that the file at `path` describes.

    Raises UsageError if the file can't be read, and SpecError, with file, line and key, if it says what can't be so.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as cause:
        reason = (cause.strerror if isinstance(cause, OSError) else None) or str(cause)
        raise UsageError(
            f"the cluster file {rules.quoted(str(path))} can't be read: {reason}",
            "Name a readable file, or let `nodeseal init` write one to start from.",
        ) from cause
    return parse(data, str(path))


def parse(text: bytes | str, file: str) -> ClusterSpec:
    """The cluster that `text` describes; `file` is only named in errors.

    Raises SpecError, with file, line (counted from 1) and key, if the text is no cluster file.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        root = _compose(_decoded(data))
        try:
            return _cluster(_shaped(root))
        except SpecError as error:
            raise _placed(error, root) from error.__cause__
    except SpecError as error:
        error.file = rules.quoted(file)[1:-1] if not file.isprintable() else file
        raise


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST_FILE:
        raise SpecError(f"the file is larger than {LARGEST_FILE >> 20} MiB", "Split the cluster into several files.")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as cause:
        utf16 = " It looks like UTF-16." if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        raise SpecError(
            f"the file is not UTF-8: byte 0x{data[cause.start]:02x} at offset {cause.start}",
            f"Save the file as UTF-8.{utf16}",
            line=data.count(b"\n", 0, cause.start) + 1,
        ) from cause


@dataclass(slots=True, eq=False)
class _Node:
    """A value of the document and the line where it begins (for a mapping's value: where its key stands)."""

    value: str | list[_Node] | dict[str, _Node]
    line: int
    bare: bool = False


class _Builder:
    """Builds the tree from events, without recursion; refuses what a cluster file has no use for."""

    def __init__(self) -> None:
        self.root: _Node | None = None
        self.line = 1
        self._open: list[_Node] = []
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
            self._add(_Node(event.value, event.start_mark.line + 1, bare))

    def _start(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        self._check(event)
        if self._at_key():
            _refuse(event, "a list or a mapping as a key", "Write one of the known keys.", self._key())
        if len(self._open) >= DEEPEST:
            _refuse(event, f"nesting deeper than {DEEPEST} levels", "A cluster file needs four.")
        node = _Node({} if isinstance(event, MappingStartEvent) else [], event.start_mark.line + 1)
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
                key=(*self._key(), _harmless(name)),
                line=line,
            )
        self._names[-1] = (name, line)

    def _add(self, node: _Node) -> None:
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
                parts.append(_harmless(name[0]))
            elif node is not self._open[-1]:
                parts.append(_harmless(next(reversed(node.value))))
        return tuple(parts)


def _refuse(event: Event, what: str, advice: str, key: Key = ()) -> NoReturn:
    raise SpecError(f"{what} has no place in a cluster file", advice, key=key, line=event.start_mark.line + 1)


def _compose(text: str) -> _Node:
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


def _reading(text: str) -> str:
    """What YAML 1.1 or 1.2 takes a bare scalar for; an empty text if both take it for text."""
    if text and text[0] in _LETTERS_OF_TEXT:
        return ""
    return next((reading for reading, pattern in _READINGS if pattern.fullmatch(text)), "")


def _plain(node: _Node) -> Any:
    """The node as Python values, where only unmistakable scalars are numbers, truth values and None."""
    value = node.value
    if isinstance(value, dict):
        return {name: _plain(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return _bare(value) if node.bare else value


def _bare(text: str) -> object:
    reading = _reading(text)
    if not reading:
        return text
    if reading == "nothing":
        return None
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _WHOLE.fullmatch(text) else _UNTYPED


def _listed(value: object) -> object:
    """One scalar stands for a list of one; a null and a mapping stay what they are, and are refused."""
    return value if value is None or isinstance(value, (list, dict)) else [value]


_Text = Annotated[str, Field(min_length=1)]
_Texts = Annotated[list[str], BeforeValidator(_listed)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _InstanceShape(_Shape):
    name: str
    filename: _Text = ""
    dns: _Texts = []
    ip: _Texts = []
    cn: _Texts = []
    address: _Text = ""
    http_port: int = 9200
    transport_port: int = 9300


class _TlsShape(_Shape):
    verification_mode: Literal["full", "certificate", "none"] = "full"
    transport: bool = True
    http: bool = True


class _ClusterShape(_Shape):
    instances: list[_InstanceShape]
    cluster: str = "nodeseal"
    engine: str = "auto"
    heap: str = "512m"
    days: int = 397
    founders: _Texts = []
    seeds: _Texts = []
    tls: _TlsShape = _TlsShape()


_KNOWN = {
    0: tuple(_ClusterShape.model_fields),
    1: tuple(_TlsShape.model_fields),
    2: tuple(_InstanceShape.model_fields),
}


def _shaped(root: _Node) -> _ClusterShape:
    if not isinstance(root.value, dict):
        raise SpecError(
            "the file is no mapping", "Begin it with `instances:` and list the nodes below.", line=root.line
        )
    try:
        return _ClusterShape.model_validate(_plain(root))
    except ValidationError as cause:
        found = [(detail["type"], detail["loc"]) for detail in cause.errors(include_url=False, include_input=False)]
        found.sort(key=lambda item: (item[0] != "extra_forbidden", _find(root, item[1]).line))
        kind, key = found[0]
        message, advice = _misshapen(kind, key, _find(root, key))
        raise SpecError(message, advice, key=tuple(map(_harmless, key)), line=_find(root, key).line) from cause


def _misshapen(kind: str, key: Key, node: _Node) -> tuple[str, str]:
    """Message and advice for one of pydantic's error types."""
    known: dict[str, Callable[[Key, _Node], tuple[str, str]]] = {
        "extra_forbidden": _unknown_key,
        "missing": _missing_key,
        "string_type": _no_text,
        "string_too_short": lambda key, _: (f"`{key[-1]}` is empty", "Give a value, or leave the key out."),
        "int_type": _no_number,
        "bool_type": _no_truth,
        "list_type": _no_list,
        "literal_error": _no_choice,
    }
    return known.get(kind, _no_mapping)(key, node)


def _unknown_key(key: Key, _: _Node) -> tuple[str, str]:
    names = _KNOWN[len(key) - 1]
    close = difflib.get_close_matches(str(key[-1])[:64].lower(), names, 1)
    advice = f"Did you mean `{close[0]}`?" if close else f"Known keys here are {', '.join(names)}."
    return f"unknown key {rules.quoted(str(key[-1]))}", advice


def _missing_key(key: Key, _: _Node) -> tuple[str, str]:
    if key == ("instances",):
        return "`instances` is missing", "List the nodes below `instances:`, each with a name."
    return f"`{key[-1]}` is missing", f"Give every instance a `{key[-1]}:`."


def _found(node: _Node) -> str:
    """What stands there instead, in words."""
    if not isinstance(node.value, str):
        return "a mapping" if isinstance(node.value, dict) else "a list"
    reading = _reading(node.value) if node.bare else ""
    if reading == "nothing":
        return "nothing"
    return f"{rules.quoted(node.value)[1:-1]}, {reading}" if reading else f"the text {rules.quoted(node.value)}"


def _no_text(key: Key, node: _Node) -> tuple[str, str]:
    advice = "Write text here."
    if key == ("heap",):
        advice = "Write it with its unit, such as 512m or 2g."
    elif isinstance(node.value, str) and node.value:
        advice = f"Put it in quotes: {rules.quoted(node.value)}"
    return f"`{_last_name(key)}` must be text; YAML reads this as {_found(node)}", advice


def _no_number(key: Key, node: _Node) -> tuple[str, str]:
    advice = "Write decimal digits without quotes and without leading zeros."
    return f"`{key[-1]}` must be a whole number, not {_found(node)}", advice


def _no_truth(key: Key, node: _Node) -> tuple[str, str]:
    return f"`{key[-1]}` must be true or false, not {_found(node)}", "Write true or false, without quotes."


def _no_list(key: Key, node: _Node) -> tuple[str, str]:
    advice = "Write one `- …` line per entry, or leave the key out."
    if key == ("instances",):
        advice = "Begin each node below `instances:` with `- name: …`."
    return f"`{key[-1]}` must be a list, not {_found(node)}", advice


def _no_choice(key: Key, node: _Node) -> tuple[str, str]:
    return f"`{key[-1]}` can't be {_found(node)}", "Write full, certificate or none."


def _no_mapping(key: Key, node: _Node) -> tuple[str, str]:
    name = "an instance" if key[0] == "instances" else f"`{key[-1]}`"
    return f"{name} must be a mapping, not {_found(node)}", "Write its keys below it, such as `name: node-0001`."


def _last_name(key: Key) -> str:
    return next(part for part in reversed(key) if isinstance(part, str))


def _cluster(shape: _ClusterShape) -> ClusterSpec:
    tls = shape.tls
    return ClusterSpec(
        instances=tuple(_instance(position, each) for position, each in enumerate(shape.instances)),
        name=shape.cluster,
        engine=shape.engine,
        tls=Tls(VerificationMode(tls.verification_mode), tls.transport, tls.http),
        heap=_mebibytes(shape.heap),
        days=shape.days,
        founders=tuple(shape.founders),
        seeds=tuple(shape.seeds),
    )


def _instance(position: int, shape: _InstanceShape) -> Instance:
    try:
        return Instance(
            name=shape.name,
            dns=tuple(shape.dns),
            ip=tuple(shape.ip),
            common_names=tuple(shape.cn),
            filename=shape.filename,
            address=shape.address,
            http_port=shape.http_port,
            transport_port=shape.transport_port,
        )
    except SpecError as error:
        error.key = ("instances", position, *error.key)
        raise


def _mebibytes(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})([mMgG])", text)
    if found is None:
        raise SpecError(f"{rules.quoted(text)} is not a heap size", "Write it like 512m or 2g.", key=("heap",))
    return int(found[1]) * (1024 if found[2] in "gG" else 1)


def _placed(error: SpecError, root: _Node) -> SpecError:
    """The same error with its line, and for two that clash with the line of the first one."""
    if error.line is None:
        error.line = _find(root, error.key).line
    match error.key:
        case ("instances", int(second), "name" | "filename" as what):
            first = _first_of_clash(root, second, what)
            if first is not None:
                line = _find(root, ("instances", first, what)).line
                placed = SpecError(f"{error.message} (lines {line} and {error.line})", error.advice)
                placed.key, placed.line = error.key, error.line
                return placed
    return error


def _first_of_clash(root: _Node, second: int, what: str) -> int | None:
    def texts() -> Iterator[str]:
        for position in range(second + 1):
            node = _find(root, ("instances", position, what))
            if not isinstance(node.value, str):
                node = _find(root, ("instances", position, "name"))
            yield node.value if isinstance(node.value, str) else ""

    found = rules.clash(tuple(texts()))
    return found[0] if found and found[1] == second else None


def _find(root: _Node, key: Key) -> _Node:
    """The node at `key`, or the nearest one above it that exists."""
    node = root
    for part in key:
        child = _child(node, part)
        if child is None:
            break
        node = child
    return node


def _child(node: _Node, part: str | int) -> _Node | None:
    if isinstance(node.value, dict) and isinstance(part, str):
        return node.value.get(part)
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


def _harmless(part: str | int) -> str | int:
    """A part of a key as it may be shown."""
    return rules.quoted(part)[1:-1] if isinstance(part, str) else part


def dump(spec: ClusterSpec) -> str:
    """`spec` as a cluster file with everything spelled out, so that parse(dump(spec)) == spec. Raises nothing."""
    heap = f"{spec.heap // 1024}g" if spec.heap % 1024 == 0 else f"{spec.heap}m"
    lines = [
        f"cluster: {_written(spec.name)}",
        f"engine: {_written(spec.engine)}",
        f"heap: {heap}",
        f"days: {spec.days}",
        *_members(spec),
        "tls:",
        f"  verification_mode: {spec.tls.verification_mode.value}",
        f"  transport: {_truth(spec.tls.transport)}",
        f"  http: {_truth(spec.tls.http)}",
        "instances:",
    ]
    for instance in spec.instances:
        lines += _instance_lines(instance)
    return "\n".join(lines) + "\n"


def _members(spec: ClusterSpec) -> Iterator[str]:
    everybody = tuple(instance.name for instance in spec.instances)
    for key, names in (("founders", spec.founders), ("seeds", spec.seeds)):
        if names != everybody:
            yield f"{key}: [{', '.join(map(_written, names))}]"


def _instance_lines(instance: Instance) -> Iterator[str]:
    yield f"  - name: {_written(instance.name)}"
    yield f"    filename: {_written(instance.filename)}"
    for name, texts in (("dns", instance.dns), ("ip", instance.ip), ("cn", instance.common_names)):
        if texts:
            yield f"    {name}: [{', '.join(map(_written, texts))}]"
    if instance.address:
        yield f"    address: {_written(instance.address)}"
    yield f"    http_port: {instance.http_port}"
    yield f"    transport_port: {instance.transport_port}"


def _written(text: str) -> str:
    """`text` bare where no YAML reader can mistake it, else in double quotes."""
    bare = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@-]*", text) and not _reading(text) and text not in _SHORT_TRUTHS
    return text if bare else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_SHORT_TRUTHS = frozenset("yYnN")


def _truth(value: bool) -> str:
    return "true" if value else "false"


def template(engine: str) -> str:
    """A commented cluster file to start from: three nodes on loopback addresses, every key with its default.

    Raises SpecError if `engine` has not the form of an engine.
    """
    rules.check_engine(engine, ("engine",))
    return _TEMPLATE.format(engine=f"engine: {_written(engine)}".ljust(32))


_TEMPLATE = """\
# The cluster that nodeseal builds, checks and rotates. Every key but instances and name may be left out.

cluster: nodeseal                # the cluster's name
{engine} # auto, a name, or name@version such as elasticsearch@8 or opensearch@2.19.4
heap: 512m                       # memory of each server: 128m to 31g
days: 397                        # how long a node's certificate is valid
# founders: [node-0001]          # who elects the first master among them; all nodes unless given
# seeds: [node-0001]             # whom a starting node asks for the cluster; all nodes unless given

tls:
  verification_mode: full        # full checks authority and address, certificate the authority only; or none
  transport: true                # encrypt between the nodes
  http: true                     # encrypt between the nodes and their clients

instances:
  - name: node-0001              # one common name, at most 64 characters; in quotes if YAML could misread it
    filename: node-0001          # name of its files; the instance's name unless given
    ip: [127.18.10.2]            # addresses for its certificate
    dns: [node-0001]             # host names for its certificate
    cn: []                       # further common names for its certificate (otherName), as certgen has them
    address: 127.18.10.2         # where it listens; the first ip, else the first dns, unless given
    http_port: 9200              # for clients
    transport_port: 9300         # for the other nodes

  - name: node-0002
    ip: [127.18.10.3]
    dns: [node-0002]

  - name: node-0003
    ip: [127.18.10.4]
    dns: [node-0003]
"""
