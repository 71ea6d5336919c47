from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest

from nodeseal.engine.catalogue import Artefact, Entry, JavaNeed, Version, matching
from nodeseal.errors import DistributionError, UsageError
from nodeseal.provision import distribution
from nodeseal.provision.distribution import from_home, is_present, obtain

LOCAL = "m2"
TOP = "elasticsearch-1.2.3"
FILES: dict[str, tuple[bytes, int]] = {
    f"{TOP}/bin/elasticsearch": (b"#!/bin/sh\n", 0o100755),
    f"{TOP}/lib/elasticsearch-1.2.3.jar": (os.urandom(300_000), 0o100644),
    f"{TOP}/config/elasticsearch.yml": (b"# empty\n", 0o100660),
    f"{TOP}/plugins/": (b"", 0o40700),
}
PLUGIN: dict[str, tuple[bytes, int]] = {
    "plugin-descriptor.properties": (b"# name=wrong\nname=lock\nversion=1.2.3.0\ncustom.foldername=\n", 0o100644),
    "lock.jar": (b"jar", 0o100644),
    "config/roles.yml": (b"roles", 0o100600),
    "bin/hash": (b"#!/bin/sh\n", 0o100644),
    "tools/admin.sh": (b"#!/bin/sh\n", 0o100755),
}


