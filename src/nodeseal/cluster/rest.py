"""One node's REST interface, as an administrator sees it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from nodeseal.errors import ClusterError


@dataclass(frozen=True)
class Member:
    """One row of a node list."""

    name: str
    address: str
    is_master: bool


class Rest:
    """A client of one node. `authority` is the PEM file of the trust anchor; None speaks plain http. Use as a context
    manager."""

    def __init__(self, address: str, authority: Path | None, user: str, password: str, timeout: float = 10.0) -> None:
        self._address = address
        verify: ssl.SSLContext | bool = ssl.create_default_context(cafile=str(authority)) if authority else False
        scheme = "https" if authority else "http"
        self._client = httpx.Client(
            base_url=f"{scheme}://{address}", verify=verify, auth=(user, password), timeout=timeout, trust_env=False
        )

    def __enter__(self) -> Rest:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **parameters: str) -> Any:
        """The JSON answer to a GET. Raises ClusterError, with the status and the cause, if there is none."""
        try:
            answer = self._client.get(path, params={"format": "json", **parameters})
            answer.raise_for_status()
            return answer.json()
        except httpx.HTTPStatusError as cause:
            raise ClusterError(f"{self._address} answered {cause.response.status_code} to {path}") from cause
        except (httpx.HTTPError, ValueError) as cause:
            raise ClusterError(f"{self._address} did not answer {path}: {cause}") from cause

    def put(self, path: str, body: object) -> None:
        """Send a JSON body. Raises ClusterError, with the status and the cause, if it is not accepted."""
        try:
            self._client.put(path, json=body).raise_for_status()
        except httpx.HTTPStatusError as cause:
            raise ClusterError(f"{self._address} answered {cause.response.status_code} to {path}") from cause
        except httpx.HTTPError as cause:
            raise ClusterError(f"{self._address} did not take {path}: {cause}") from cause

    def members(self) -> tuple[Member, ...]:
        """The node list (``_cat/nodes``), by name. Raises ClusterError if there is no answer."""
        rows = self.get("/_cat/nodes", h="name,ip,master")
        return tuple(
            sorted((Member(row["name"], row["ip"], row["master"] == "*") for row in rows), key=lambda m: m.name)
        )

    def health(self) -> str:
        """``green``, ``yellow`` or ``red``. Raises ClusterError if there is no answer."""
        return str(self.get("/_cluster/health")["status"])
