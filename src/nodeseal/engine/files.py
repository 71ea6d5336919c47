"""Everything that goes into one node's config folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography import x509

from nodeseal.certificates.encode import certificate_pem, key_pem
from nodeseal.certificates.leaf import Leaf
from nodeseal.engine.dialect import CertificatePaths, Dialect, Secrets, Section
from nodeseal.spec.model import ClusterSpec, Instance

KEYSTORE_SEED = "keystore-seed"
"""The folder with one file for each entry that the engine's keystore needs, named like the entry."""


@dataclass(frozen=True)
class File:
    """The bytes of a file and its mode; what is secret is 0600."""

    content: bytes = field(repr=False)
    mode: int = 0o644

    def at(self, path: str) -> tuple[str, bytes, int]:
        """The file at a relative path, as ``write_tree`` takes it."""
        return path, self.content, self.mode


NodeFiles = Mapping[str, File]
"""Path relative to the config folder → file."""


def certificate_paths(instance: Instance) -> CertificatePaths:
    """Where an instance's certificate files lie in its config folder."""
    stem = f"certs/{instance.filename}"
    return CertificatePaths(certificate=f"{stem}.crt", key=f"{stem}.key", authorities="certs/ca.crt")


def node_files(
    spec: ClusterSpec,
    instance: Instance,
    leaf: Leaf,
    anchors: Sequence[x509.Certificate],
    dialect: Dialect,
    *,
    secrets: Secrets | None = None,
    extra: Sequence[Section] = (),
) -> NodeFiles:
    """All files of a node. Without `secrets` those that carry a password are left out.

    `extra` is appended to the settings: what depends on where the node runs, such as its data folder.
    """
    paths = certificate_paths(instance)
    sections = (*dialect.settings(spec, instance, paths), *extra)
    files = {
        f"{dialect.engine}.yml": File(settings_text(sections)),
        dialect.jvm_options_path(): File(jvm_options(spec, dialect)),
        paths.certificate: File(certificate_pem(leaf.certificate)),
        paths.key: File(key_pem(leaf.key), 0o600),
        paths.authorities: File(certificate_pem(*anchors)),
    }
    if secrets:
        files |= {path: File(content, 0o600) for path, content in dialect.secret_files(secrets).items()}
        files |= {
            f"{KEYSTORE_SEED}/{name}": File(value.encode(), 0o600)
            for name, value in dialect.keystore_entries(secrets).items()
        }
    return files


def settings_text(sections: Sequence[Section]) -> bytes:
    """The settings as YAML. Values are written as JSON, which YAML 1.2 contains: no name can break out of its
    quotes."""
    blocks = []
    for section in sections:
        lines = [f"# {section.title}"]
        for key, value in section.settings.items():
            plain = value if isinstance(value, str | int | bool) else list(value)
            lines.append(f"{key}: {json.dumps(plain, ensure_ascii=False)}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks).encode()


def jvm_options(spec: ClusterSpec, dialect: Dialect) -> bytes:
    """The JVM's options: the heap, and for lines that read one file only, what the engine can't do without."""
    options = [f"-Xms{spec.heap}m", f"-Xmx{spec.heap}m"]
    if dialect.jvm_options_path() == "jvm.options":
        options += _WHOLE_FILE
    return ("\n".join(options) + "\n").encode()


_WHOLE_FILE = (
    "-XX:+UseG1GC",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "-Djna.nosys=true",
    "-XX:-OmitStackTraceInFastThrow",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j2.formatMsgNoLookups=true",
)
