"""Which room may know which, read from the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import nodeseal

ROOT = Path(nodeseal.__file__).parent

ARROWS: Mapping[str, tuple[str, ...]] = {
    "errors": (),
    "writing": ("errors",),
    "spec": ("errors",),
    "certificates": ("errors", "spec"),
    "engine": ("errors", "spec", "certificates"),
    "provision": ("errors", "engine"),
    "cluster": ("errors", "writing", "spec", "certificates", "engine", "provision"),
    "probes": ("errors", "spec", "certificates"),
    "verdict": ("errors", "spec", "probes.observation"),
    "report": ("errors", "spec", "probes.observation", "verdict", "tour.scene"),
    "tour": ("errors", "writing", "spec", "certificates", "engine", "cluster", "probes", "verdict"),
    "cli": (
        *("errors", "writing", "spec", "certificates", "engine", "provision"),
        *("cluster", "probes", "verdict", "report", "tour"),
    ),
    "__main__": ("cli",),
    "__init__": (),
}
"""What each room (a package or a module right below nodeseal) may import besides itself."""

PURE = (
    *("errors", "spec.model", "spec.rules", "spec.document", "spec.shape", "spec.written", "certificates", "engine"),
    *("cluster.logs", "probes.observation", "verdict", "report", "tour.staging", "tour.scene", "provision.progress"),
)
"""Rooms and modules that compute, and neither touch the machine nor look at its clock."""

IMPURE = frozenset(
    ("subprocess", "socket", "ssl", "httpx", "threading", "time", "os", "shutil", "tempfile"),
)

Sources = Mapping[str, str]
"""Module name below nodeseal ("spec.model", "spec.__init__", "errors") → its text."""


def package() -> Sources:
    paths = sorted(ROOT.rglob("*.py"))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text("utf-8") for path in paths}


def imports(module: str, text: str, *, in_functions: bool = True) -> Iterator[str]:
    """The absolute names that `module` imports: of ``from a.b import c`` it is a.b.c."""
    here = ("nodeseal", *module.split("."))
    for node in _statements(ast.parse(text), in_functions):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level] if node.level else ()
            stem = ".".join((*base, *filter(None, [node.module])))
            yield from (f"{stem}.{alias.name}" for alias in node.names)


def _statements(tree: ast.AST, in_functions: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        yield child
        if in_functions or not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from _statements(child, in_functions)


def _below(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


def _own(name: str) -> str | None:
    """The part of an imported name below nodeseal; None if it belongs to somebody else."""
    return name.partition(".")[2] if name.partition(".")[0] == "nodeseal" else None


def forbidden_arrows(sources: Sources) -> list[str]:
    found = []
    for module, text in sources.items():
        room = module.partition(".")[0]
        for name in imports(module, text):
            target = _own(name)
            if target is not None and not _below(target, (room, *ARROWS.get(room, ()))):
                found.append(f"{module} → {target}")
    return found


def unknown_rooms(sources: Sources) -> list[str]:
    return sorted({module.partition(".")[0] for module in sources} - set(ARROWS))


def impurities(sources: Sources) -> list[str]:
    """Imports by pure modules of what touches the machine, be it Python's or one of our own modules."""
    modules = tuple(sources)
    found = []
    for module, text in sources.items():
        if _below(module, PURE):
            for name in imports(module, text):
                target = _own(name)
                ours = _module(target, modules) if target is not None else None
                if name.partition(".")[0] in IMPURE or (ours and not _below(ours, PURE)):
                    found.append(f"{module} → {name}")
    return found


def _module(target: str, modules: tuple[str, ...]) -> str | None:
    """The module that an imported name stands for or comes from, packages without a module of that name excepted."""
    stem = target.rpartition(".")[0]
    return next((name for name in (target, stem) if name in modules), None)


def cycles(sources: Sources) -> list[str]:
    """Modules that need themselves in order to be imported."""
    modules = tuple(sources)
    arrows = {
        module: {
            _module(target, modules) for name in imports(module, text, in_functions=False) if (target := _own(name))
        }
        for module, text in sources.items()
    }
    return sorted(module for module in arrows if module in _reached(arrows, module))


