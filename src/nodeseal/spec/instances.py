"""The cluster file: cluster.yaml, or certgen's instances.yaml, which it extends.

Text comes in here and nowhere else. It passes four gates, each of which knows the line that it is looking at:
bytes (size, UTF-8), YAML events (``document``), shape (``shape``: known keys, right types) and meaning (the rules of
the model).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nodeseal.errors import SpecError, UsageError
from nodeseal.spec import rules
from nodeseal.spec.document import Node, compose, find
from nodeseal.spec.model import ClusterSpec, Instance, Tls, VerificationMode
from nodeseal.spec.shape import ClusterShape, InstanceShape, shaped
from nodeseal.spec.written import dump, template

__all__ = ["dump", "load", "parse", "template"]

LARGEST_FILE = 32 * 1024 * 1024


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
        root = compose(_decoded(data))
        try:
            return _cluster(shaped(root))
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


def _cluster(shape: ClusterShape) -> ClusterSpec:
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


def _instance(position: int, shape: InstanceShape) -> Instance:
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


def _placed(error: SpecError, root: Node) -> SpecError:
    """The same error with its line, and for two that clash with the line of the first one."""
    if error.line is None:
        error.line = find(root, error.key).line
    match error.key:
        case ("instances", int(second), "name" | "filename" as what):
            first = _first_of_clash(root, second, what)
            if first is not None:
                line = find(root, ("instances", first, what)).line
                placed = SpecError(f"{error.message} (lines {line} and {error.line})", error.advice)
                placed.key, placed.line = error.key, error.line
                return placed
    return error


def _first_of_clash(root: Node, second: int, what: str) -> int | None:
    def texts() -> Iterator[str]:
        for position in range(second + 1):
            node = find(root, ("instances", position, what))
            if not isinstance(node.value, str):
                node = find(root, ("instances", position, "name"))
            yield node.value if isinstance(node.value, str) else ""

    found = rules.clash(tuple(texts()))
    return found[0] if found and found[1] == second else None
