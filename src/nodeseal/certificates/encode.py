"""Certificates and keys as the bytes of files."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from nodeseal.errors import Error


def certificate_pem(*certificates: x509.Certificate) -> bytes:
    """The certificates one after the other in PEM (RFC 7468): a chain, or a set of trust anchors."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key as unencrypted PKCS#8 PEM (RFC 5208), the only form that OpenSearch reads."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def pair_from_pem(certificate: bytes, key: bytes) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate and its EC key from PEM. Raises Error if one can't be read or they do not belong together."""
    try:
        read = x509.load_pem_x509_certificate(certificate)
        private = load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as cause:
        raise Error(f"this is not a certificate with its key: {cause}", "Give unencrypted PEM files.") from cause
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise Error("the key is not an elliptic-curve key", "Let nodeseal make the authority.")
    if read.public_key() != private.public_key():
        raise Error("the key does not belong to the certificate", "Look for the pair that was made together.")
    return read, private
