"""From a catalogue entry to an unpacked, verified distribution that any user can run."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from pathlib import Path

from nodeseal.engine.catalogue import Artefact, Entry, Version
from nodeseal.errors import UsageError
from nodeseal.provision import disk
from nodeseal.provision.fetch import fetch
from nodeseal.provision.progress import Progress, Silent
from nodeseal.provision.unpack import unpack_distribution, unpack_plugin

CACHE_VARIABLE = "NODESEAL_CACHE"
MARKER = ".nodeseal.json"
_SERVER_JAR = re.compile(r"(elasticsearch|opensearch)-(\d+(?:\.\d+)+(?:-[\w.-]+)?)\.jar")


def cache_folder() -> Path:
    """The absolute folder for unpacked engines: NODESEAL_CACHE, else the user's own cache.

    For root it is the machine's cache, since engines refuse to run as root and another user must read it.
    """
    from platformdirs import site_cache_path, user_cache_path  # noqa: PLC0415

    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    return site_cache_path("nodeseal") if os.geteuid() == 0 else user_cache_path("nodeseal")


def is_present(entry: Entry) -> bool:
    """Whether the entry lies unpacked and whole in the cache: the same pins, every file there with its size.

    Takes milliseconds: contents were verified when they were unpacked and are not read again.
    """
    home = _home(entry)
    try:
        marker = json.loads((home / MARKER).read_text("utf-8"))
        return marker["pins"] == _pins(entry) and all(
            _is_file_of(home / name, size) for name, size in marker["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def obtain(entry: Entry, *, progress: Progress | None = None) -> Path:
    """The folder of the entry's distribution with its plugins, fetched and unpacked if it isn't there yet.

    A broken or half-made folder is removed and made again; two runs at once make it once. Everybody may read it and
    run its programs. Raises DistributionError without a network, for a file that is not the pinned one, and when
    the disk is full or refuses.
    """
    home = _home(entry)
    if is_present(entry):
        return home
    from filelock import FileLock  # noqa: PLC0415

    with disk.writing(home.parent, 3 * entry.size, f"choose another cache folder with {CACHE_VARIABLE}"):
        _make_shared(home.parent)
        with FileLock(home.with_name(f".{home.name}.lock")):
            if not is_present(entry):
                _make(entry, home, progress or Silent())
    return home


def from_home(folder: Path) -> tuple[str, Version]:
    """The engine's name and version of a distribution that the user brought, from its server jar's name.

    Raises UsageError if `folder` is no Elasticsearch or OpenSearch distribution.
    """
    advice = "Name the folder that holds bin/ and lib/ of an unpacked Elasticsearch or OpenSearch."
    try:
        names = sorted(path.name for path in (folder / "lib").iterdir())
    except OSError as cause:
        raise UsageError(f"{folder} is no engine's folder: its lib/ can't be read", advice) from cause
    found = [match for match in map(_SERVER_JAR.fullmatch, names) if match]
    if not found:
        raise UsageError(f"{folder} is no engine's folder: lib/ has no elasticsearch-X.jar or opensearch-X.jar", advice)
    if len(found) > 1:
        jars = ", ".join(match[0] for match in found)
        raise UsageError(f"{folder} holds more than one engine: {jars}", "Unpack each into a folder of its own.")
    engine, version = found[0].groups()
    if not shutil.which(folder / "bin" / engine):
        raise UsageError(f"{folder} is no engine's folder: bin/{engine} is missing or can't be run", advice)
    return engine, Version.parse(version)


def _home(entry: Entry) -> Path:
    return cache_folder() / "engines" / f"{entry.engine}-{entry.version}"


def _artefacts(entry: Entry) -> tuple[Artefact, ...]:
    return (entry.distribution, *entry.plugins)


def _pins(entry: Entry) -> list[str]:
    return [artefact.sha256 for artefact in _artefacts(entry)]


def _is_file_of(path: Path, size: int) -> bool:
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and found.st_size == size


def _make_shared(engines: Path) -> None:
    for folder in (engines.parent, engines):
        was_there = folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
        if not was_there:
            folder.chmod(0o755)


def _make(entry: Entry, home: Path, progress: Progress) -> None:
    archive, *plugins = fetch(_artefacts(entry), progress)
    aside = home.with_name(f".{home.name}.new")
    _remove(aside)
    try:
        aside.mkdir()
        aside.chmod(0o755)
        unpack_distribution(archive, aside, progress)
        for plugin in plugins:
            unpack_plugin(plugin, aside, progress)
        _mark(entry, aside)
        _remove(home)
        aside.rename(home)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _mark(entry: Entry, home: Path) -> None:
    files = {str(path.relative_to(home)): path.stat().st_size for path in sorted(home.rglob("*")) if path.is_file()}
    marker = home / MARKER
    marker.write_text(json.dumps({"pins": _pins(entry), "files": files}, indent=1), "utf-8")
    marker.chmod(0o644)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