def _reached(arrows: Mapping[str, set[str | None]], start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = {name for name in arrows.get(waiting.pop(), ()) if name is not None} - reached
        reached |= fresh
        waiting += fresh
    return reached


def test_every_room_is_in_the_table():
    assert unknown_rooms(package()) == []


def test_the_table_names_no_room_that_is_gone():
    rooms = {module.partition(".")[0] for module in package()}
    assert set(ARROWS) <= rooms
    for place in PURE:
        assert any(_below(module, (place,)) for module in package()), place


def test_rooms_know_only_whom_they_may():
    assert forbidden_arrows(package()) == []


def test_pure_rooms_touch_nothing():
    assert impurities(package()) == []


def test_no_module_needs_itself():
    assert cycles(package()) == []


def test_nobody_calls_the_command_line():
    assert [room for room, targets in ARROWS.items() if "cli" in targets] == ["__main__"]


def test_an_unknown_room_is_reported():
    assert unknown_rooms({"spec.model": "", "helpers.text": "", "utils": ""}) == ["helpers", "utils"]


@pytest.mark.parametrize(
    ("module", "text", "arrow"),
    [
        ("spec.model", "import nodeseal.engine.files", "engine.files"),
        ("spec.model", "from nodeseal.engine import files", "engine.files"),
        ("spec.model", "from nodeseal import engine", "engine"),
        ("spec.model", "from ..engine.files import File", "engine.files.File"),
        ("spec.model", "def f():\n    from nodeseal.engine import files", "engine.files"),
        ("spec.model", "if TYPE_CHECKING:\n    from nodeseal.engine import files", "engine.files"),
        ("spec.model", "try:\n    import nodeseal.writing\nexcept ImportError:\n    pass", "writing"),
        ("verdict.story", "from nodeseal.probes.api import Door", "probes.api.Door"),
        ("verdict.story", "from nodeseal.probes import api", "probes.api"),
        ("report.terminal", "from nodeseal.tour.run import tour", "tour.run.tour"),
        ("tour.run", "from nodeseal.cli.app import run", "cli.app.run"),
        ("tour.run", "from nodeseal.provision import java", "provision.java"),
        ("errors", "from nodeseal.spec import rules", "spec.rules"),
        ("helpers.text", "from nodeseal.spec import rules", "spec.rules"),
    ],
)
def test_a_forbidden_arrow_is_reported(module, text, arrow):
    assert forbidden_arrows({module: text}) == [f"{module} → {arrow}"]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("verdict.story", "from nodeseal.probes.observation import Watch"),
        ("verdict.story", "from nodeseal.probes import observation"),
        ("verdict.story", "from .finding import judge"),
        ("spec.model", "import nodesealed.engine, os.path"),
        ("spec.model", "TEXT = 'import nodeseal.engine'"),
    ],
)
def test_an_allowed_arrow_is_not_reported(module, text):
    assert forbidden_arrows({module: text}) == []


@pytest.mark.parametrize(
    "text",
    [
        "import os.path",
        "from os import environ",
        "import re, time",
        "def f():\n    import subprocess",
        "if TYPE_CHECKING:\n    import ssl",
        "from nodeseal.spec import instances",
        "from nodeseal.spec.instances import load",
    ],
)
def test_an_impurity_is_reported(text):
    assert len(impurities({"spec.model": text, "spec.instances": "", "spec.__init__": ""})) == 1


def test_a_module_that_is_not_pure_may_touch_the_machine():
    assert impurities({"spec.instances": "import os", "cluster.logsearch": "import time"}) == []


def test_a_cycle_is_reported():
    sources = {
        "a": "from nodeseal.b import x",
        "b": "import nodeseal.c",
        "c": "from nodeseal import a",
        "d": "import nodeseal.a",
    }
    assert cycles(sources) == ["a", "b", "c"]


def test_an_import_inside_a_function_closes_no_cycle():
    assert cycles({"a": "def f():\n    import nodeseal.b", "b": "class C:\n    import nodeseal.a"}) == []
    assert cycles({"a": "if TYPE_CHECKING:\n    import nodeseal.b", "b": "class C:\n    import nodeseal.a"}) == [
        "a",
        "b",
    ]
