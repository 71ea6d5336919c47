"""The engine versions that nodeseal knows how to get, pinned by SHA-256.

The coordinates are Maven's; the distributions belong to their makers and are fetched on the user's
machine. Of the Java limits the
older is what the engine refuses to start below; the newer has been booted, or is in its maker's support matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import total_ordering

from nodeseal.errors import UsageError


@total_ordering
@dataclass(frozen=True)
class Version:
    """A version as numbers, so that 10 comes after 9."""

    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Version:
        """``"6.8.23"`` as a Version; ``-SNAPSHOT`` and the like are dropped. Raises UsageError on anything else."""
        head = text.strip().split("-")[0]
        try:
            return cls(tuple(int(part) for part in head.split(".")))
        except ValueError as cause:
            raise UsageError(f"{text!r} is not a version", "Write it like 8.19.21.") from cause

    @property
    def major(self) -> int:
        return self.parts[0]

    def __lt__(self, other: Version) -> bool:
        return self.parts < other.parts

    def __str__(self) -> str:
        return ".".join(map(str, self.parts))


@dataclass(frozen=True)
class Artefact:
    """One file of the Maven repository: `size` in bytes, `sha256` in hex."""

    group: str
    name: str
    version: str
    sha256: str
    size: int


@dataclass(frozen=True)
class JavaNeed:
    """The Java releases (majors, both ends included) and modules that an engine needs."""

    oldest: int
    newest: int
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One engine version of the catalogue: its distribution and the plugins that belong into it."""

    engine: str
    version: Version
    distribution: Artefact
    java: JavaNeed
    plugins: tuple[Artefact, ...] = ()

    @property
    def label(self) -> str:
        """``elasticsearch@6.8.23``, as users write it."""
        return f"{self.engine}@{self.version}"

    @property
    def size(self) -> int:
        """Bytes to fetch, plugins included."""
        return self.distribution.size + sum(plugin.size for plugin in self.plugins)


_INTEG_TEST = "org.elasticsearch.distribution.integ-test-zip"

CATALOGUE: tuple[Entry, ...] = (
    Entry(
        "elasticsearch",
        Version.parse("9.5.3"),
        Artefact(
            _INTEG_TEST,
            "elasticsearch",
            "9.5.3",
            "bec49f3b8d00e75c8d1cec85c35298635ec9fbd3ae80ef5aeb6bc05abdb3db2d",
            132_390_005,
        ),
        JavaNeed(21, 25, ("jdk.incubator.vector", "jdk.net")),
    ),
    Entry(
        "elasticsearch",
        Version.parse("8.19.21"),
        Artefact(
            _INTEG_TEST,
            "elasticsearch",
            "8.19.21",
            "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a",
            106_871_955,
        ),
        JavaNeed(17, 25, ("jdk.net",)),
    ),
    Entry(
        "elasticsearch",
        Version.parse("7.17.29"),
        Artefact(
            _INTEG_TEST,
            "elasticsearch",
            "7.17.29",
            "841ee00be1a72ba8e707b5a2fb55f23fe7a4184369b4585393238b1c903eedaf",
            57_295_016,
        ),
        JavaNeed(11, 17),
    ),
    Entry(
        "elasticsearch",
        Version.parse("6.8.23"),
        Artefact(
            "org.elasticsearch.distribution.zip",
            "elasticsearch",
            "6.8.23",
            "490e9b9fbab9ffb3499938c45850318bd6554d439497842450b60ef22c114fb6",
            149_356_678,
        ),
        JavaNeed(11, 17),
    ),
    Entry(
        "opensearch",
        Version.parse("2.19.4"),
        Artefact(
            "org.opensearch.distribution.integ-test-zip",
            "opensearch",
            "2.19.4",
            "3902e642715210d1d9d7cbdcc8f5abd6f931d1d7a679cea3750937becf16c406",
            56_192_149,
        ),
        JavaNeed(17, 21),
        plugins=(
            Artefact(
                "org.opensearch.plugin",
                "opensearch-security",
                "2.19.4.0",
                "1f673622c462c4171a8c53f9b1ad20e5b839834cb79b0d3b388da180a0e514e8",
                44_937_300,
            ),
        ),
    ),
)


_OTHER_LINES = {
    ("elasticsearch", 5): JavaNeed(8, 8),
    ("opensearch", 1): JavaNeed(11, 17),
    ("opensearch", 3): JavaNeed(21, 25),
}
"""What the makers' support matrices say of lines that are not in the catalogue."""


def java_for(engine: str, version: Version) -> JavaNeed:
    """The Java that a version needs: that of its line in the catalogue, else what its maker says."""
    line = (engine, version.major)
    known = {(entry.engine, entry.version.major): entry.java for entry in CATALOGUE}
    return known.get(line) or _OTHER_LINES.get(line) or JavaNeed(8, 99)


def matching(wish: str) -> tuple[Entry, ...]:
    """The catalogue's entries that fit `wish`, newest first.

    `wish` is ``auto`` (every Elasticsearch), an engine's name, or ``name@version`` where the version may be cut
    short (``elasticsearch@8``). Raises UsageError, naming what there is, if none fits.
    """
    engine, _, version = wish.partition("@")
    if engine == "auto":
        engine, version = "elasticsearch", ""
    wanted = Version.parse(version).parts if version else ()
    found = [e for e in CATALOGUE if e.engine == engine and e.version.parts[: len(wanted)] == wanted]
    if not found:
        raise UsageError(
            f"no engine {wish!r} in the catalogue",
            "There are " + ", ".join(e.label for e in CATALOGUE) + "; any other version runs from --engine-home DIR.",
        )
    return tuple(sorted(found, key=lambda entry: entry.version, reverse=True))
