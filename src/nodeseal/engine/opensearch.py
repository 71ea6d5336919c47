"""OpenSearch 1 to 3 with its security plugin.

Settings: the project's "Configuring TLS certificates" and "Security settings" pages. The hostname check
moved from ``plugins.security.ssl.transport`` to ``transport.ssl`` in 2.14; setting both aborts the start.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nodeseal.engine.catalogue import Version
from nodeseal.engine.dialect import CertificatePaths, EventKind, Secrets, Section, Value
from nodeseal.engine.log_lines import Pattern, first_match
from nodeseal.errors import SpecError
from nodeseal.spec import rules
from nodeseal.spec.model import ClusterSpec, Instance, Tls, VerificationMode

_PATTERNS = (
    # an exception that travelled tells of the check of the node that it came from
    Pattern(None, r"NotSerializableExceptionWrapper|not_serializable_exception_wrapper"),
    Pattern(EventKind.LISTENING, r"\[o\.o\.t\.TransportService +\].* publish_address"),
    # the server's own "started" comes seconds before it can check a password
    Pattern(EventKind.STARTED, r"\[o\.o\.s\.c\.ConfigurationRepository\].* Node '.*' initialized"),
    Pattern(EventKind.ELECTED, r"elected-as-(cluster-manager|master)"),
    Pattern(EventKind.NAME_REFUSED, r"No subject alternative (names|DNS name) matching|No name matching .* found"),
    Pattern(EventKind.TRUST_REFUSED, r"unable to find valid certification path|PKIX path (building|validation) failed"),
    Pattern(
        EventKind.REFUSED_BY_PEER,
        r"[Rr]eceived fatal alert: (certificate_unknown|bad_certificate|unknown_ca)",
    ),
    Pattern(EventKind.NO_MASTER, r"cluster-manager not discovered|master not discovered"),
)


@dataclass(frozen=True)
class OpenSearch:
    """The dialect of one OpenSearch version."""

    version: Version
    engine = "opensearch"
    superuser = "admin"
    default_password = "admin"  # noqa: S105 - the very password that must not work

    def settings(self, spec: ClusterSpec, instance: Instance, certificates: CertificatePaths) -> Sequence[Section]:
        return (
            Section("Who this node is", {"cluster.name": spec.name, "node.name": instance.name}),
            Section(
                "Where it listens",
                {
                    "network.host": instance.address,
                    "http.port": instance.http_port,
                    "transport.port": instance.transport_port,
                },
            ),
            Section("Whom it looks for", self._discovery(spec)),
            Section("Encrypted, mutually authenticated traffic", self._tls(spec, certificates)),
            Section(
                "Who may come in: the peers' certificates by name, the users from opensearch-security/",
                {
                    "plugins.security.nodes_dn": [_peer_name(i, peer.name) for i, peer in enumerate(spec.instances)],
                    "plugins.security.allow_default_init_securityindex": True,
                },
            ),
        )

    def _discovery(self, spec: ClusterSpec) -> dict[str, Value]:
        founders = "cluster.initial_master_nodes" if self.version.major < 2 else "cluster.initial_cluster_manager_nodes"
        return {
            "discovery.seed_hosts": list(spec.seed_endpoints),
            founders: list(spec.founders),
        }

    def _tls(self, spec: ClusterSpec, certificates: CertificatePaths) -> dict[str, Value]:
        _check_speakable(spec.tls)
        moved = self.version >= Version((2, 14))
        prefix = "transport.ssl" if moved else "plugins.security.ssl.transport"
        settings: dict[str, Value] = _material("plugins.security.ssl.transport", certificates)
        settings[f"{prefix}.enforce_hostname_verification"] = spec.tls.verification_mode is VerificationMode.FULL
        settings[f"{prefix}.resolve_hostname"] = False
        settings["plugins.security.ssl.http.enabled"] = spec.tls.http
        if spec.tls.http:
            settings |= _material("plugins.security.ssl.http", certificates)
        return settings

    def jvm_options_path(self) -> str:
        return "jvm.options.d/nodeseal.options"

    def secret_files(self, secrets: Secrets) -> Mapping[str, bytes]:
        users = {
            "_meta": {"type": "internalusers", "config_version": 2},
            self.superuser: {
                "hash": secrets.password_hash,
                "reserved": True,
                "backend_roles": ["admin"],
                "description": "The superuser; the other default users are left out on purpose",
            },
        }
        return {"opensearch-security/internal_users.yml": (json.dumps(users, indent=2) + "\n").encode()}

    def keystore_entries(self, secrets: Secrets) -> Mapping[str, str]:
        return {}

    def password_path(self) -> str:
        return ""

    def arguments(self, config: str) -> Sequence[str]:
        return ()

    def environment(self, config: str, java_home: str, scratch: str, options: str = "") -> Mapping[str, str]:
        return {
            "OPENSEARCH_PATH_CONF": config,
            "OPENSEARCH_TMPDIR": scratch,
            "OPENSEARCH_JAVA_OPTS": options,
            "OPENSEARCH_JAVA_HOME": java_home,
            "JAVA_HOME": java_home,
        }

    def event(self, line: str) -> EventKind | None:
        return first_match(_PATTERNS, line)


def _material(prefix: str, certificates: CertificatePaths) -> dict[str, Value]:
    return {
        f"{prefix}.pemcert_filepath": certificates.certificate,
        f"{prefix}.pemkey_filepath": certificates.key,
        f"{prefix}.pemtrustedcas_filepath": certificates.authorities,
    }


def _escaped(name: str) -> str:
    """An attribute value in Java's spelling (``javax.naming.ldap.Rdn.escapeValue``), with which the plugin compares."""
    return "".join("\\" + character if character in '\\,+"<>;=#' else character for character in name)


def _peer_name(position: int, name: str) -> str:
    """The DN of a peer. ``nodes_dn`` takes wildcards and ``/regular expressions/``, which no name may become."""
    if set(name) & set("*?") or name.startswith("/"):
        raise SpecError(
            f"OpenSearch would read the name {rules.quoted(name)} as a pattern for peers",
            "Leave out * and ?, and a / at the beginning.",
            key=("instances", position, "name"),
        )
    return f"CN={_escaped(name)}"


def _check_speakable(tls: Tls) -> None:
    """The plugin always encrypts the transport, and always checks the chain of a peer's certificate."""
    if not tls.transport:
        raise SpecError("OpenSearch can't leave its transport in clear", "Remove it.", key=("tls", "transport"))
    if tls.verification_mode is VerificationMode.NONE:
        raise SpecError("OpenSearch has no `none`", "Write full or certificate.", key=("tls", "verification_mode"))
