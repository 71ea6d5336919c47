"""The documents say what the program says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from nodeseal.cli.app import _VERBS, nodeseal
from nodeseal.engine.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_readme_shows_the_help_that_is_printed() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "nodeseal", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    shown = re.search(r"<!-- nodeseal --help -->\n```\n(.*?)```\n", README, re.DOTALL)
    assert shown
    assert shown.group(1) == printed


def test_every_verb_explains_itself_with_an_example() -> None:
    with nodeseal.make_context("nodeseal", ["--help"], resilient_parsing=True) as context:
        for name in _VERBS:
            command = nodeseal.get_command(context, name)
            assert command
            text = command.get_help(context)
            if name != "cert":
                assert "Example" in text, name


def test_the_readme_names_every_engine_of_the_catalogue() -> None:
    for entry in CATALOGUE:
        assert str(entry.version) in README


def test_every_file_that_is_linked_is_there() -> None:
    for document in ROOT.glob("*.md"):
        for target in re.findall(r"\]\((?!http)([^)#]+)", document.read_text()):
            assert (ROOT / target).exists(), f"{document.name}: {target}"


def test_the_architecture_names_every_module() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    for module in (ROOT / "src" / "nodeseal").rglob("*.py"):
        if module.name not in ("__init__.py", "__main__.py") and module.parent.name != "cli":
            assert module.name in text, module


def test_the_lock_and_the_sources_name_no_registry() -> None:
    forbidden = re.compile(
        "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "repo1?" + r"\.maven", "maven" + r"\.org"))
    )
    files = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()  # noqa: S607
    for name in files:
        assert not forbidden.search((ROOT / name).read_text(errors="replace")), name
