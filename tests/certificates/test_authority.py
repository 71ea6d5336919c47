"""What an authority's certificate says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from nodeseal.certificates.authority import BACKDATING, Authority
from nodeseal.certificates.encode import certificate_pem, key_pem
from nodeseal.certificates.leaf import Leaf
from nodeseal.errors import Error
from nodeseal.spec.model import Instance


def test_its_extensions_are_those_of_rfc_5280_for_authorities(authority):
    criticality = {type(each.value): each.critical for each in authority.certificate.extensions}
    assert criticality == {x509.BasicConstraints: True, x509.KeyUsage: True, x509.SubjectKeyIdentifier: False}


def test_it_signs_leaves_and_no_other_authority(authority):
    constraints = authority.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, 0)


def test_its_key_signs_certificates_and_nothing_else(authority):
    usage = authority.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign) == (True, True)
    assert not any((usage.digital_signature, usage.content_commitment, usage.key_encipherment, usage.key_agreement))


def test_it_signed_itself(authority):
    authority.certificate.verify_directly_issued_by(authority.certificate)


def test_its_key_is_p256(authority):
    assert isinstance(authority.key.curve, ec.SECP256R1)
    assert authority.certificate.public_key() == authority.key.public_key()


def test_its_serial_is_positive_and_fits_in_20_octets(authority):
    assert 0 < authority.certificate.serial_number < 1 << 159


def test_it_begins_a_little_earlier_and_lasts_the_days_given(now):
    certificate = Authority.new("logs", now, days=10).certificate
    assert certificate.not_valid_before_utc == now - BACKDATING
    assert certificate.not_valid_after_utc == now + timedelta(days=10)


def test_two_authorities_of_one_name_are_told_apart(now, authority):
    other = Authority.new("logs", now)
    assert other.certificate.subject != authority.certificate.subject
    assert other.certificate.serial_number != authority.certificate.serial_number


@pytest.mark.parametrize("name", ["a, b=c", "x" * 64, "o'neil & sons", "Bücher"])
def test_its_name_stays_one_common_name_of_at_most_64_characters(now, name):
    (attribute,) = Authority.new(name, now).certificate.subject
    assert attribute.oid == x509.NameOID.COMMON_NAME
    assert len(attribute.value) <= 64
    assert attribute.value.startswith(name[:40])


def test_it_comes_back_from_its_files(authority):
    back = Authority.from_pem(certificate_pem(authority.certificate), key_pem(authority.key))
    assert back.certificate == authority.certificate
    assert back.key.private_numbers() == authority.key.private_numbers()


def test_it_signs_on_after_it_came_back(authority, now):
    back = Authority.from_pem(certificate_pem(authority.certificate), key_pem(authority.key))
    Leaf.issue(Instance("n1"), back, now).certificate.verify_directly_issued_by(authority.certificate)


def test_a_key_of_another_authority_is_refused(authority, now):
    other = Authority.new("logs", now)
    with pytest.raises(Error, match="does not belong"):
        Authority.from_pem(certificate_pem(authority.certificate), key_pem(other.key))


def test_a_second_reader_sees_an_authority(authority, openssl):
    text = openssl("x509", "-noout", "-text", given=certificate_pem(authority.certificate))
    assert "CA:TRUE, pathlen:0" in text
    assert "Certificate Sign, CRL Sign" in text
