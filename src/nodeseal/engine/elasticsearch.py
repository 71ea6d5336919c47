"""Elasticsearch 5 to 9.

5.x reads its config folder from ``path.conf``, has no keystore entry for the first password (6.0 introduced it), and
starts with the default one, which is replaced over REST as soon as the first node answers.

Settings: Elastic's "Security settings" and "Networking" reference pages of each line. Until 6.x one
``xpack.ssl.*`` block served both listeners; 7.0 removed it ("tls-setting-fallback").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nodeseal.engine.catalogue import Version
from nodeseal.engine.dialect import CertificatePaths, EventKind, Secrets, Section, Value
from nodeseal.engine.log_lines import Pattern, first_match
from nodeseal.spec.model import ClusterSpec, Instance

_PATTERNS = (
    # an exception that travelled tells of the check of the node that it came from
    Pattern(None, r"NotSerializableExceptionWrapper|not_serializable_exception_wrapper"),
    Pattern(EventKind.LISTENING, r"\[o\.e\.t\.TransportService +\].* publish_address"),
    Pattern(EventKind.STARTED, r"\[o\.e\.n\.Node +\].*\] started(?: \{|$)"),
    Pattern(EventKind.ELECTED, r"new_master |elected-as-master"),
    Pattern(EventKind.NAME_REFUSED, r"No subject alternative (names|DNS name) matching|No name matching .* found"),
    Pattern(
        EventKind.TRUST_REFUSED,
        r"unable to find valid certification path|PKIX path (building|validation) failed|failed to establish trust",
    ),
    Pattern(
        EventKind.REFUSED_BY_PEER,
        r"client did not trust this server's certificate"
        r"|[Rr]eceived fatal alert: (certificate_unknown|bad_certificate|unknown_ca)",
    ),
    Pattern(EventKind.NO_MASTER, r"not enough master nodes discovered|master not discovered"),
)


@dataclass(frozen=True)
class Elasticsearch:
    """The dialect of one Elasticsearch version."""

    version: Version
    engine = "elasticsearch"
    superuser = "elastic"
    default_password = "changeme"  # noqa: S105 - the very password that must not work

    @property
    def _shares_tls_block(self) -> bool:
        return self.version.major < 7

    def settings(self, spec: ClusterSpec, instance: Instance, certificates: CertificatePaths) -> Sequence[Section]:
        return (
            Section("Who this node is", {"cluster.name": spec.name, "node.name": instance.name}),
            Section("Where it listens", self._network(instance)),
            Section("Whom it looks for", self._discovery(spec)),
            Section("Encrypted, mutually authenticated traffic", self._tls(spec, certificates)),
        )

    def _network(self, instance: Instance) -> dict[str, Value]:
        transport_port = "transport.tcp.port" if self._shares_tls_block else "transport.port"
        return {
            "network.host": instance.address,
            "http.port": instance.http_port,
            transport_port: instance.transport_port,
        }

    def _discovery(self, spec: ClusterSpec) -> dict[str, Value]:
        seeds = list(spec.seed_endpoints)
        if self.version.major < 7:
            quorum = len(spec.founders) // 2 + 1
            return {"discovery.zen.ping.unicast.hosts": seeds, "discovery.zen.minimum_master_nodes": quorum}
        return {"discovery.seed_hosts": seeds, "cluster.initial_master_nodes": list(spec.founders)}

    def _tls(self, spec: ClusterSpec, certificates: CertificatePaths) -> dict[str, Value]:
        settings: dict[str, Value] = {"xpack.security.enabled": True}
        if self._shares_tls_block:
            settings |= _material("xpack.ssl", certificates)
            settings["xpack.ssl.verification_mode"] = spec.tls.verification_mode.value
        for listener, enabled in (("transport", spec.tls.transport), ("http", spec.tls.http)):
            prefix = f"xpack.security.{listener}.ssl"
            settings[f"{prefix}.enabled"] = enabled
            if enabled and not self._shares_tls_block:
                settings |= _material(prefix, certificates)
        if spec.tls.transport and not self._shares_tls_block:
            settings["xpack.security.transport.ssl.verification_mode"] = spec.tls.verification_mode.value
        return settings

    def jvm_options_path(self) -> str:
        return "jvm.options" if self.version.major < 7 else "jvm.options.d/nodeseal.options"

    def secret_files(self, secrets: Secrets) -> Mapping[str, bytes]:
        return {}

    def keystore_entries(self, secrets: Secrets) -> Mapping[str, str]:
        return {} if self.version.major < 6 else {"bootstrap.password": secrets.password}

    def password_path(self) -> str:
        return f"/_xpack/security/user/{self.superuser}/_password" if self.version.major < 6 else ""

    def arguments(self, config: str) -> Sequence[str]:
        return (f"-Epath.conf={config}",) if self.version.major < 6 else ()

    def environment(self, config: str, java_home: str, scratch: str, options: str = "") -> Mapping[str, str]:
        java = {"ES_JAVA_HOME": java_home} if self.version.major >= 7 else {}
        if self.version.major < 6:
            return {"ES_JVM_OPTIONS": f"{config}/jvm.options", "ES_JAVA_OPTS": options, "JAVA_HOME": java_home}
        return {
            "ES_PATH_CONF": config,
            "ES_TMPDIR": scratch,
            "ES_JAVA_OPTS": options,
            "JAVA_HOME": java_home,
            **java,
        }

    def event(self, line: str) -> EventKind | None:
        return first_match(_PATTERNS, line)


def _material(prefix: str, certificates: CertificatePaths) -> dict[str, Value]:
    return {
        f"{prefix}.key": certificates.key,
        f"{prefix}.certificate": certificates.certificate,
        f"{prefix}.certificate_authorities": [certificates.authorities],
    }
