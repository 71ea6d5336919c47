"""Names in certificates are data: nothing in them starts anything new."""

from __future__ import annotations

import ipaddress

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from nodeseal.certificates.authority import Authority
from nodeseal.certificates.encode import certificate_pem
from nodeseal.certificates.leaf import Leaf
from nodeseal.certificates.names import COMMON_NAME_OID, alternative_names, common_name, spelled
from nodeseal.errors import SpecError
from nodeseal.spec.model import Instance

ODD = ["a, OU=b", "a=b", "a+b", 'a"b"', "#a", "a;b<c>", "a\\b", "Bücher 7", "日本"]


@pytest.mark.parametrize("text", ODD)
def test_a_name_stays_one_common_name(text):
    (attribute,) = common_name(text)
    assert (attribute.oid, attribute.value) == (COMMON_NAME_OID, text)


@pytest.mark.parametrize("text", ODD)
def test_a_spelled_name_reads_back_as_the_same(text):
    assert x509.Name.from_rfc4514_string(spelled(common_name(text))) == common_name(text)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64))
def test_any_printable_name_reads_back_as_the_same(text):
    assert x509.Name.from_rfc4514_string(spelled(common_name(text))) == common_name(text)


def test_a_second_reader_sees_one_common_name(authority, now, openssl):
    leaf = Leaf.issue(Instance("a, b"), authority, now)
    text = openssl("x509", "-noout", "-subject", "-nameopt", "multiline", given=certificate_pem(leaf.certificate))
    assert text.split("\n")[1:] == ["    commonName                = a, b", ""]


def test_alternative_names_come_as_dns_then_ip_then_other_names():
    assert alternative_names(Instance("n", ("a.lan",), ("10.0.0.1", "::1"), ("c",))) == (
        x509.DNSName("a.lan"),
        x509.IPAddress(ipaddress.ip_address("10.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
        x509.OtherName(COMMON_NAME_OID, b"\x0c\x01c"),
    )


def test_the_instances_own_name_is_no_alternative_name():
    assert alternative_names(Instance("n")) == ()


@pytest.mark.parametrize("text", ["c", "x" * 64, "é" * 32, "a, b"])
def test_a_further_common_name_reads_back(authority, now, text):
    leaf = Leaf.issue(Instance("n", common_names=(text,)), authority, now)
    (name,) = leaf.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert (name.type_id, name.value[2:].decode()) == (COMMON_NAME_OID, text)


def test_a_second_reader_sees_the_further_common_name(authority, now, openssl):
    leaf = Leaf.issue(Instance("n", common_names=("n.cluster",)), authority, now)
    text = openssl("x509", "-noout", "-ext", "subjectAltName", given=certificate_pem(leaf.certificate))
    assert "othername: commonName::n.cluster" in text


@pytest.mark.parametrize("text", ["é" * 33, "日" * 22])
def test_a_name_that_would_be_too_long_in_octets_is_refused_before_it_gets_here(text):
    with pytest.raises(SpecError, match="octets"):
        Instance(text)
    with pytest.raises(SpecError, match="octets"):
        Instance("n", common_names=(text,))


def test_an_authority_cuts_a_long_name_between_characters(now):
    assert len(common_name_of(Authority.new("日" * 21, now).certificate).encode()) <= 64


def common_name_of(certificate):
    (attribute,) = certificate.subject
    return attribute.value
