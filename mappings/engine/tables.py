"""Lookup tables: versioned data beside the crosswalks, keys folded, so that spelling variants meet.

Those that people keep are handed in (`mappings.tables`). One that ships is a TSV file `vocabularies/<name>.tsv` whose
first line is `# name@version` and whose second names the columns: `key`, `value`, then labels and notes for people.
Phrases, which `access_statements` reads, are YAML with a `version`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from mappings.said import Telling, said
from mappings.schema.folding import fold

#: first line of a table, or a line of phrases
_VERSION = re.compile(r"\A# \w+@(\d+)[ \t]*$|^version:[ \t]*(\d+)[ \t]*$", re.MULTILINE)


class TableMissing(Telling, LookupError):
    """No table of this name and version is shipped."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of one version."""

    name: str
    version: int
    #: folded key -> value
    rows: dict[str, str]
    #: of a table that people keep; empty for one that ships
    sha256: str = ""

    @property
    def label(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"

    def __hash__(self) -> int:
        return hash((self.name, self.version, self.sha256))

    def get(self, key: str) -> str | None:
        """The value under the folded `key`."""
        return self.rows.get(fold(key).strip())

    def __contains__(self, key: str) -> bool:
        return fold(key).strip() in self.rows


class Tables:
    """The tables of one crosswalk by the names that it gives them; a shipped table is also known by its own name."""

    def __init__(self, named: dict[str, Table]) -> None:
        self._named = named

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def __getitem__(self, name: str) -> Table:
        return self._named[name]


@cache
def shipped(label: str) -> Table:
    """The table `name@version` that ships with the exchange; without a version its present one.

    raises  TableMissing
    """
    path = shelved(label)
    return _read(path.name, path.read_text(encoding="utf-8"))


def shelved(label: str, folder: Traversable | None = None) -> Traversable:
    """The file of a table that ships, by its name or `name@version`; the exchange's own folder without another.

    The newest version is `name.tsv` (`.yaml` for phrases), former ones stay beside it as `name@version.tsv`.

    raises  TableMissing
    """
    folder = folder or files("mappings.vocabularies")
    name, _, version = label.partition("@")
    newest = next((each for ending in (".tsv", ".yaml") if (each := folder.joinpath(name + ending)).is_file()), None)
    present = _version(newest.read_text("utf-8")) if newest and name.replace("_", "").isalnum() else None
    if newest is None or present is None:
        raise TableMissing(said("no table %(name)s ships with the exchange", name=name))
    if version in ("", str(present)):
        return newest
    former = folder.joinpath(f"{name}@{version}{newest.name.removeprefix(name)}")
    if not version.isdigit() or not former.is_file():
        raise TableMissing(
            said("%(name)s ships as version %(present)s, not %(version)s", name=name, present=present, version=version)
        )
    return former


def _version(text: str) -> int | None:
    """As the text states it; None of a list that is no table."""
    found = _VERSION.search(text)
    return int(found[1] or found[2]) if found else None


def _read(file: str, text: str) -> Table:
    """A table of phrases has no rows: `access_statements` reads it."""
    rows = dict(_rows(text.splitlines())) if file.endswith(".tsv") else {}
    return Table(name=file.partition(".")[0].partition("@")[0], version=_version(text) or 0, rows=rows)


def _rows(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Folded key and value of each line behind the two headings."""
    for line in lines[2:]:
        if line and not line.startswith("#"):
            key, value, *_ = line.split("\t")
            yield fold(key).strip(), value
