"""Server processes that are found again by what they carry, not by a remembered pid.

Every process that nodeseal starts has NODESEAL_NODE, the absolute path of its node's folder, in its
environment, and so have its children. After a crash the truth is read from there: a pid file can lie, a pid can be
reused.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from nodeseal.cluster.account import Account
from nodeseal.errors import ClusterError

MARK = "NODESEAL_NODE"
ROUNDS = 10
_INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def start(
    argv: Sequence[str],
    *,
    node: Path,
    environment: Mapping[str, str],
    console: Path,
    account: Account | None,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, marked as belonging to `node`, with its output going to `console`.

    Raises ClusterError if it can't be started.
    """
    with console.open("ab") as output, _undisturbed():
        try:
            return subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**environment, MARK: str(node)},
                cwd=node,
                start_new_session=True,
                umask=0o077,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        except OSError as cause:
            raise ClusterError(
                f"could not start {argv[0]}: {cause.strerror or cause}",
                f"Check that {account.name if account else 'you'} may run it.",
            ) from cause


def belonging_to(folder: Path) -> list[psutil.Process]:
    """The living processes marked as belonging to a node at or below `folder`, whoever started them and when."""
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - links stay as they are: the mark was written so
    return [process for process in psutil.process_iter() if _is_below(_mark_of(process), folder)]


def _mark_of(process: psutil.Process) -> Path | None:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        mark = process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None
    return Path(mark) if mark else None


def _is_below(mark: Path | None, folder: Path) -> bool:
    return mark is not None and (mark == folder or folder in mark.parents)


def clear(*folders: Path, patience: float = 20.0) -> int:
    """End all processes that belong to nodes below `folders`: asked first, made to after `patience` seconds.

    Returns how many there were. It looks again until none is left, because a dying parent can still have had children.
    psutil compares a process's start time before it signals, so a reused pid is never hit. Raises ClusterError if some
    can't be ended even by force.
    """
    ended: set[int] = set()
    with _undisturbed():
        for _ in range(ROUNDS):
            family = _with_children(each for folder in folders for each in belonging_to(folder))
            if not family:
                return len(ended)
            _end(family, patience if not ended else 0)
            ended |= {each.pid for each in family}
    raise ClusterError(
        f"{', '.join(str(each.pid) for each in family)} can't be ended",
        "See what holds them: ps -o pid,stat,wchan,cmd.",
    )


def _end(family: Sequence[psutil.Process], patience: float) -> None:
    for process in family:
        _quietly(process.terminate)
    _, stubborn = psutil.wait_procs(family, timeout=patience)
    for process in stubborn:
        _quietly(process.kill)
    psutil.wait_procs(stubborn, timeout=5)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and its like wait until the end: no half-started process that nobody knows, no half of a family alive.

    Only the main thread gets signals at all.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {each: signal.signal(each, lambda number, _: came.append(number)) for each in _INTERRUPTIONS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler or signal.SIG_DFL)
    for number in came:
        signal.raise_signal(number)


def _with_children(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    family: dict[int, psutil.Process] = {}
    for process in processes:
        family[process.pid] = process
        try:
            family |= {child.pid: child for child in process.children(recursive=True)}
        except psutil.Error:
            continue
    return list(family.values())


def _quietly(action: Callable[[], None]) -> None:
    try:
        action()
    except psutil.NoSuchProcess:
        return
