"""Files are there whole or not at all, and secret from their first byte."""

from __future__ import annotations

import multiprocessing
import os
import resource
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nodeseal.errors import MachineError, UsageError
from nodeseal.writing import make_folder, write_aside, write_new, write_new_tree, write_tree

WRITERS = [write_aside, write_new]
either = pytest.mark.parametrize("write", WRITERS)


@pytest.fixture(autouse=True, params=[0, 0o077], ids="umask {:03o}".format)
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "f"
    made.mkdir()
    made.chmod(0o700)
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def on_a_full_disk(work: Callable[[], None]) -> None:
    """Runs `work` where no file may grow beyond 1000 bytes; a failed assertion in it fails the test."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        work()

    child = multiprocessing.get_context("fork").Process(target=limited)
    child.start()
    child.join(30)
    assert child.exitcode == 0


@either
@pytest.mark.parametrize("wanted", [0o600, 0o644])
def test_the_mode_is_the_one_given_whatever_the_umask(folder, write, wanted):
    write(folder / "a", b"x", wanted)
    assert (mode(folder / "a"), (folder / "a").read_bytes()) == (wanted, b"x")


@either
def test_a_secret_is_secret_while_it_is_written(folder, write):
    seen: set[int] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for path in folder.iterdir():
                try:
                    seen.add(mode(path))
                except FileNotFoundError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    write(folder / "a", b"x" * 30_000_000, 0o600)
    done.set()
    watcher.join()
    assert seen
    assert not [found for found in seen if found & 0o177]


@either
def test_nothing_is_left_beside_it(folder, write):
    write(folder / "a", b"x", 0o600)
    assert [path.name for path in folder.iterdir()] == ["a"]


@either
def test_what_an_earlier_run_left_aside_is_no_obstacle(folder, write):
    (folder / ".a.new").write_bytes(b"half")
    write(folder / "a", b"x", 0o600)
    assert (folder / "a").read_bytes() == b"x"
    assert [path.name for path in folder.iterdir()] == ["a"]


@either
def test_a_link_set_as_a_trap_beside_it_is_not_followed(folder, write):
    victim = folder / "victim"
    victim.write_bytes(b"precious")
    (folder / ".a.new").symlink_to(victim)
    write(folder / "a", b"x", 0o600)
    assert victim.read_bytes() == b"precious"
    assert not (folder / "a").is_symlink()


def test_a_link_in_the_way_is_replaced_and_not_followed(folder):
    victim = folder / "victim"
    victim.write_bytes(b"precious")
    (folder / "a").symlink_to(victim)
    write_aside(folder / "a", b"x", 0o600)
    assert victim.read_bytes() == b"precious"
    assert not (folder / "a").is_symlink()
    assert mode(folder / "a") == 0o600


def test_an_older_file_is_replaced_with_its_mode(folder):
    (folder / "a").write_bytes(b"old")
    (folder / "a").chmod(0o666)
    write_aside(folder / "a", b"new", 0o600)
    assert ((folder / "a").read_bytes(), mode(folder / "a")) == (b"new", 0o600)


@pytest.mark.parametrize("there", ["file", "folder", "link", "dangling link"])
def test_what_is_there_already_is_never_overwritten(folder, there):
    target = folder / "a"
    if there == "file":
        target.write_bytes(b"old")
    elif there == "folder":
        target.mkdir()
    else:
        target.symlink_to(folder if there == "link" else "nowhere")
    before = target.lstat()
    with pytest.raises(UsageError, match="there already") as caught:
        write_new(target, b"new", 0o600)
    assert str(target) in caught.value.message
    assert target.lstat() == before
    assert [path.name for path in folder.iterdir()] == ["a"]


@either
def test_on_a_full_disk_nothing_is_left(folder, write):
    def work() -> None:
        with pytest.raises(MachineError) as caught:
            write(folder / "a", b"x" * 2000, 0o600)
        assert str(folder / "a") in caught.value.message
        assert caught.value.advice
        assert list(folder.iterdir()) == []

    on_a_full_disk(work)


def test_on_a_full_disk_the_old_content_stays(folder):
    (folder / "a").write_bytes(b"old")

    def work() -> None:
        with pytest.raises(MachineError):
            write_aside(folder / "a", b"x" * 2000, 0o600)

    on_a_full_disk(work)
    assert (folder / "a").read_bytes() == b"old"
    assert [path.name for path in folder.iterdir()] == ["a"]


@either
def test_without_its_folder_it_says_so(folder, write):
    with pytest.raises(MachineError, match="No such file"):
        write(folder / "b" / "a", b"x", 0o600)


def test_a_folder_in_the_way_is_told(folder):
    (folder / "a").mkdir()
    with pytest.raises(MachineError, match=r"a: "):
        write_aside(folder / "a", b"x", 0o600)
    assert [path.name for path in folder.iterdir()] == ["a"]


FILES = [("n1/n1.crt", b"certificate", 0o644), ("n1/n1.key", b"key", 0o600), ("top.key", b"key", 0o600)]


@pytest.mark.parametrize("write", [write_tree, write_new_tree])
def test_a_tree_has_its_modes_and_folders_with_a_secret_are_private(folder, write):
    write(folder / "out", FILES)
    found = {path: mode(folder / "out" / path) for path in ("n1", *(path for path, _, _ in FILES))}
    assert found == {"n1": 0o700, "n1/n1.crt": 0o644, "n1/n1.key": 0o600, "top.key": 0o600}


def test_a_new_trees_own_folder_is_for_all_to_read(folder):
    write_new_tree(folder / "out", FILES)
    assert mode(folder / "out") == 0o755


def test_a_folder_made_on_the_way_down_is_not_for_everybody_to_write(folder):
    os.umask(0)
    make_folder(folder / "a" / "b", 0o700)
    assert not mode(folder / "a") & 0o022


def test_a_new_tree_is_there_whole_or_not_at_all(folder):
    def work() -> None:
        with pytest.raises(MachineError):
            write_new_tree(folder / "out", [*FILES, ("n2/n2.key", b"x" * 2000, 0o600)])

    on_a_full_disk(work)
    assert list(folder.iterdir()) == []


def test_a_private_folder_stays_or_becomes_private(folder):
    (folder / "a").mkdir()
    (folder / "a").chmod(0o755)
    make_folder(folder / "a", 0o700)
    assert mode(folder / "a") == 0o700
    make_folder(folder / "a")
    assert mode(folder / "a") == 0o700


def test_a_file_where_a_folder_should_be_is_told(folder):
    (folder / "a").write_bytes(b"")
    with pytest.raises(MachineError) as caught:
        make_folder(folder / "a" / "b")
    assert str(folder / "a") in caught.value.message
