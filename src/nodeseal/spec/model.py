"""The cluster that the user asked for, as frozen values that are valid once they exist."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from nodeseal.errors import SpecError
from nodeseal.spec import rules


class Listener(StrEnum):
    """The two doors of every node."""

    TRANSPORT = "transport"
    HTTP = "http"


class VerificationMode(StrEnum):
    """How much of a peer's certificate a node checks on the transport port.

    Elasticsearch names them so (security settings, ``verification_mode``); OpenSearch says the
    same with ``transport.ssl.enforce_hostname_verification``, and has no ``none``.
    """

    FULL = "full"
    CERTIFICATE = "certificate"
    NONE = "none"


@dataclass(frozen=True)
class Instance:
    """One node: its name, the names and addresses that its certificate must carry, and where it listens.

    `address` is what the node binds to and publishes; it is the first `ip`, else the first `dns` without a
    wildcard, unless given.
    `filename` is the name of its files (the instance's name unless given). `common_names` are certgen's
    undocumented ``cn``: further names that go into the certificate as otherName.
    """

    name: str
    dns: tuple[str, ...] = ()
    ip: tuple[str, ...] = ()
    common_names: tuple[str, ...] = ()
    filename: str = ""
    address: str = ""
    http_port: int = 9200
    transport_port: int = 9300

    def __post_init__(self) -> None:
        rules.check_name(self.name, ("name",))
        named_after = "filename" if self.filename else "name"
        if not self.filename:
            object.__setattr__(self, "filename", self.name)
        rules.check_filename(self.filename, (named_after,))
        for position, text in enumerate(self.dns):
            rules.check_dns_name(text, ("dns", position))
        for position, text in enumerate(self.ip):
            rules.check_ip_address(text, ("ip", position))
        for position, text in enumerate(self.common_names):
            rules.check_name(text, ("cn", position))
        if not self.address:
            hosts = (text for text in self.dns if not text.startswith("*"))
            object.__setattr__(self, "address", next(iter((*self.ip, *hosts)), ""))
        else:
            rules.check_address(self.address, ("address",))
        rules.check_port(self.http_port, ("http_port",))
        rules.check_port(self.transport_port, ("transport_port",))
        if self.http_port == self.transport_port:
            raise SpecError(
                f"both listeners have the port {self.http_port}",
                "Give http_port and transport_port different numbers.",
                key=("http_port",),
            )

    def port(self, listener: Listener) -> int:
        """The port of one of the two listeners."""
        return self.http_port if listener is Listener.HTTP else self.transport_port

    @property
    def transport_endpoint(self) -> str:
        """``address:port`` of the transport listener, as peers are told it."""
        return f"{rules.bracketed(self.address)}:{self.transport_port}"

    @property
    def http_endpoint(self) -> str:
        """``address:port`` of the http listener."""
        return f"{rules.bracketed(self.address)}:{self.http_port}"


@dataclass(frozen=True)
class Tls:
    """What is encrypted, and how strictly peers are checked."""

    verification_mode: VerificationMode = VerificationMode.FULL
    transport: bool = True
    http: bool = True


@dataclass(frozen=True)
class ClusterSpec:
    """A whole cluster. `engine` is ``auto`` or ``name[@version]``; `heap` is in MiB; `days` is a leaf's validity.

    `founders` names the nodes that elect the first master among them, `seeds` those that a starting node asks for
    the cluster; both are all nodes unless given.
    """

    instances: tuple[Instance, ...]
    name: str = "nodeseal"
    engine: str = "auto"
    tls: Tls = field(default_factory=Tls)
    heap: int = 512
    days: int = 397
    founders: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        rules.check_name(self.name, ("cluster",))
        rules.check_engine(self.engine, ("engine",))
        if not self.instances:
            raise SpecError("no instances", "List at least one node below `instances:`.", key=("instances",))
        rules.check_distinct([i.name for i in self.instances], "name")
        rules.check_distinct([i.filename for i in self.instances], "filename")
        everybody = tuple(i.name for i in self.instances)
        for key in ("founders", "seeds"):
            named = getattr(self, key) or everybody
            rules.check_known(named, everybody, key)
            object.__setattr__(self, key, named)
        if not 128 <= self.heap <= 31 * 1024:
            raise SpecError(f"a heap of {self.heap} MiB is not usable", "Give 128m to 31g.", key=("heap",))
        if not 1 <= self.days <= 36500:
            raise SpecError(f"{self.days} days is not a usable validity", "Give 1 to 36500 days.", key=("days",))

    def instance(self, name: str) -> Instance:
        """The instance of that name; a KeyError if there is none."""
        for candidate in self.instances:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    @property
    def seed_endpoints(self) -> tuple[str, ...]:
        """``address:port`` of the transport listener of every seed."""
        wanted = frozenset(self.seeds)
        return tuple(i.transport_endpoint for i in self.instances if i.name in wanted)
