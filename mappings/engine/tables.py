"""Lookup tables: versioned data beside the crosswalks, keys folded, so that spelling variants meet.

Those that people keep are handed in (`mappings.tables`). One that ships is a TSV file `vocabularies/<name>.tsv` whose
first line is `# name@version` and whose second names the columns: `key`, `value`, then labels and notes for people.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec

from mappings.schema.folding import fold


class TableMissing(LookupError):
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
    name, _, version = label.partition("@")
    table = _read(name)
    if version and version != str(table.version):
        raise TableMissing(f"{name} ships as version {table.version}, not {version}")
    return table


@cache
def _read(name: str) -> Table:
    if name.isidentifier() and files("mappings.vocabularies").joinpath(f"{name}.yaml").is_file():
        return Table(name=name, version=_yaml_version(name), rows={})
    path = files("mappings.vocabularies").joinpath(f"{name}.tsv")
    if not name.replace("_", "").isalnum() or not path.is_file():
        raise TableMissing(f"no table {name} ships with the exchange")
    lines = path.read_text(encoding="utf-8").splitlines()
    version = int(lines[0].rpartition("@")[2])
    return Table(name=name, version=version, rows=dict(_rows(lines)))


def _yaml_version(name: str) -> int:
    """The version of a table of phrases, which `access_statements` reads."""
    text = files("mappings.vocabularies").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return next(int(line.partition(":")[2]) for line in text.splitlines() if line.startswith("version:"))


def _rows(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Folded key and value of each line behind the two headings."""
    for line in lines[2:]:
        if line and not line.startswith("#"):
            key, value, *_ = line.split("\t")
            yield fold(key).strip(), value
