"""Files that are there whole or not at all, with their modes from the first byte."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from nodeseal.errors import MachineError, UsageError

SECRET = 0o600
"""The mode of a file that only its owner may read; folders made for one are 0700."""


def write_aside(path: Path, content: bytes, mode: int) -> None:
    """Write `content` next to `path`, with `mode` from the first byte, fsync it, then rename it into place.

    Raises MachineError, with the path and the cause; what stood at `path` before is then untouched.
    """
    aside = path.with_name(f".{path.name}.new")
    try:
        aside.unlink(missing_ok=True)
        _write(aside, content, mode)
        aside.replace(path)
        _sync(path.parent)
    except OSError as cause:
        _quietly_remove(aside)
        raise _unwritable(path, cause) from cause


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Like `write_aside`, but raises UsageError if anything, even a dangling link, is at `path` already."""
    aside = path.with_name(f".{path.name}.new")
    try:
        aside.unlink(missing_ok=True)
        _write(aside, content, mode)
        os.link(aside, path, follow_symlinks=False)
        _sync(path.parent)
    except FileExistsError as cause:
        raise _in_the_way(path) from cause
    except OSError as cause:
        raise _unwritable(path, cause) from cause
    finally:
        _quietly_remove(aside)


def write_tree(folder: Path, files: Iterable[tuple[str, bytes, int]]) -> None:
    """Write files (relative path, content, mode) below `folder`; folders with a secret are 0700. Raises
    MachineError."""
    for relative, content, mode in files:
        path = folder / relative
        make_folder(path.parent, 0o700 if mode == SECRET and path.parent != folder else 0o755)
        write_aside(path, content, mode)


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make `folder` with its parents; a new one gets `mode`. Raises MachineError, with the path and the cause."""
    try:
        if not folder.is_dir():
            make_folder(folder.parent)
            folder.mkdir(mode)
            folder.chmod(mode)
        elif mode == 0o700:
            folder.chmod(mode)
    except OSError as cause:
        raise MachineError(
            f"could not make the folder {folder}: {cause.strerror or cause}",
            "Choose another place, or give write permission there.",
        ) from cause


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, cause: OSError) -> MachineError:
    return MachineError(
        f"could not write {path}: {cause.strerror or cause}",
        "Make room or give write permission there, then run it again.",
    )


def _quietly_remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def write_new_tree(folder: Path, files: Iterable[tuple[str, bytes, int]]) -> None:
    """Write files below a folder that must not exist: all of them aside, then one rename.

    Raises UsageError if something is at `folder`, MachineError if it can't be written; then nothing is left.
    """
    if os.path.lexists(folder):
        raise _in_the_way(folder)
    aside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        make_folder(aside, 0o755)
        write_tree(aside, files)
        aside.rename(folder)
    except OSError as cause:
        raise _unwritable(folder, cause) from cause
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _in_the_way(path: Path) -> UsageError:
    return UsageError(f"{path} is there already, and is left as it is", "Choose another --out, or move it away.")
