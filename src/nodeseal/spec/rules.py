"""What a name, an address, a port may be: one small check per kind of value.

Each ``check_…`` returns nothing when the value is good and raises SpecError, carrying the `key` it was
given, when it is not. User text is never put into a message except through `quoted`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from nodeseal.errors import Key, SpecError

NAME_LENGTH = 64
FILENAME_LENGTH = 251
DNS_LENGTH = 253
LABEL_LENGTH = 63

_SHOWN = 80
_ATTRIBUTE = re.compile(r"(?:^|[,;+/])\s*(?:[A-Za-z][A-Za-z0-9-]*|(?:OID\.)?[0-9]+(?:\.[0-9]+)+)\s*=", re.IGNORECASE)
_FILENAME = re.compile(r"[a-zA-Z0-9!@#$%^&{}\[\]()_+\-=,.~'` ]+")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]) *(?:\..*)?", re.IGNORECASE)
_LABEL = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?")
_ENGINE = re.compile(r"auto|[a-z][a-z0-9-]{0,31}(?:@[0-9]{1,9}(?:\.[0-9]{1,9}){0,5}(?:-[A-Za-z0-9.]{1,32})?)?")


def quoted(text: str) -> str:
    r"""`text` in double quotes, fit for any terminal or log.

    Whatever is not printable (control, bidi and format characters, unpaired surrogates) is shown as its escape
    (``\x1b``, ``\u202e``), and a long text is cut. Raises nothing.
    """
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return '"' + "".join(c if c.isprintable() else _escape(c) for c in cut).replace('"', '\\"') + '"'


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _check_text(text: object, what: str, key: Key) -> None:
    """Common to all: it is text, it is there, and every character of it can be seen."""
    if not isinstance(text, str):
        raise SpecError(f"{what} must be text, not {type(text).__name__}", "Give it as text, in quotes.", key=key)
    if not text:
        raise SpecError(f"{what} is empty", "Write it out, or leave the key out.", key=key)
    if text != text.strip():
        raise SpecError(f"{what} {quoted(text)} begins or ends with a blank", "Remove the blanks around it.", key=key)
    if not text.isprintable():
        raise SpecError(
            f"{what} {quoted(text)} holds a control or invisible character, which could disguise it",
            "Remove the character that is shown as an escape.",
            key=key,
        )


def _check_no_variable(text: str, what: str, key: Key) -> None:
    """Engines replace ``${NAME}`` in their settings by a variable of their environment."""
    if "${" in text:
        raise SpecError(f"{what} {quoted(text)} holds ${{, which the engines read as a variable", "Remove it.", key=key)


def check_name(text: str, key: Key) -> None:
    """A name that becomes one common name of a certificate.

    Returns nothing. Raises SpecError if it is not 1 to 64 octets of UTF-8 (X.520, ``ub-common-name``, which verifiers
    count in octets), holds characters that can't be seen or that engines read as a variable, or reads like a
    distinguished name (RFC 4514): certgen would make a real DN of that.
    """
    _check_text(text, "the name", key)
    octets = len(text.encode())
    if octets > NAME_LENGTH:
        counted = f"{octets} characters" if text.isascii() else f"{octets} octets of UTF-8"
        raise SpecError(
            f"the name {quoted(text)} has {counted}; a common name has at most {NAME_LENGTH} (X.520)",
            "Shorten the name; long host names belong under `dns`.",
            key=key,
        )
    _check_no_variable(text, "the name", key)
    if _ATTRIBUTE.search(text):
        raise SpecError(
            f"the name {quoted(text)} reads like a distinguished name, and a name is one common name",
            "Write the common name alone, without `CN=` and without other attributes.",
            key=key,
        )


def check_filename(text: str, key: Key) -> None:
    """The name of an instance's files and folder.

    Returns nothing. Raises SpecError for anything but certgen's alphabet and length (CertificateTool.java: 251 leaves
    room for ``.crt``), for ``.`` and ``..``, for ``ca`` (certgen keeps it for the authority), and for what Windows
    can't store (Microsoft, "Naming Files, Paths, and Namespaces").
    """
    advice = "Give the instance a `filename:` of letters, digits, dots and hyphens, such as node-0001."
    _check_text(text, "the file name", key)
    _check_no_variable(text, "the file name", key)
    reason = _filename_fault(text)
    if reason:
        raise SpecError(f"{quoted(text)} can't be a file name: {reason}", advice, key=key)


def _filename_fault(text: str) -> str:
    odd = next((c for c in text if not _FILENAME.fullmatch(c)), "")
    faults = (
        ("/" in text or "\\" in text, "it holds a slash and could lead out of the folder"),
        (not text.strip("."), "it means a folder"),
        (bool(odd), f"the character {quoted(odd)} is not allowed"),
        (len(text) > FILENAME_LENGTH, f"it has {len(text)} characters, and {FILENAME_LENGTH} are allowed"),
        (text.lower() == "ca", "it is reserved for the authority"),
        (_DEVICE.fullmatch(text) is not None, "it is a device on Windows"),
        (text.endswith("."), "it ends with a dot, which Windows drops"),
    )
    return next((reason for bad, reason in faults if bad), "")


def check_dns_name(text: str, key: Key) -> None:
    """A host name that goes into a certificate as dNSName (RFC 5280, 4.2.1.6).

    Returns nothing. Raises SpecError unless it follows RFC 1035 2.3.4 (253 characters, labels of 63) and RFC 1123 2.1
    (letters, digits, inner hyphens; the last label is no number). A wildcard is one whole left-most label with two
    labels after it (RFC 6125 6.4.3, CA/Browser Forum BR 3.2.2.6). Other scripts must come as A-labels (RFC 5890).
    """
    _check_text(text, "the DNS name", key)
    if _reads_as_ip(text):
        raise SpecError(
            f"{quoted(text)} is an IP address, and clients don't compare those with DNS names",
            "Move it to `ip:`.",
            key=key,
        )
    if not text.isascii():
        raise SpecError(f"{quoted(text)} is not ASCII, which DNS names in certificates are", _a_label(text), key=key)
    for check in (_check_dns_form, _check_wildcard, _check_labels):
        check(text, key)


def _reads_as_ip(text: str) -> bool:
    """True for IP text, and for IP text that its writer spelled wrongly (a prefix, a zone, leading zeros)."""
    bare = text.strip("[]").partition("/")[0].partition("%")[0]
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+){3}", bare):
        return True
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True


def _a_label(text: str) -> str:
    try:
        import idna  # noqa: PLC0415 - only for this advice; it belongs to httpx and is not ours to require

        return f"Write its A-label: {idna.encode(text.rstrip('.'), uts46=True).decode('ascii')}"
    except (ImportError, UnicodeError):
        return "Write its A-label (xn--…)."


def _check_dns_form(text: str, key: Key) -> None:
    if text.endswith("."):
        raise SpecError(
            f"{quoted(text)} ends with a dot, and names in certificates are written without it",
            "Remove the dot at the end.",
            key=key,
        )
    if len(text) > DNS_LENGTH:
        raise SpecError(
            f"the DNS name {quoted(text)} has {len(text)} characters; {DNS_LENGTH} are allowed (RFC 1035)",
            "Shorten the name.",
            key=key,
        )
    if "_" in text:
        raise SpecError(
            f"{quoted(text)} holds an underscore, which host names must not (RFC 1123): some clients refuse it",
            "Write a hyphen instead, and name the host so.",
            key=key,
        )


def _check_wildcard(text: str, key: Key) -> None:
    if "*" not in text:
        return
    first, _, rest = text.partition(".")
    if first != "*" or "*" in rest:
        raise SpecError(
            f"the wildcard in {quoted(text)} is not the whole left-most label",
            "Write it like *.nodes.example.com, or list the names one by one.",
            key=key,
        )
    if rest.count(".") < 1:
        raise SpecError(
            f"the wildcard {quoted(text)} is too wide: two labels must follow it",
            "Write it like *.example.com, or list the names one by one.",
            key=key,
        )


def _check_labels(text: str, key: Key) -> None:
    labels = text.removeprefix("*.").split(".")
    for label in labels:
        reason = _label_fault(label)
        if reason:
            raise SpecError(
                f"{quoted(text)} is no host name: {reason}",
                "Write labels of letters, digits and inner hyphens, with one dot between them.",
                key=key,
            )
    if labels[-1].isdigit():
        raise SpecError(
            f"{quoted(text)} ends in a number, so resolvers may take it for an IP address (RFC 1123)",
            "Let the last label hold a letter, or move an IP address to `ip:`.",
            key=key,
        )


def _label_fault(label: str) -> str:
    if not label:
        return "a label between two dots is empty"
    if len(label) > LABEL_LENGTH:
        return f"a label has {len(label)} characters, and {LABEL_LENGTH} are allowed"
    if label.startswith("-") or label.endswith("-"):
        return f"the label {quoted(label)} begins or ends with a hyphen"
    if not _LABEL.fullmatch(label):
        odd = next(c for c in label if not (c.isalnum() or c == "-"))
        return f"the character {quoted(odd)} is not allowed"
    return ""


def check_ip_address(text: str, key: Key) -> None:
    """The text of one IPv4 or IPv6 address that a node can have (RFC 5280 iPAddress has no prefix and no zone).

    Returns nothing. Raises SpecError for anything that is not text, for a network, a zone (RFC 4007), leading zeros
    (some programs read them as octal), and for unspecified, broadcast and multicast addresses.
    """
    _check_text(text, "the IP address", key)
    if "/" in text:
        raise SpecError(
            f"{quoted(text)} is a network, and a certificate names single addresses",
            "Write the address without the prefix.",
            key=key,
        )
    if "%" in text:
        raise SpecError(
            f"{quoted(text)} has a zone, which means something on one machine only",
            "Write the address without `%…`.",
            key=key,
        )
    address = _address(text, key)
    plain = getattr(address, "ipv4_mapped", None) or address
    if plain.is_unspecified or plain.is_multicast or str(plain) == "255.255.255.255":
        kind = "unspecified" if plain.is_unspecified else "multicast" if plain.is_multicast else "broadcast"
        raise SpecError(
            f"{quoted(text)} is {_article(kind)} {kind} address, which no single node has",
            "Write the address that the other nodes reach this node by.",
            key=key,
        )


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _address(text: str, key: Key) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+){3}", text) and re.search(r"(?:^|\.)0[0-9]", text):
        raise SpecError(
            f"{quoted(text)} has leading zeros, which some programs read as octal",
            "Write each number without leading zeros.",
            key=key,
        )
    advice = "Write it like 192.0.2.7 or 2001:db8::7; host names belong under `dns:`."
    if text.startswith("["):
        advice = "Write the address without the brackets."
    raise SpecError(f"{quoted(text)} is not an IP address", advice, key=key)


def check_address(text: str, key: Key) -> None:
    """Where a node listens: one IP address, or one host name without a wildcard.

    Returns nothing. Raises SpecError as check_ip_address and check_dns_name do.
    """
    _check_text(text, "the address", key)
    if _reads_as_ip(text):
        check_ip_address(text, key)
    elif "*" in text:
        raise SpecError(f"{quoted(text)} is a wildcard, and a node listens on one address", "Name the host.", key=key)
    elif re.search(r":[0-9]+$", text):
        raise SpecError(
            f"the address {quoted(text)} holds a port", "Give ports as `http_port` and `transport_port`.", key=key
        )
    else:
        check_dns_name(text, key)


def check_port(port: int, key: Key) -> None:
    """A TCP port that can be written into a file (RFC 6335, 6; 0 means "any" and can't be told to peers).

    Returns nothing. Raises SpecError unless it is a whole number from 1 to 65535.
    """
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65535:
        shown = str(port) if isinstance(port, int) and abs(port) < 10**12 else "this value"
        raise SpecError(f"{shown} is not a port", "Give a whole number from 1 to 65535.", key=key)


def check_engine(text: str, key: Key) -> None:
    """An engine wish: ``auto``, a name, or ``name@version``; whether it exists is the catalogue's to say.

    Returns nothing. Raises SpecError if it has another form.
    """
    _check_text(text, "the engine", key)
    if not _ENGINE.fullmatch(text):
        raise SpecError(
            f"{quoted(text)} is not an engine",
            "Write auto, a name, or name@version such as opensearch@2.19.4.",
            key=key,
        )


def clash(texts: Sequence[str]) -> tuple[int, int] | None:
    """The positions of the first two `texts` that are the same but for case, or None. Raises nothing."""
    seen: dict[str, int] = {}
    for position, text in enumerate(texts):
        earlier = seen.setdefault(text.casefold(), position)
        if earlier != position:
            return earlier, position
    return None


def check_distinct(texts: Sequence[str], what: str) -> None:
    """No two instances share a `what`, not even but for case: they would share files where disks ignore case.

    Returns nothing. Raises SpecError with the key of the second of the two.
    """
    found = clash(texts)
    if found is None:
        return
    first, second = (texts[position] for position in found)
    words = {"filename": "file name"}.get(what, what)
    if first == second:
        message = f"{quoted(second)} is the {words} of two instances, the {_th(found[0])} and the {_th(found[1])}"
    else:
        message = f"the {words}s {quoted(first)} and {quoted(second)} differ in case only, and collide on some disks"
    raise SpecError(message, f"Give every instance a {words} of its own.", key=("instances", found[1], what))


def _th(position: int) -> str:
    number = position + 1
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"


def bracketed(address: str) -> str:
    """`address` as it stands before a port: IPv6 in brackets (RFC 3986, 3.2.2), the rest as it is. Raises nothing."""
    return f"[{address}]" if ":" in address and not address.startswith("[") else address


def check_known(names: Sequence[str], instances: Sequence[str], key: str) -> None:
    """Every one of `names` is an instance's, and none is there twice: a quorum would count it twice.

    Returns nothing. Raises SpecError, with `key` and the position, for the first that is not.
    """
    known = frozenset(instances)
    seen: set[str] = set()
    for position, name in enumerate(names):
        if name not in known:
            raise SpecError(
                f"there is no instance {quoted(str(name))}",
                "Write the name of one of the instances.",
                key=(key, position),
            )
        if name in seen:
            raise SpecError(f"{quoted(name)} is listed twice", "Keep one of the two.", key=(key, position))
        seen.add(name)
