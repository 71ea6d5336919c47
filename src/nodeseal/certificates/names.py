"""Names in certificates: instances become subject alternative names, and a DN has one spelling."""

from __future__ import annotations

import ipaddress

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from nodeseal.spec.model import Instance

COMMON_NAME_OID = ObjectIdentifier("2.5.4.3")


def common_name(text: str) -> x509.Name:
    """A DN of one common name. The text is data: a comma or an equals sign in it starts nothing new (RFC 4514)."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def spelled(name: x509.Name) -> str:
    """The RFC 4514 spelling, as engines' settings want it (OpenSearch ``nodes_dn``, ``admin_dn``)."""
    return name.rfc4514_string()


def alternative_names(instance: Instance) -> tuple[x509.GeneralName, ...]:
    """The subject alternative names of an instance: dns, then ip, then certgen's ``cn`` as otherName (RFC 5280
    4.2.1.6)."""
    names: list[x509.GeneralName] = [x509.DNSName(text) for text in instance.dns]
    names += [x509.IPAddress(ipaddress.ip_address(text)) for text in instance.ip]
    names += [x509.OtherName(COMMON_NAME_OID, _utf8_string(text)) for text in instance.common_names]
    return tuple(names)


def _utf8_string(text: str) -> bytes:
    """DER of a UTF8String (X.690 8.23); a name is at most 64 octets, so one octet holds its length."""
    content = text.encode()
    return b"\x0c" + bytes([len(content)]) + content
