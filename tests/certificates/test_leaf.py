"""What a node's certificate says, and who accepts it."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from nodeseal.certificates.authority import BACKDATING, Authority
from nodeseal.certificates.encode import certificate_pem, key_pem
from nodeseal.certificates.leaf import Leaf
from nodeseal.errors import Error
from nodeseal.spec.model import Instance

NODE = Instance("n1", ("n1.lan", "*.nodes.lan"), ("127.18.10.2", "::1"), ("n1.cn",))


@pytest.fixture(scope="module")
def leaf(authority, now):
    return Leaf.issue(NODE, authority, now)


def verify(leaf, authority, now, host):
    name = x509.DNSName(host) if host[0].isalpha() else x509.IPAddress(ipaddress.ip_address(host))
    builder = PolicyBuilder().store(Store([authority.certificate])).time(now)
    return builder.build_server_verifier(name).verify(leaf.certificate, [])


def test_its_extensions_and_which_are_critical(leaf):
    criticality = {type(each.value): each.critical for each in leaf.certificate.extensions}
    assert criticality == {
        x509.BasicConstraints: True,
        x509.KeyUsage: True,
        x509.ExtendedKeyUsage: False,
        x509.SubjectKeyIdentifier: False,
        x509.AuthorityKeyIdentifier: False,
        x509.SubjectAlternativeName: False,
    }


def test_it_signs_handshakes_and_nothing_else(leaf):
    usage = leaf.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert not any((usage.key_cert_sign, usage.crl_sign, usage.key_encipherment, usage.key_agreement))
    assert leaf.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


def test_it_is_a_server_and_a_client(leaf):
    usages = leaf.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]


def test_it_points_to_its_authority(leaf, authority):
    identifier = leaf.certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    signer = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert identifier.key_identifier == signer.digest
    leaf.certificate.verify_directly_issued_by(authority.certificate)


def test_its_serial_is_positive_random_and_fits_in_20_octets(leaf, authority, now):
    assert 0 < leaf.certificate.serial_number < 1 << 159
    assert Leaf.issue(NODE, authority, now).certificate.serial_number != leaf.certificate.serial_number


def test_it_lasts_the_days_given(authority, now):
    certificate = Leaf.issue(NODE, authority, now, days=30).certificate
    assert certificate.not_valid_before_utc == now - BACKDATING
    assert certificate.not_valid_after_utc == now + timedelta(days=30)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=9)])
def test_its_dates_stay_inside_the_authoritys(now, later):
    short = Authority.new("logs", now, days=10)
    certificate = Leaf.issue(NODE, short, now + later).certificate
    assert certificate.not_valid_before_utc >= short.certificate.not_valid_before_utc
    assert certificate.not_valid_after_utc == short.certificate.not_valid_after_utc


def test_without_names_there_is_no_empty_extension(authority, now):
    leaf = Leaf.issue(Instance("n1"), authority, now)
    with pytest.raises(x509.ExtensionNotFound):
        leaf.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)


@pytest.mark.parametrize("host", ["n1.lan", "a.nodes.lan", "127.18.10.2", "::1"])
def test_a_strict_client_accepts_it_under_each_of_its_names(leaf, authority, now, host):
    assert verify(leaf, authority, now, host) == [leaf.certificate, authority.certificate]


@pytest.mark.parametrize("host", ["n1", "n2.lan", "a.b.nodes.lan", "nodes.lan", "127.18.10.3", "n1.cn"])
def test_a_strict_client_refuses_it_under_another_name(leaf, authority, now, host):
    with pytest.raises(VerificationError):
        verify(leaf, authority, now, host)


def test_a_strict_client_of_another_authority_refuses_it(leaf, now):
    with pytest.raises(VerificationError):
        verify(leaf, Authority.new("logs", now), now, "n1.lan")


@pytest.mark.parametrize("passed", [-BACKDATING - timedelta(seconds=1), timedelta(days=397, seconds=1)])
def test_a_strict_client_refuses_it_out_of_its_dates(leaf, authority, now, passed):
    with pytest.raises(VerificationError):
        verify(leaf, authority, now + passed, "n1.lan")


def test_openssl_accepts_it_as_server_and_as_client(leaf, authority, openssl, tmp_path, now):
    for name, certificate in (("ca", authority.certificate), ("n1", leaf.certificate)):
        (tmp_path / name).write_bytes(certificate_pem(certificate))
    trust = ("-x509_strict", "-attime", str(int(now.timestamp())), "-CAfile", str(tmp_path / "ca"))
    for purpose in ("sslserver", "sslclient"):
        openssl("verify", *trust, "-purpose", purpose, "-verify_ip", "127.18.10.2", str(tmp_path / "n1"))


def test_it_comes_back_from_its_files(leaf):
    back = Leaf.from_pem("n1", certificate_pem(leaf.certificate), key_pem(leaf.key))
    assert (back.name, back.certificate) == ("n1", leaf.certificate)


def test_a_key_of_another_leaf_is_refused(leaf, authority, now):
    other = Leaf.issue(NODE, authority, now)
    with pytest.raises(Error, match="does not belong"):
        Leaf.from_pem("n1", certificate_pem(leaf.certificate), key_pem(other.key))


def test_it_fits_what_it_was_made_for(leaf, authority, now):
    assert leaf.fits(NODE, authority, now)
    assert Leaf.issue(Instance("n2"), authority, now).fits(Instance("n2"), authority, now)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "n2"},
        {"dns": ("n1.lan",)},
        {"ip": ("127.18.10.2",)},
        {"ip": ("127.18.10.2", "::2")},
        {"common_names": ()},
        {"dns": ("*.nodes.lan", "n1.lan")},
    ],
)
def test_it_does_not_fit_an_instance_of_other_names(leaf, authority, now, changed):
    assert not leaf.fits(replace(NODE, **changed), authority, now)


def test_it_does_not_fit_another_authority(leaf, now):
    assert not leaf.fits(NODE, Authority.new("logs", now), now)


@pytest.mark.parametrize("passed", [-timedelta(days=1), timedelta(days=397)])
def test_it_does_not_fit_out_of_its_dates(leaf, authority, now, passed):
    assert not leaf.fits(NODE, authority, now + passed)
