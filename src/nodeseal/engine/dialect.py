"""What nodeseal must know of an engine line to render, start and understand its nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from nodeseal.engine.catalogue import Version
from nodeseal.spec.model import ClusterSpec, Instance

Value = str | int | bool | Sequence[str]
"""What a setting can hold."""


@dataclass(frozen=True)
class Section:
    """A few settings that belong together, and the sentence above them in the file."""

    title: str
    settings: Mapping[str, Value]


@dataclass(frozen=True)
class CertificatePaths:
    """Where a node finds its certificate, key and trust anchors, relative to its config folder."""

    certificate: str
    key: str
    authorities: str


@dataclass(frozen=True)
class Secrets:
    """What a node has to know and nobody may read: the superuser's password, and its bcrypt hash where that is
    stored."""

    password: str = field(repr=False)
    password_hash: str = field(default="", repr=False)


class EventKind(StrEnum):
    """What a line of a node's own log can mean to us."""

    LISTENING = "listening"
    """Its transport port is open, and it begins to look for the others."""
    STARTED = "started"
    """It answers its users."""
    ELECTED = "elected"
    TRUST_REFUSED = "trust-refused"
    """This node's own check of a peer's certificate failed: the authority is unknown."""
    NAME_REFUSED = "name-refused"
    """This node's own check of a peer's certificate failed: it is for another host name."""
    REFUSED_BY_PEER = "refused-by-peer"
    """The peer told this node that its certificate is not accepted."""
    NO_MASTER = "no-master"


class Dialect(Protocol):
    """One engine line's language. Implementations are frozen values: the same question has the same answer."""

    @property
    def version(self) -> Version:
        """The version whose language this is."""

    @property
    def engine(self) -> str:
        """``elasticsearch`` or ``opensearch``."""

    @property
    def superuser(self) -> str:
        """The user that exists from the start."""

    @property
    def default_password(self) -> str:
        """The password that this engine is known for, and that must not work."""

    def settings(self, spec: ClusterSpec, instance: Instance, certificates: CertificatePaths) -> Sequence[Section]:
        """The node's settings, in the order in which they are written."""

    def jvm_options_path(self) -> str:
        """Where the JVM's options go, relative to the config folder."""

    def secret_files(self, secrets: Secrets) -> Mapping[str, bytes]:
        """Files below the config folder that carry secrets (in whatever form the engine wants)."""

    def keystore_entries(self, secrets: Secrets) -> Mapping[str, str]:
        """Entries for the engine's own keystore; empty where the engine has them in files."""

    def password_path(self) -> str:
        """The REST path that replaces the default password; empty where there never is one."""

    def arguments(self, config: str) -> Sequence[str]:
        """What the launcher must be told besides the environment."""

    def environment(self, config: str, java_home: str, scratch: str, options: str = "") -> Mapping[str, str]:
        """The variables that the launcher reads; `scratch` is for temporary files, `options` are more for the JVM."""

    def event(self, line: str) -> EventKind | None:
        """What a log line means; None if it is of no interest."""
