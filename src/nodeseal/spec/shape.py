"""The shape of a cluster file: which keys there are and what kind of value each takes, and what is said otherwise."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from nodeseal.errors import Key, SpecError
from nodeseal.spec import rules
from nodeseal.spec.document import Node, find, harmless, plain, reading


def _listed(value: object) -> object:
    """One scalar stands for a list of one; a null and a mapping stay what they are, and are refused."""
    return value if value is None or isinstance(value, (list, dict)) else [value]


_Text = Annotated[str, Field(min_length=1)]
_Texts = Annotated[list[str], BeforeValidator(_listed)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class InstanceShape(_Shape):
    """One entry below ``instances``."""

    name: str
    filename: _Text = ""
    dns: _Texts = []
    ip: _Texts = []
    cn: _Texts = []
    address: _Text = ""
    http_port: int = 9200
    transport_port: int = 9300


class TlsShape(_Shape):
    """What stands below ``tls``."""

    verification_mode: Literal["full", "certificate", "none"] = "full"
    transport: bool = True
    http: bool = True


class ClusterShape(_Shape):
    """The whole document."""

    instances: list[InstanceShape]
    cluster: str = "nodeseal"
    engine: str = "auto"
    heap: str = "512m"
    days: int = 397
    founders: _Texts = []
    seeds: _Texts = []
    tls: TlsShape = TlsShape()


KNOWN = {
    0: tuple(ClusterShape.model_fields),
    1: tuple(TlsShape.model_fields),
    2: tuple(InstanceShape.model_fields),
}
"""The keys of each level: of the document, below ``tls``, and of an instance."""


def shaped(root: Node) -> ClusterShape:
    """The document in its shape. Raises SpecError, with line and key, for the first thing that has another one."""
    if not isinstance(root.value, dict):
        raise SpecError(
            "the file is no mapping", "Begin it with `instances:` and list the nodes below.", line=root.line
        )
    try:
        return ClusterShape.model_validate(plain(root))
    except ValidationError as cause:
        found = [(detail["type"], detail["loc"]) for detail in cause.errors(include_url=False, include_input=False)]
        found.sort(key=lambda item: (item[0] != "extra_forbidden", find(root, item[1]).line))
        kind, key = found[0]
        message, advice = _misshapen(kind, key, find(root, key))
        raise SpecError(message, advice, key=tuple(map(harmless, key)), line=find(root, key).line) from cause


def _misshapen(kind: str, key: Key, node: Node) -> tuple[str, str]:
    """Message and advice for one of pydantic's error types."""
    known: dict[str, Callable[[Key, Node], tuple[str, str]]] = {
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


def _unknown_key(key: Key, _: Node) -> tuple[str, str]:
    names = KNOWN[len(key) - 1]
    close = difflib.get_close_matches(str(key[-1])[:64].lower(), names, 1, 0.65)
    advice = f"Did you mean `{close[0]}`?" if close else f"Known keys here are {', '.join(names)}."
    return f"unknown key {rules.quoted(str(key[-1]))}", advice


def _missing_key(key: Key, _: Node) -> tuple[str, str]:
    if key == ("instances",):
        return "`instances` is missing", "List the nodes below `instances:`, each with a name."
    return f"`{key[-1]}` is missing", f"Give every instance a `{key[-1]}:`."


def _found(node: Node) -> str:
    """What stands there instead, in words."""
    if not isinstance(node.value, str):
        return "a mapping" if isinstance(node.value, dict) else "a list"
    taken_for = reading(node.value) if node.bare else ""
    if taken_for == "nothing":
        return "nothing"
    return f"{rules.quoted(node.value)[1:-1]}, {taken_for}" if taken_for else f"the text {rules.quoted(node.value)}"


def _no_text(key: Key, node: Node) -> tuple[str, str]:
    advice = "Write text here."
    if key == ("heap",):
        advice = "Write it with its unit, such as 512m or 2g."
    elif isinstance(node.value, str) and node.value:
        advice = f"Put it in quotes: {rules.quoted(node.value)}"
    return f"`{_last_name(key)}` must be text; YAML reads this as {_found(node)}", advice


def _no_number(key: Key, node: Node) -> tuple[str, str]:
    advice = "Write decimal digits without quotes and without leading zeros."
    return f"`{key[-1]}` must be a whole number, not {_found(node)}", advice


def _no_truth(key: Key, node: Node) -> tuple[str, str]:
    return f"`{key[-1]}` must be true or false, not {_found(node)}", "Write true or false, without quotes."


def _no_list(key: Key, node: Node) -> tuple[str, str]:
    advice = "Write one `- …` line per entry, or leave the key out."
    if key == ("instances",):
        advice = "Begin each node below `instances:` with `- name: …`."
    return f"`{key[-1]}` must be a list, not {_found(node)}", advice


def _no_choice(key: Key, node: Node) -> tuple[str, str]:
    return f"`{key[-1]}` can't be {_found(node)}", "Write full, certificate or none."


def _no_mapping(key: Key, node: Node) -> tuple[str, str]:
    name = "an instance" if key[0] == "instances" else f"`{key[-1]}`"
    return f"{name} must be a mapping, not {_found(node)}", "Write its keys below it, such as `name: node-0001`."


def _last_name(key: Key) -> str:
    return next(part for part in reversed(key) if isinstance(part, str))
