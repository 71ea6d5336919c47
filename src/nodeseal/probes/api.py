"""Requests to a node's HTTP port the way its users make them: by curl, and by a Python client."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import httpx

from nodeseal.probes.observation import Credentials, HttpAttempt, Outcome, Trust

DEADLINE = 15
"""Seconds for one request, connection included."""

_CURL_OUTCOMES = {
    0: Outcome.ANSWERED,
    7: Outcome.UNREACHABLE,
    28: Outcome.UNREACHABLE,
    51: Outcome.WRONG_NAME,
    52: Outcome.CUT_OFF,
    56: Outcome.CUT_OFF,
    60: Outcome.UNKNOWN_AUTHORITY,
}
"""curl's exit codes (curl(1), EXIT CODES): 52 is an empty reply, 56 a failure in receiving, 60 an unknown authority."""


class Door:
    """The HTTP port of a node at ``host:port``, with `authority` as the PEM file of its trust anchor."""

    def __init__(self, address: str, authority: Path, path: str = "/_cat/nodes") -> None:
        self._address = address
        self._authority = authority
        self._path = path

    def _url(self, trust: Trust) -> str:
        return f"{'http' if trust is Trust.PLAINTEXT else 'https'}://{self._address}{self._path}"

    def curl(self, trust: Trust, credentials: Credentials, user: str, password: str) -> HttpAttempt:
        """One request by curl(1). The password goes in through its standard input, never through argv."""
        url = self._url(trust)
        shown = ["curl", *(["--cacert", self._authority.name] if trust is Trust.OUR_AUTHORITY else []), url]
        program = shutil.which("curl")
        if program is None:
            return HttpAttempt(
                "curl", " ".join(shown), trust, credentials, Outcome.NOT_TRIED, said="curl is not on this machine"
            )
        options = [
            "silent",
            "show-error",
            'noproxy = "*"',
            f"max-time = {DEADLINE}",
            'write-out = "%{http_code}"',
            'output = "/dev/null"',
            f'url = "{url}"',
            f'user = "{_quoted(user)}:{_quoted(password)}"',
        ]
        if trust is Trust.OUR_AUTHORITY:
            options.append(f'cacert = "{_quoted(str(self._authority))}"')
        environment = {name: value for name, value in os.environ.items() if name != "CURL_CA_BUNDLE"}
        done = subprocess.run(
            [program, "-q", "--config", "-"],
            input="\n".join(options),
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        outcome = _CURL_OUTCOMES.get(done.returncode, Outcome.OTHER)
        if outcome is Outcome.UNKNOWN_AUTHORITY and "subject name" in done.stderr:
            outcome = Outcome.WRONG_NAME
        said = (done.stderr.strip().splitlines() or [""])[0]
        status = int(done.stdout or 0) or None
        return HttpAttempt("curl", " ".join(shown), trust, credentials, outcome, status, done.returncode, said)

    def python(self, trust: Trust, credentials: Credentials, user: str, password: str) -> HttpAttempt:
        """One request by a Python client (httpx over the interpreter's own TLS, with its default context)."""
        anchors = str(self._authority) if trust is Trust.OUR_AUTHORITY else None
        shown = f"python httpx.get({self._url(trust)!r}{f', cafile={self._authority.name!r}' if anchors else ''})"
        try:
            context = ssl.create_default_context(cafile=anchors)
            with httpx.Client(verify=context, trust_env=False, timeout=DEADLINE) as client:
                status = client.get(self._url(trust), auth=(user, password)).status_code
            return HttpAttempt("python", shown, trust, credentials, Outcome.ANSWERED, status)
        except httpx.HTTPError as error:
            said = " ".join(str(error).split()) or type(error).__name__
            return HttpAttempt("python", shown, trust, credentials, _outcome(error), said=said)

    def attempts(self, trust: Trust, credentials: Credentials, user: str, password: str) -> tuple[HttpAttempt, ...]:
        """The same request by both clients."""
        return self.curl(trust, credentials, user, password), self.python(trust, credentials, user, password)


def _outcome(error: httpx.HTTPError) -> Outcome:
    text = str(error)
    if "Hostname mismatch" in text or "IP address mismatch" in text:
        return Outcome.WRONG_NAME
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return Outcome.UNKNOWN_AUTHORITY
    if isinstance(error, httpx.ConnectError | httpx.TimeoutException):
        return Outcome.UNREACHABLE if "SSL" not in text else Outcome.OTHER
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        return Outcome.CUT_OFF
    return Outcome.OTHER


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
