"""What the disk says no to, in words that name the place and the way out."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nodeseal.errors import DistributionError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def is_refusal(error: BaseException) -> bool:
    """Whether the disk refused: it is full, or this user may not."""
    return isinstance(error, OSError) and error.errno in _FULL | _FORBIDDEN


@contextmanager
def writing(folder: Path, needed_bytes: int, elsewhere: str) -> Iterator[None]:
    """A context in which any OSError becomes a DistributionError that names the path.

    `needed_bytes` is about how much room the work takes; `elsewhere` says how to choose another folder.
    """
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        if error.errno in _FULL:
            advice = f"Free about {needed_bytes / 1e6:.0f} MB there, or {elsewhere}."
            raise DistributionError(f"the disk that holds {folder} is full", advice) from error
        if error.errno in _FORBIDDEN:
            advice = f"Let this user read and write {folder}, or {elsewhere}."
            raise DistributionError(f"{place}: {error.strerror}", advice) from error
        raise DistributionError(f"{place}: {error.strerror or error}", f"Look at {folder}, or {elsewhere}.") from error
