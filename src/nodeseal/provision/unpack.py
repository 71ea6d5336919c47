"""Zips to folders: plain files and folders only, readable by everyone, never outside the folder they belong in."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from nodeseal.errors import DistributionError
from nodeseal.provision.progress import Progress

_CHUNK_BYTES = 1 << 20
_DESCRIPTOR = "plugin-descriptor.properties"
_FOLDER_MODE = 0o755

Target = PurePosixPath


def unpack_distribution(archive: Path, into: Path, progress: Progress) -> None:
    """Unpack an engine's zip, without its single top folder, into the existing folder `into`.

    Raises DistributionError for an entry that would land elsewhere or isn't a plain file or folder, and for a zip
    that can't be read; OSError when the disk refuses.
    """
    with _opened(archive) as zipped:
        tops = {_plain(info).parts[:1] for info in zipped.infolist()}
        if len(tops) != 1 or any(len(_plain(i).parts) == 1 and not i.is_dir() for i in zipped.infolist()):
            raise DistributionError(f"{archive.name} does not hold exactly one folder")
        _unpack(zipped, lambda path: Target(*path.parts[1:]), into, progress)


def unpack_plugin(archive: Path, into: Path, progress: Progress) -> str:
    """Unpack a plugin's zip into the distribution folder `into`, and return the name of the plugin's folder.

    The layout is the plugin installer's: ``bin`` and ``config`` go below the distribution's own, the rest into
    ``plugins``. Raises as unpack_distribution does, and for a zip without a plugin descriptor.
    """
    with _opened(archive) as zipped:
        name = _plugin_folder(zipped)

        def target(path: Target) -> Target:
            if path.parts[0] in ("bin", "config"):
                return Target(path.parts[0], name, *path.parts[1:])
            return Target("plugins", name, *path.parts)

        _unpack(zipped, target, into, progress)
    return name


@contextmanager
def _opened(archive: Path) -> Iterator[ZipFile]:
    try:
        with ZipFile(archive) as zipped:
            yield zipped
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as cause:
        raise DistributionError(f"{archive.name} can't be unpacked: {cause}") from cause


def _plain(info: ZipInfo) -> Target:
    """The entry's path, or DistributionError if unpacking it could touch anything outside."""
    path = Target(info.filename)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\\" in info.filename:
        raise DistributionError(f"refused the zip entry {info.filename!r}: it would land outside its folder")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DistributionError(f"refused the zip entry {info.filename!r}: it is neither a file nor a folder")
    return path


def _plugin_folder(zipped: ZipFile) -> str:
    if _DESCRIPTOR not in zipped.namelist():
        raise DistributionError(f"{Path(str(zipped.filename)).name} is not a plugin: it has no {_DESCRIPTOR}")
    lines = zipped.read(_DESCRIPTOR).decode("utf-8", "replace").splitlines()
    pairs = (line.partition("=") for line in lines if not line.lstrip().startswith("#"))
    values = {key.strip(): value.strip() for key, _, value in pairs}
    name = values.get("custom.foldername") or values.get("name", "")
    if name in ("", ".", "..") or "/" in name or "\\" in name:
        raise DistributionError(f"{Path(str(zipped.filename)).name} names its plugin {name!r}, which is no folder name")
    return name


def _unpack(zipped: ZipFile, target: Callable[[Target], Target], into: Path, progress: Progress) -> None:
    entries = [(info, target(_plain(info))) for info in zipped.infolist()]
    what = f"unpacking {Path(str(zipped.filename)).name}"
    with progress.start(what, sum(info.file_size for info, _ in entries)) as advance:
        for info, path in entries:
            if info.is_dir():
                _make_folder(into, path)
            else:
                _make_folder(into, path.parent)
                _write(zipped, info, into / path, advance)
                (into / path).chmod(0o755 if _is_executable(info, path) else 0o644)


def _make_folder(into: Path, path: Target) -> None:
    # mkdir's own mode would go through the umask.
    for folder in reversed([into / path, *(into / parent for parent in path.parents)]):
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(_FOLDER_MODE)


def _write(zipped: ZipFile, info: ZipInfo, path: Path, advance: Callable[[int], None]) -> None:
    with zipped.open(info) as source, path.open("xb") as sink:
        while chunk := source.read(_CHUNK_BYTES):
            sink.write(chunk)
            advance(len(chunk))


def _is_executable(info: ZipInfo, path: Target) -> bool:
    return path.parts[0] == "bin" or bool((info.external_attr >> 16) & 0o111)
