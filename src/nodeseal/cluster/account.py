"""Whose processes the nodes are: the engines refuse to run as root."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nodeseal.errors import UsageError


@dataclass(frozen=True)
class Account:
    """An ordinary user that nodes run as, when nodeseal itself is root."""

    name: str
    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """True if every existing folder down to `folder` lets this account through."""
        real = folder.resolve()
        return all(self._may_search(part) for part in (real, *real.parents) if part.exists())

    def _may_search(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)

    def own(self, folder: Path) -> None:
        """Give this account `folder` and all below it; links are not followed."""
        for parent, folders, files in os.walk(folder):
            for entry in (parent, *(os.path.join(parent, name) for name in (*folders, *files))):  # noqa: PTH118
                os.chown(entry, self.uid, self.gid, follow_symlinks=False)


def choose(wish: str | None, environment: Mapping[str, str]) -> Account | None:
    """The account for the nodes: None (one's own) for ordinary users; for root `wish`, else who called sudo, else
    nobody.

    Raises UsageError if an ordinary user asks for another account, or if the account is unknown or root itself.
    """
    if os.geteuid() != 0:
        if wish:
            raise UsageError(
                "only root can run nodes as another user", "Leave --run-as out, or start nodeseal with sudo."
            )
        return None
    name = wish or environment.get("SUDO_USER", "nobody")
    try:
        entry = pwd.getpwnam(name if name != "root" else "nobody")
    except KeyError as cause:
        raise UsageError(f"there is no user {name!r} on this machine", "Name an existing one with --run-as.") from cause
    if wish == "root" or entry.pw_uid == 0:
        raise UsageError("the engines refuse to run as root", "Name an ordinary user with --run-as.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
