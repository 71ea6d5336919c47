"""certgen's zip layout: ``ca/ca.crt``, ``ca/ca.key``, ``NAME/NAME.crt``, ``NAME/NAME.key``."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nodeseal.certificates.authority import Authority
from nodeseal.certificates.encode import certificate_pem, key_pem
from nodeseal.certificates.leaf import Leaf


@dataclass(frozen=True)
class Bundle:
    """An authority and its leaves; `leaves` maps the name of an instance's files to its leaf."""

    authority: Authority
    leaves: Mapping[str, Leaf]

    def files(self) -> Iterator[tuple[str, bytes, int]]:
        """Relative path, bytes and mode of each file; keys are 0600."""
        yield "ca/ca.crt", certificate_pem(self.authority.certificate), 0o644
        yield "ca/ca.key", key_pem(self.authority.key), 0o600
        for name, leaf in self.leaves.items():
            yield f"{name}/{name}.crt", certificate_pem(leaf.certificate), 0o644
            yield f"{name}/{name}.key", key_pem(leaf.key), 0o600


def zipped(files: Iterable[tuple[str, bytes, int]]) -> bytes:
    """The files as a zip with folders first and Unix modes, so that unzip(1) restores keys as 0600."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        folders: set[str] = set()
        for path, content, mode in files:
            folder = path.rpartition("/")[0] + "/"
            if folder not in folders:
                folders.add(folder)
                archive.writestr(_entry(folder, 0o40700), b"")
            archive.writestr(_entry(path, 0o100000 | mode), content)
    return memory.getvalue()


def _entry(path: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path)
    entry.create_system = 3
    entry.external_attr = mode << 16
    entry.compress_type = zipfile.ZIP_STORED if path.endswith("/") else zipfile.ZIP_DEFLATED
    return entry
