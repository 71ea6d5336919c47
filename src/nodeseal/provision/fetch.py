"""One pinned file of the Maven repository, fetched once and believed only after its SHA-256 was checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nodeseal.engine.catalogue import Artefact
from nodeseal.errors import DistributionError
from nodeseal.provision import disk
from nodeseal.provision.progress import Progress

REPOSITORY_VARIABLE = "NODESEAL_REPOSITORY"
_TIMEOUT_SECONDS = 30
_ATTEMPTS = 2


def fetch(artefacts: Sequence[Artefact], progress: Progress) -> list[Path]:
    """The paths of the artefacts' zips in the local repository, each with the pinned size and SHA-256.

    A file that is not what was pinned is deleted and fetched once more. The local repository is M2_REPO, else
    ``~/.m2/repository``; NODESEAL_REPOSITORY names another repository to fetch from. Raises DistributionError,
    naming every file that is still wanted, without a network and on a second mismatch; and when the disk refuses.
    """
    remotes = [_remote(artefact, progress) for artefact in artefacts]
    paths: list[Path] = [remote.cached_path for remote in remotes]
    for remote, path, artefact in zip(remotes, paths, artefacts, strict=True):
        with disk.writing(path.parent, artefact.size, "choose another repository folder with M2_REPO"):
            try:
                _fetch_one(remote, path, artefact)
            except _NotFetchedError as error:
                raise DistributionError(str(error), _by_hand(paths, artefacts)) from error
    return paths


def mismatch(path: Path, artefact: Artefact) -> str:
    """Why the file at `path` is not the pinned one; empty when it is. Raises OSError when it can't be read."""
    if not path.is_file():
        return "it isn't there"
    size = path.stat().st_size
    if size != artefact.size:
        return f"it has {size:,} bytes instead of {artefact.size:,}"
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return "" if sha256 == artefact.sha256 else f"its SHA-256 is {sha256} instead of {artefact.sha256}"


def _remote(artefact: Artefact, progress: Progress) -> Any:
    # jgo brings requests along, which takes a quarter of a second to import.
    from jgo.constants import default_maven_repo  # noqa: PLC0415
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    repository = os.environ.get(REPOSITORY_VARIABLE, "").rstrip("/")
    context = MavenContext(
        PythonResolver(progress_callback=progress.start),
        repo_cache=default_maven_repo().absolute(),
        remote_repos={"chosen": repository} if repository else None,
        timeout=_TIMEOUT_SECONDS,
    )
    return context.project(artefact.group, artefact.name).at_version(artefact.version).artifact(packaging="zip")


class _NotFetchedError(Exception):
    """The file could not be fetched, for the reason that the text gives."""


def _fetch_one(remote: Any, path: Path, artefact: Artefact) -> None:
    if not mismatch(path, artefact):
        return
    from filelock import FileLock  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        why = ""
        for _ in range(_ATTEMPTS):
            _resolve(remote, path)
            why = mismatch(path, artefact)
            if not why:
                return
            path.unlink(missing_ok=True)
        raise _NotFetchedError(f"{path.name} is not the file that was pinned: {why}")


def _resolve(remote: Any, path: Path) -> None:
    """Fetch the file unless it is there. Its own errors name a host, so they go into the cause only."""
    try:
        remote.resolve()
    except Exception as cause:
        path.unlink(missing_ok=True)
        if disk.is_refusal(cause):
            raise
        raise _NotFetchedError(
            f"{path.name} could not be fetched ({type(cause).__name__}); is there a network?"
        ) from cause
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _by_hand(paths: Sequence[Path], artefacts: Sequence[Artefact]) -> str:
    wanted = [
        f"put {path.name} ({artefact.size:,} bytes, SHA-256 {artefact.sha256}; the zip of "
        f"{artefact.group}:{artefact.name}:{artefact.version}) into {path.parent}"
        for path, artefact in zip(paths, artefacts, strict=True)
        if mismatch(path, artefact)
    ]
    return (
        f"By hand: {'; and '.join(wanted)}. Or name a Maven repository that this machine can reach with "
        f"{REPOSITORY_VARIABLE}, or run your own distribution with --engine-home DIR."
    )
