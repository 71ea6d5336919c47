"""One server as a local process: start, wait until it says that it is ready, stop."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nodeseal.cluster import process
from nodeseal.cluster.account import Account
from nodeseal.cluster.logs import Event, events, tail
from nodeseal.engine.dialect import Dialect, EventKind
from nodeseal.errors import ClusterError, NodeError
from nodeseal.spec.model import Instance

T = TypeVar("T")

LOOK_AGAIN = 0.1
"""Seconds between two looks at a log or a list."""


@dataclass(frozen=True)
class Runtime:
    """What nodes run on: the unpacked `distribution`, the `java` home, the account (None: one's own), and
    `jvm_options` besides those of the config folder.
    """

    dialect: Dialect
    distribution: Path
    java: Path
    account: Account | None = None
    jvm_options: str = ""

    def environment(self, config: Path, scratch: Path) -> dict[str, str]:
        """The variables that the engine's programs read."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            **self.dialect.environment(str(config), str(self.java), str(scratch), self.jvm_options),
        }


class Node:
    """A node whose folder (config, data, logs) is already laid out in `folder`."""

    def __init__(self, instance: Instance, folder: Path, runtime: Runtime) -> None:
        self.instance = instance
        self.folder = folder
        self.runtime = runtime
        self._started: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """The instance's name."""
        return self.instance.name

    @property
    def console(self) -> Path:
        """The file with all that the node wrote to its standard output."""
        return self.folder / "console.log"

    def start(self) -> None:
        """Start the server and return at once. Raises ClusterError if it can't be started."""
        real = self.folder.resolve()
        self._started = process.start(
            [
                str(self.runtime.distribution / "bin" / self.runtime.dialect.engine),
                *self.runtime.dialect.arguments(str(real / "config")),
            ],
            node=self.folder,
            environment={**self.runtime.environment(real / "config", real / "tmp"), "HOME": str(real)},
            console=self.console,
            account=self.runtime.account,
        )

    def is_running(self) -> bool:
        """True if a process of this node is alive, whoever started it."""
        if self._started is not None:
            return self._started.poll() is None
        return bool(process.belonging_to(self.folder))

    def stop(self) -> int:
        """Stop the server and its children, politely first. Returns how many processes there were."""
        count = process.clear(self.folder)
        if self._started is not None:
            self._started.wait()
        return count

    def log(self, since: int = 0) -> str:
        """All that the node wrote since it was laid out, or since byte `since`."""
        try:
            with self.console.open("rb") as file:
                file.seek(since)
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def log_size(self) -> int:
        """How many bytes it has written so far: a mark for "since now"."""
        return self.console.stat().st_size if self.console.exists() else 0

    def events(self, since: int = 0) -> Iterator[Event]:
        """What its log means, from the beginning or from byte `since`."""
        return events(self.name, self.log(since), self.runtime.dialect)

    def saw(self, kind: EventKind, since: int = 0) -> Event | None:
        """The first event of that kind in its log, from byte `since` on; None if there is none yet."""
        return next((event for event in self.events(since) if event.kind is kind), None)

    def wait_started(self, timeout: float = 180.0) -> Event:
        """The event by which the node says that it has started; `timeout` in seconds.

        Raises NodeError with its last lines if it dies before, or does not get there in time.
        """
        return self.wait(lambda: self.saw(EventKind.STARTED), "start", timeout)

    def wait(self, look: Callable[[], T | None], what: str, timeout: float, pause: float = LOOK_AGAIN) -> T:
        """The first value that `look` returns; it may raise ClusterError to say "not yet", for `timeout` seconds.

        `pause` is the time between two looks, in seconds.

        Raises NodeError, with the node's last lines, when the node dies or the time is over.
        """
        deadline = time.monotonic() + timeout
        why = ""
        while True:
            alive = self.is_running()
            try:
                found = look()
                if found is not None:
                    return found
            except ClusterError as error:
                why = f" ({error})"
            if not alive:
                raise self._failure(f"{self.name} died before it could {what}")
            if time.monotonic() > deadline:
                raise self._failure(f"{self.name} did not {what} within {timeout:.0f} s{why}")
            time.sleep(pause)

    def _failure(self, message: str) -> NodeError:
        return NodeError(message, f"Its whole log is {self.console}.", node=self.name, tail=tail(self.log()))
