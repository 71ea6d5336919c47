"""certgen's zip: where everything lies, and who may read it."""

from __future__ import annotations

import io
import shutil
import stat
import subprocess
import zipfile

import pytest
from cryptography import x509

from nodeseal.certificates.authority import Authority
from nodeseal.certificates.bundle import Bundle, zipped
from nodeseal.certificates.leaf import Leaf
from nodeseal.spec.model import Instance


@pytest.fixture
def bundle(authority, now):
    nodes = (Instance("n1"), Instance("Bücher", filename="books"))
    return Bundle(authority, {node.filename: Leaf.issue(node, authority, now) for node in nodes})


def test_the_layout_is_certgens(bundle):
    assert [(path, mode) for path, _, mode in bundle.files()] == [
        ("ca/ca.crt", 0o644),
        ("ca/ca.key", 0o600),
        ("n1/n1.crt", 0o644),
        ("n1/n1.key", 0o600),
        ("books/books.crt", 0o644),
        ("books/books.key", 0o600),
    ]


def test_each_key_belongs_to_the_certificate_beside_it(bundle):
    files = {path: content for path, content, _ in bundle.files()}
    for name, leaf in bundle.leaves.items():
        back = Leaf.from_pem(leaf.name, files[f"{name}/{name}.crt"], files[f"{name}/{name}.key"])
        assert back.certificate == leaf.certificate
    assert Authority.from_pem(files["ca/ca.crt"], files["ca/ca.key"]).certificate == bundle.authority.certificate


def test_the_zip_holds_the_files_with_folders_first(bundle):
    with zipfile.ZipFile(io.BytesIO(zipped(bundle.files()))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[:4] == ["ca/", "ca/ca.crt", "ca/ca.key", "n1/"]
        assert {path: archive.read(path) for path, _, _ in bundle.files()} == {
            path: content for path, content, _ in bundle.files()
        }


def test_the_zip_carries_unix_modes(bundle):
    with zipfile.ZipFile(io.BytesIO(zipped(bundle.files()))) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        assert {entry.create_system for entry in archive.infolist()} == {3}
    assert modes["ca/"] == stat.S_IFDIR | 0o700
    assert modes["n1/n1.key"] == stat.S_IFREG | 0o600
    assert modes["n1/n1.crt"] == stat.S_IFREG | 0o644


def test_the_same_files_make_the_same_zip(bundle):
    assert zipped(bundle.files()) == zipped(bundle.files())


def test_no_files_make_an_empty_zip():
    with zipfile.ZipFile(io.BytesIO(zipped(()))) as archive:
        assert archive.namelist() == []


def test_unzip_restores_keys_for_their_owner_only(bundle, tmp_path):
    unzip = shutil.which("unzip")
    if unzip is None:
        pytest.skip("no unzip on PATH")
    (tmp_path / "bundle.zip").write_bytes(zipped(bundle.files()))
    subprocess.run([unzip, "-q", "bundle.zip"], cwd=tmp_path, check=True, umask=0)
    modes = {path: stat.S_IMODE((tmp_path / path).stat().st_mode) for path, _, _ in bundle.files()}
    assert modes == {path: mode for path, _, mode in bundle.files()}
    assert stat.S_IMODE((tmp_path / "n1").stat().st_mode) == 0o700
    assert x509.load_pem_x509_certificate((tmp_path / "n1" / "n1.crt").read_bytes())
