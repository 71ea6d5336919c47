"""What each node of a cluster shows, and whom it trusts: kept in the cluster's home, made once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from nodeseal.certificates.authority import Authority
from nodeseal.certificates.bundle import Bundle
from nodeseal.certificates.leaf import Leaf
from nodeseal.errors import Error
from nodeseal.spec.model import ClusterSpec
from nodeseal.writing import make_folder, write_tree


@dataclass(frozen=True)
class Identity:
    """What a node shows and whom it trusts."""

    leaf: Leaf
    anchors: tuple[x509.Certificate, ...]


def issue(spec: ClusterSpec, now: datetime, authority: Authority | None = None) -> Bundle:
    """A bundle with a leaf for every instance, of `authority` or of a new one."""
    authority = authority or Authority.new(spec.name, now)
    leaves = {i.filename: Leaf.issue(i, authority, now, spec.days) for i in spec.instances}
    return Bundle(authority, leaves)


def keep(folder: Path, bundle: Bundle) -> None:
    """Write a bundle into `folder` (0700) in certgen's layout. Raises MachineError."""
    make_folder(folder, 0o700)
    write_tree(folder, bundle.files())


def open_or_issue(folder: Path, spec: ClusterSpec, now: datetime) -> Bundle:
    """The bundle that is kept in `folder`, with leaves issued for instances that have none that fits any more.

    A new authority is made only where there is none. Raises Error if what is kept can't be read.
    """
    certificate, key = folder / "ca" / "ca.crt", folder / "ca" / "ca.key"
    if not certificate.exists() and not key.exists():
        bundle = issue(spec, now)
    else:
        try:
            authority = Authority.from_pem(certificate.read_bytes(), key.read_bytes())
        except (OSError, Error) as cause:
            raise Error(
                f"the authority in {folder} can't be used: {cause}", "Put its two files back, or move the folder away."
            ) from cause
        bundle = _completed(folder, spec, now, authority)
    keep(folder, bundle)
    return bundle


def _completed(folder: Path, spec: ClusterSpec, now: datetime, authority: Authority) -> Bundle:
    leaves = {}
    for instance in spec.instances:
        stem = folder / instance.filename / instance.filename
        kept = _kept_leaf(instance.name, stem)
        fits = kept is not None and kept.fits(instance, authority, now)
        leaves[instance.filename] = kept if kept and fits else Leaf.issue(instance, authority, now, spec.days)
    return Bundle(authority, leaves)


def _kept_leaf(name: str, stem: Path) -> Leaf | None:
    try:
        return Leaf.from_pem(
            name, stem.with_name(f"{stem.name}.crt").read_bytes(), stem.with_name(f"{stem.name}.key").read_bytes()
        )
    except (OSError, Error):
        return None
