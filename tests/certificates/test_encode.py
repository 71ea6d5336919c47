"""Certificates and keys as files."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from nodeseal.certificates.encode import certificate_pem, key_pem, pair_from_pem
from nodeseal.errors import Error


@pytest.fixture
def pair(authority):
    return certificate_pem(authority.certificate), key_pem(authority.key)


def test_a_key_is_unencrypted_pkcs8(authority):
    pem = key_pem(authority.key)
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert load_pem_private_key(pem, None).private_numbers() == authority.key.private_numbers()


def test_a_second_reader_takes_the_key_for_pkcs8(authority, openssl):
    assert openssl("pkcs8", "-nocrypt", given=key_pem(authority.key)).startswith("-----BEGIN PRIVATE KEY-----")


def test_several_certificates_follow_each_other(authority):
    assert (
        x509.load_pem_x509_certificates(certificate_pem(authority.certificate, authority.certificate))
        == [authority.certificate] * 2
    )


def test_no_certificate_is_no_text():
    assert certificate_pem() == b""


def test_a_pair_comes_back(authority, pair):
    certificate, key = pair_from_pem(*pair)
    assert certificate == authority.certificate
    assert key.private_numbers() == authority.key.private_numbers()


@pytest.mark.parametrize("broken", [b"", b"rubbish", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_broken_file_is_an_error_with_advice(pair, broken):
    for files in ((broken, pair[1]), (pair[0], broken)):
        with pytest.raises(Error, match="not a certificate with its key") as caught:
            pair_from_pem(*files)
        assert caught.value.advice


def test_swapped_files_are_an_error(pair):
    with pytest.raises(Error):
        pair_from_pem(pair[1], pair[0])


def test_an_encrypted_key_is_an_error(authority, pair):
    locked = authority.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    with pytest.raises(Error) as caught:
        pair_from_pem(pair[0], locked)
    assert "unencrypted" in caught.value.advice


def test_a_key_of_another_kind_is_an_error(pair):
    other = ed25519.Ed25519PrivateKey.generate()
    with pytest.raises(Error, match="elliptic-curve"):
        pair_from_pem(pair[0], other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_a_key_that_does_not_belong_is_an_error(pair):
    with pytest.raises(Error, match="does not belong"):
        pair_from_pem(pair[0], key_pem(ec.generate_private_key(ec.SECP256R1())))


def test_no_error_repeats_the_key(pair):
    with pytest.raises(Error) as caught:
        pair_from_pem(b"rubbish", pair[1])
    assert pair[1].splitlines()[1].decode() not in f"{caught.value.message} {caught.value.advice}"
