"""How far a download or an unpacking has come, told to whoever wants to draw it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Progress(Protocol):
    """Something that shows progress: a bar, a log, or nothing."""

    def start(self, what: str, total_bytes: int) -> AbstractContextManager[Callable[[int], None]]:
        """A context for one piece of work; inside, call its value with the bytes done since the last call."""


class Silent:
    """Progress that nobody sees."""

    def start(self, what: str, total_bytes: int) -> AbstractContextManager[Callable[[int], None]]:
        """A context whose value takes the bytes and does nothing."""
        return nullcontext(lambda count: None)
