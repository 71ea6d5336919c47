"""A node's certificate: an instance of the cluster file, signed by an authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from nodeseal.certificates.authority import BACKDATING, Authority
from nodeseal.certificates.encode import pair_from_pem
from nodeseal.certificates.names import alternative_names, common_name
from nodeseal.certificates.usage import key_usage
from nodeseal.spec.model import Instance


@dataclass(frozen=True)
class Leaf:
    """A certificate that signs nothing, with its key; `name` is the instance it was made for."""

    name: str
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def issue(cls, instance: Instance, authority: Authority, now: datetime, days: int = 397) -> Leaf:
        """A leaf for a node, which is a server and a client to its peers; valid for `days`, never longer than
        `authority`.

        Profile: RFC 5280 4.2.1 with serverAuth and clientAuth, because a node opens transport connections as well as
        answering them (Elasticsearch, "Using an external CA for the transport layer"). The serial number has 159
        random bits (4.1.2.2).
        """
        key = ec.generate_private_key(ec.SECP256R1())
        end = min(now + timedelta(days=days), authority.certificate.not_valid_after_utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(common_name(instance.name))
            .serial_number(x509.random_serial_number())
            .public_key(key.public_key())
            .not_valid_before(max(now - BACKDATING, authority.certificate.not_valid_before_utc))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage("digital_signature"), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=False,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        names = alternative_names(instance)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return cls(instance.name, authority.sign(builder), key)

    @classmethod
    def from_pem(cls, name: str, certificate: bytes, key: bytes) -> Leaf:
        """The leaf of two PEM files. Raises Error if they can't be read, or do not belong together."""
        return cls(name, *pair_from_pem(certificate, key))

    def _is_signed_by(self, authority: Authority) -> bool:
        try:
            self.certificate.verify_directly_issued_by(authority.certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def fits(self, instance: Instance, authority: Authority, now: datetime) -> bool:
        """True if it still is what `issue` would make: same name, same alternative names, same authority, in date."""
        try:
            names = tuple(self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
        except x509.ExtensionNotFound:
            names = ()
        return (
            self.certificate.subject == common_name(instance.name)
            and names == alternative_names(instance)
            and self._is_signed_by(authority)
            and self.certificate.not_valid_before_utc <= now < self.certificate.not_valid_after_utc
        )