class Repository:
    """A Maven repository on loopback, whose files tests may spoil, and the list of what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []

    def fetched(self, name: str) -> int:
        return sum(path.endswith(f"/{name}") for path in self.asked)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    served = Repository(tmp_path / "remote")
    served.folder.mkdir()

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            served.asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(served.folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("NODESEAL_REPOSITORY", f"http://127.0.0.1:{server.server_port}")
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODESEAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("M2_REPO", str(tmp_path / LOCAL))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NODESEAL_REPOSITORY", "http://127.0.0.1:9")


def put(base: Path, name: str, files: dict[str, tuple[bytes, int]], version: str = "1.2.3") -> Artefact:
    """A zip of `files` where a Maven repository at `base` has it, and its pin."""
    path = base / "org" / "example" / name / version / f"{name}-{version}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as zipped:
        for entry, (content, mode) in files.items():
            info = ZipInfo(entry)
            info.external_attr = mode << 16
            zipped.writestr(info, content)
    content = path.read_bytes()
    return Artefact("org.example", name, version, hashlib.sha256(content).hexdigest(), len(content))


def entry_of(base: Path, files: dict[str, tuple[bytes, int]] = FILES, plugin: Artefact | None = None) -> Entry:
    plugins = (plugin,) if plugin else ()
    return Entry(
        "elasticsearch", Version.parse("1.2.3"), put(base, "elasticsearch", files), JavaNeed(17, 21), plugins=plugins
    )


def local_zip(tmp_path: Path) -> Path:
    return tmp_path / LOCAL / "org" / "example" / "elasticsearch" / "1.2.3" / "elasticsearch-1.2.3.zip"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def in_child(work: Callable[[], object]) -> int:
    """Run `work` in a forked process of its own and give its exit code."""
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


class Dying:
    """Progress that kills its process in the middle of one piece of work."""

    def __init__(self, during: str) -> None:
        self.during = during

    def start(self, what: str, total_bytes: int) -> AbstractContextManager[Callable[[int], None]]:
        return nullcontext(lambda count: os._exit(9) if what.startswith(self.during) else None)


def test_it_is_unpacked_readable_for_everybody_whatever_the_umask(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / LOCAL)
    assert not is_present(entry)
    before = os.umask(0o077)
    try:
        home = obtain(entry)
    finally:
        os.umask(before)

    assert is_present(entry)
    assert home == tmp_path / "cache" / "engines" / "elasticsearch-1.2.3"
    assert {mode(folder) for folder in (home.parent, home, *home.rglob("*")) if folder.is_dir()} == {0o755}
    assert mode(home / "bin" / "elasticsearch") == 0o755
    assert mode(home / "config" / "elasticsearch.yml") == mode(home / distribution.MARKER) == 0o644
    assert from_home(home) == ("elasticsearch", Version.parse("1.2.3"))


def test_a_plugin_is_laid_out_as_its_installer_does(tmp_path: Path) -> None:
    home = obtain(entry_of(tmp_path / LOCAL, plugin=put(tmp_path / LOCAL, "lock-plugin", PLUGIN)))

    plugin = home / "plugins" / "lock"
    assert sorted(path.name for path in plugin.iterdir()) == ["lock.jar", "plugin-descriptor.properties", "tools"]
    assert (home / "config" / "lock" / "roles.yml").read_bytes() == b"roles"
    assert mode(home / "bin" / "lock" / "hash") == mode(plugin / "tools" / "admin.sh") == 0o755


def test_a_plugin_may_name_its_folder_itself(tmp_path: Path) -> None:
    files = {**PLUGIN, "plugin-descriptor.properties": (b"name=lock\ncustom.foldername=door\n", 0o100644)}
    home = obtain(entry_of(tmp_path / LOCAL, plugin=put(tmp_path / LOCAL, "lock-plugin", files)))

    assert (home / "plugins" / "door" / "lock.jar").is_file()


@pytest.mark.parametrize("descriptor", [None, b"name=../../out\n", b"name=\n"])
def test_a_zip_that_is_no_plugin_is_refused(tmp_path: Path, descriptor: bytes | None) -> None:
    files = {name: value for name, value in PLUGIN.items() if name != "plugin-descriptor.properties"}
    if descriptor is not None:
        files["plugin-descriptor.properties"] = (descriptor, 0o100644)
    entry = entry_of(tmp_path / LOCAL, plugin=put(tmp_path / LOCAL, "lock-plugin", files))

    with pytest.raises(DistributionError, match="lock-plugin"):
        obtain(entry)
    assert not is_present(entry)


def test_the_second_time_needs_no_zip(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / LOCAL)
    home = obtain(entry)
    shutil.rmtree(tmp_path / LOCAL)

    assert obtain(entry) == home


def test_it_is_fetched_with_progress(tmp_path: Path, repository: Repository) -> None:
    done: dict[str, int] = {}

    class Counting:
        def start(self, what: str, total_bytes: int) -> AbstractContextManager[Callable[[int], None]]:
            done[f"{what}, all"] = total_bytes
            return nullcontext(lambda count: done.update({what: done.get(what, 0) + count}))

    entry = entry_of(repository.folder)
    obtain(entry, progress=Counting())

    fetching, unpacking = "elasticsearch-1.2.3.zip", "unpacking elasticsearch-1.2.3.zip"
    assert done[fetching] == done[f"{fetching}, all"] == entry.size
    assert done[unpacking] == done[f"{unpacking}, all"] == sum(len(content) for content, _ in FILES.values())


@pytest.mark.parametrize("spoil", [b"", b"cut short", "same size"])
def test_a_spoilt_download_on_disk_is_fetched_again(tmp_path: Path, repository: Repository, spoil: bytes | str) -> None:
    entry = entry_of(repository.folder)
    local_zip(tmp_path).parent.mkdir(parents=True)
    local_zip(tmp_path).write_bytes(spoil if isinstance(spoil, bytes) else bytes(entry.size))

    obtain(entry)

    assert is_present(entry)
    assert repository.fetched("elasticsearch-1.2.3.zip") == 1


def test_a_repository_with_another_file_is_asked_twice_and_refused(tmp_path: Path, repository: Repository) -> None:
    entry = entry_of(repository.folder)
    put(repository.folder, "elasticsearch", {**FILES, f"{TOP}/lib/extra.jar": (b"bad", 0o100644)})

    with pytest.raises(DistributionError, match="not the file that was pinned") as caught:
        obtain(entry)

    assert entry.distribution.sha256 in caught.value.advice
    assert repository.fetched("elasticsearch-1.2.3.zip") == 2
    assert not local_zip(tmp_path).exists()
    assert not is_present(entry)


def test_without_a_network_it_says_which_file_goes_where(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / "elsewhere")

    with pytest.raises(DistributionError) as caught:
        obtain(entry)

    advice = caught.value.advice
    for fact in ("elasticsearch-1.2.3.zip", f"{entry.size:,} bytes", entry.distribution.sha256):
        assert fact in advice
    assert str(local_zip(tmp_path).parent) in advice
    assert "127.0.0.1" not in caught.value.message + advice


def test_without_a_network_every_file_that_is_wanted_is_named(tmp_path: Path) -> None:
    plugin = put(tmp_path / "elsewhere", "lock-plugin", PLUGIN)

    with pytest.raises(DistributionError) as caught:
        obtain(entry_of(tmp_path / "elsewhere", plugin=plugin))
    assert "elasticsearch-1.2.3.zip" in caught.value.advice
    assert plugin.sha256 in caught.value.advice

    with pytest.raises(DistributionError, match="lock-plugin") as caught:
        obtain(entry_of(tmp_path / LOCAL, plugin=plugin))
    assert "elasticsearch-1.2.3.zip" not in caught.value.advice


def test_a_file_put_there_by_hand_is_enough(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / "elsewhere")
    with pytest.raises(DistributionError):
        obtain(entry)

    entry_of(tmp_path / LOCAL)

    assert obtain(entry).is_dir()


def test_a_repository_without_the_file_gives_the_same_advice(tmp_path: Path, repository: Repository) -> None:
    with pytest.raises(DistributionError, match="could not be fetched"):
        obtain(entry_of(tmp_path / "elsewhere"))


@pytest.mark.parametrize("during", ["elasticsearch", "unpacking"])
def test_a_run_killed_in_the_middle_is_healed_by_the_next(tmp_path: Path, repository: Repository, during: str) -> None:
    entry = entry_of(repository.folder)

    assert in_child(partial(obtain, entry, progress=Dying(during))) == 9
    assert not is_present(entry)
    home = obtain(entry)

    assert is_present(entry)
    assert [path.name for path in home.parent.iterdir() if path.suffix == ".new"] == []


@pytest.mark.parametrize("broken", ["no marker", "bad marker", "other pin", "file gone", "file cut", "a file itself"])
def test_a_broken_folder_is_made_again(tmp_path: Path, broken: str) -> None:
    entry = entry_of(tmp_path / LOCAL)
    home = obtain(entry)
    marker, jar = home / distribution.MARKER, home / "lib" / "elasticsearch-1.2.3.jar"
    if broken == "no marker":
        marker.unlink()
    elif broken == "bad marker":
        marker.write_text("[1]")
    elif broken == "other pin":
        marker.write_text(marker.read_text().replace(entry.distribution.sha256, "0" * 64))
    elif broken == "file gone":
        jar.unlink()
    elif broken == "file cut":
        jar.write_bytes(b"")
    else:
        shutil.rmtree(home)
        home.write_text("not a folder")
    assert not is_present(entry)

    obtain(entry)

    assert is_present(entry)
    assert jar.stat().st_size == 300_000


def test_files_that_an_engine_adds_do_no_harm(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / LOCAL)
    home = obtain(entry)
    (home / "logs").mkdir()
    (home / "logs" / "gc.log").write_text("gc")

    assert is_present(entry)


@pytest.mark.parametrize(
    ("name", "file_mode"),
    [
        (f"{TOP}/../../../escaped", 0o100644),
        ("/escaped", 0o100644),
        (f"{TOP}/..\\escaped", 0o100644),
        (f"{TOP}/link", 0o120777),
        (f"{TOP}/pipe", 0o010644),
        ("second-folder/file", 0o100644),
        ("file-beside-it", 0o100644),
    ],
)
def test_an_entry_that_would_land_elsewhere_is_refused(tmp_path: Path, name: str, file_mode: int) -> None:
    entry = entry_of(tmp_path / LOCAL, {**FILES, name: (b"/etc/passwd", file_mode)})

    with pytest.raises(DistributionError):
        obtain(entry)

    assert not is_present(entry)
    assert list(tmp_path.rglob("*escaped*")) == []
    assert [path for path in (tmp_path / "cache" / "engines").iterdir() if path.is_dir()] == []


def test_a_pinned_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / LOCAL)
    content = local_zip(tmp_path).read_bytes()[:-30]
    local_zip(tmp_path).write_bytes(content)
    pin = Artefact("org.example", "elasticsearch", "1.2.3", hashlib.sha256(content).hexdigest(), len(content))

    with pytest.raises(DistributionError, match="can't be unpacked"):
        obtain(Entry(entry.engine, entry.version, pin, entry.java))


@pytest.mark.parametrize("caches", [1, 2])
def test_two_at_once_fetch_once(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch, caches: int
) -> None:
    entry = entry_of(repository.folder)
    context = multiprocessing.get_context("fork")
    started = context.Barrier(3)

    def work() -> None:
        started.wait(30)
        obtain(entry)

    runs = []
    for number in range(3):
        monkeypatch.setenv("NODESEAL_CACHE", str(tmp_path / f"cache{number % caches}"))
        runs.append(context.Process(target=work))
        runs[-1].start()
    for run in runs:
        run.join(60)

    assert [run.exitcode for run in runs] == [0, 0, 0]
    assert repository.fetched("elasticsearch-1.2.3.zip") == 1


def test_a_disk_that_takes_no_more_is_told_with_its_folder(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / LOCAL)

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        with pytest.raises(DistributionError, match="is full") as caught:
            obtain(entry)
        assert str(tmp_path / "cache") in caught.value.message
        assert "NODESEAL_CACHE" in caught.value.advice

    assert in_child(work) == 0
    assert [path for path in (tmp_path / "cache" / "engines").iterdir() if path.is_dir()] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize(("folder", "variable"), [("cache", "NODESEAL_CACHE"), (LOCAL, "M2_REPO")])
def test_a_folder_that_this_user_may_not_write_is_told(
    tmp_path: Path, repository: Repository, folder: str, variable: str
) -> None:
    (tmp_path / folder).mkdir(mode=0o555)

    with pytest.raises(DistributionError, match="Permission denied") as caught:
        obtain(entry_of(repository.folder))
    assert variable in caught.value.advice


def test_a_cache_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")

    with pytest.raises(DistributionError, match=str(tmp_path / "cache")):
        obtain(entry_of(tmp_path / LOCAL))


def test_the_cache_folder_is_the_users_own_unless_root_or_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODESEAL_CACHE", "~/there")
    assert distribution.cache_folder() == Path.home() / "there"
    monkeypatch.delenv("NODESEAL_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert distribution.cache_folder() == Path("/var/cache/nodeseal")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert distribution.cache_folder() == Path.home() / ".cache" / "nodeseal"


def a_home(folder: Path, *jars: str, program: str = "elasticsearch") -> Path:
    for name in ("lib", "bin"):
        (folder / name).mkdir(parents=True)
    for jar in jars:
        (folder / "lib" / jar).touch()
    (folder / "bin" / program).touch(mode=0o755)
    return folder


@pytest.mark.parametrize(
    ("jar", "engine", "version"),
    [
        ("elasticsearch-5.3.0.jar", "elasticsearch", "5.3.0"),
        ("opensearch-3.4.0.jar", "opensearch", "3.4.0"),
        ("elasticsearch-10.0.0-SNAPSHOT.jar", "elasticsearch", "10.0.0"),
    ],
)
def test_a_home_of_the_users_own_tells_its_version(tmp_path: Path, jar: str, engine: str, version: str) -> None:
    home = a_home(tmp_path / "own", jar, f"{engine}-core-9.9.9.jar", "lucene-core-7.7.3.jar", program=engine)

    assert from_home(home) == (engine, Version.parse(version))


@pytest.mark.parametrize(
    ("jars", "program"),
    [
        ((), "elasticsearch"),
        (("elasticsearch-core-8.1.0.jar",), "elasticsearch"),
        (("elasticsearch-8.1.0.jar", "elasticsearch-7.1.0.jar"), "elasticsearch"),
        (("elasticsearch-8.1.0.jar",), "opensearch"),
    ],
)
def test_another_folder_is_a_usage_error(tmp_path: Path, jars: tuple[str, ...], program: str) -> None:
    with pytest.raises(UsageError):
        from_home(a_home(tmp_path / "own", *jars, program=program))
    with pytest.raises(UsageError):
        from_home(tmp_path / "nowhere")


@pytest.mark.engine
def test_a_real_entry_of_the_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("M2_REPO")
    (entry,) = matching("elasticsearch@7.17.29")
    pinned = entry.distribution
    zip_path = Path.home() / ".m2/repository" / pinned.group.replace(".", "/") / pinned.name / pinned.version
    if not (zip_path / f"{pinned.name}-{pinned.version}.zip").is_file():
        pytest.skip("its zip is not in the local Maven repository")

    home = obtain(entry)

    assert from_home(home) == (entry.engine, entry.version)
    assert os.access(home / "bin" / "elasticsearch-keystore", os.X_OK)
    assert is_present(entry)
