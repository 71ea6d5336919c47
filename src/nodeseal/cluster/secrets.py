"""The superuser's password: made here, handed over in a file that only its owner can read."""

from __future__ import annotations

import secrets
from pathlib import Path

import bcrypt

from nodeseal.engine.dialect import Secrets
from nodeseal.writing import write_aside


def generate() -> Secrets:
    """A new password of 128 random bits, with its bcrypt hash (cost 12, the engines' own)."""
    return with_hash(secrets.token_urlsafe(16))


def with_hash(password: str) -> Secrets:
    """`password` with its bcrypt hash, written the way OpenSearch's own hash tool does (``$2y$``)."""
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(12))
    return Secrets(password, "$2y$" + hashed.decode().removeprefix("$2b$"))


def hand_over(password: str, file: Path) -> None:
    """Write the password into `file`, 0600 from its first byte."""
    write_aside(file, (password + "\n").encode(), 0o600)


def read(file: Path) -> str:
    """The password that was handed over in `file`."""
    return file.read_text().rstrip("\n")
