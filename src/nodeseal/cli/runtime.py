"""From the user's wishes to something that nodes can run on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from nodeseal.cli.screen import Bar
from nodeseal.cluster import account
from nodeseal.cluster.account import Account
from nodeseal.cluster.node import Runtime
from nodeseal.engine.catalogue import Artefact, Entry, Version, java_for, matching
from nodeseal.engine.dialect import Dialect
from nodeseal.engine.lines import dialect_for
from nodeseal.errors import UsageError
from nodeseal.provision import distribution, java
from nodeseal.provision.java import Java


@dataclass(frozen=True)
class Chosen:
    """The runtime, the Java in words, and the sentence that says why these."""

    runtime: Runtime
    java: str
    why: str

    @property
    def label(self) -> str:
        """``elasticsearch@6.8.23``, as users write it."""
        return f"{self.runtime.dialect.engine}@{self.runtime.dialect.version}"


def choose(engine: str, engine_home: Path | None, wished_java: Path | None, run_as: str | None) -> Chosen:
    """The runtime for a wish like ``auto`` or ``elasticsearch@8``; its distribution is fetched if it isn't here.

    Raises UsageError for a wish that can't be met, MachineError where the machine lacks something.
    """
    user = account.choose(run_as, os.environ)
    folder = engine_home.absolute() if engine_home else None
    entries = [_brought(folder)] if folder else list(matching(engine))

    def javas_for(name: str) -> tuple[Java, ...]:
        own = java.find(folder / "jdk", name, os.environ) if folder and _has_java(folder) and not wished_java else ()
        return (*own, *java.find(wished_java, name, os.environ))

    picked, its_java, why = java.choose(entries, javas_for, wished_java is not None)
    unpacked = folder or distribution.obtain(picked, progress=Bar())
    _check_reach(unpacked, user)
    home = its_java.home if user is None or user.can_enter(its_java.home) else java.shared(its_java)
    runtime = Runtime(dialect_for(picked.engine, picked.version), unpacked, home, user)
    return Chosen(runtime, str(its_java), why)


def dialect_of(engine: str) -> Dialect:
    """The dialect for a wish, without anything to run it on: any version that nodeseal speaks, or the catalogue's
    newest.

    Raises UsageError if there is none.
    """
    name, _, version = engine.partition("@")
    if version.count("."):
        return dialect_for(name, Version.parse(version))
    newest = matching(engine)[0]
    return dialect_for(newest.engine, newest.version)


def _brought(folder: Path) -> Entry:
    """A catalogue entry for a distribution of the user's; the Java it needs is that of the nearest one we know."""
    engine, version = distribution.from_home(folder)
    need = java_for(engine, version)
    return Entry(engine, version, Artefact("", engine, str(version), "", 0), need)


def _has_java(folder: Path) -> bool:
    return (folder / "jdk" / "bin" / "java").exists()


def _check_reach(folder: Path, user: Account | None) -> None:
    if user and not user.can_enter(folder):
        raise UsageError(
            f"the user {user.name}, whom the nodes run as, can't enter {folder}",
            "Move it to where everybody may look (/opt, /srv), or name another user with --run-as.",
        )
