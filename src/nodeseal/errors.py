"""Every error that nodeseal raises on purpose.

::

    Error                     what happened, and what to do next
    ├── UsageError            the call was wrong (exit code 2)
    │   └── SpecError         a cluster file was wrong: file, line, key
    ├── MachineError          the machine lacks something (exit code 3)
    │   ├── JavaError         no Java that the engine can use
    │   └── DistributionError no verified engine to run
    └── ClusterError          servers did not do as they should (exit code 3)
        └── NodeError         one node, with the last lines of its own log

Exit codes: 0 good, 1 findings, 2 wrong use, 3 could not be decided.
"""

from __future__ import annotations

Key = tuple[str | int, ...]


class Error(Exception):
    """Something went wrong that a person can mend: `message` says what, `advice` says how."""

    exit_code = 3

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(Error):
    """The call itself was wrong: an option, a missing file, an output in the way."""

    exit_code = 2


class SpecError(UsageError):
    """A cluster file says something that can't be so.

    `key` is the path inside the document (``("instances", 2, "dns", 0)``); the loader adds `file`
    and `line` (counted from 1), which the model itself can't know.
    """

    def __init__(
        self, message: str, advice: str = "", *, key: Key = (), file: str = "", line: int | None = None
    ) -> None:
        super().__init__(message, advice)
        self.key = key
        self.file = file
        self.line = line

    @property
    def where(self) -> str:
        """``cluster.yaml:7: instances[2].dns[0]``, as far as it is known."""
        path = ""
        for part in self.key:
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
        place = self.file + (f":{self.line}" if self.file and self.line is not None else "")
        return ": ".join(part for part in (place, path) if part)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class MachineError(Error):
    """This machine lacks something that the work needs."""


class JavaError(MachineError):
    """No Java here that the engine can use."""


class DistributionError(MachineError):
    """The engine's distribution could not be had, or is not what it should be."""


class ClusterError(Error):
    """Servers did not do what they were asked to."""


class NodeError(ClusterError):
    """One node failed; `tail` holds the last lines that it wrote itself."""

    def __init__(self, message: str, advice: str = "", *, node: str, tail: tuple[str, ...] = ()) -> None:
        super().__init__(message, advice)
        self.node = node
        self.tail = tail
