"""What a key may be used for (RFC 5280 4.2.1.3)."""

from __future__ import annotations

from cryptography import x509

_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def key_usage(*uses: str) -> x509.KeyUsage:
    """A key usage with these bits and no others, named as cryptography names them. Raises ValueError for another
    name."""
    unknown = set(uses) - set(_USES)
    if unknown:
        raise ValueError(f"no such key usage: {', '.join(sorted(unknown))}")
    return x509.KeyUsage(**{use: use in uses for use in _USES})
