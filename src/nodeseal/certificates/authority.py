"""A certificate authority: a certificate and its key, which can sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from nodeseal.certificates.encode import pair_from_pem
from nodeseal.certificates.names import common_name, spelled
from nodeseal.certificates.usage import key_usage
from nodeseal.errors import Error

BACKDATING = timedelta(minutes=10)
"""How far before now a certificate begins, so that a node whose clock runs late accepts it."""


@dataclass(frozen=True)
class Authority:
    """A self-signed root and its key. Its name is its own, so that two authorities are never taken for each other."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls, name: str, now: datetime, days: int = 3650) -> Authority:
        """A new EC P-256 root called ``name authority SERIAL``, valid for `days` from `now` (timezone-aware).

        Profile: RFC 5280 4.2.1 for conforming authorities: critical key usage and basic constraints, path length 0.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        serial = x509.random_serial_number()
        suffix = f" authority {serial % 0xFFFFFFFF:08x}"
        subject = common_name(name.encode()[: 64 - len(suffix)].decode(errors="ignore") + suffix)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .serial_number(serial)
            .public_key(key.public_key())
            .not_valid_before(now - BACKDATING)
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @classmethod
    def from_pem(cls, certificate: bytes, key: bytes) -> Authority:
        """The authority of two PEM files. Raises Error if they can't be read, do not belong together, or are a
        leaf's."""
        read, private = pair_from_pem(certificate, key)
        try:
            signs = read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except x509.ExtensionNotFound:
            signs = False
        if not signs:
            raise Error(
                f"the certificate of {spelled(read.subject)} is not an authority's", "Give the authority's own."
            )
        return cls(read, private)

    def sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        """`builder` as a certificate of this authority: issuer, authority key identifier and signature are added."""
        identifier = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return (
            builder.issuer_name(self.certificate.subject)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
            .sign(self.key, hashes.SHA256())
        )
