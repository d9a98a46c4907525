"""What ships under a version: the base crosswalks and the lookup tables, each with the digest of its file.

`shipped.tsv` beside this module freezes them, a line a version. `python -m tests.mappings.shipped` adds the lines of
versions that it does not have yet; it never writes a line anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from mappings.engine.tables import TableMissing, shipped

FROZEN = Path(__file__).with_suffix(".tsv")
_VERSION = re.compile(r"^version:[ \t]*(\d+)", re.MULTILINE)


def frozen() -> dict[str, str]:
    """Label -> hex SHA-256 of the file, as they were frozen."""
    return dict(line.split("\t") for line in FROZEN.read_text(encoding="utf-8").splitlines())


def shipping() -> dict[str, str]:
    """Label -> hex SHA-256 of the file, as they ship now."""
    return {label: hashlib.sha256(path.read_bytes()).hexdigest() for label, path in _files()}


def _files() -> Iterator[tuple[str, Traversable]]:
    for path in files("mappings.crosswalks").joinpath("base").iterdir():
        name, number = path.name.removesuffix(".yaml").partition("@")[0], _VERSION.search(path.read_text("utf-8"))
        if path.name.endswith(".yaml") and number:
            yield f"base/{name}@{number[1]}", path
    for path in files("mappings.vocabularies").iterdir():
        label = _table(path.name)
        if label:
            yield label, path


def _table(file: str) -> str:
    """The label of the table that a file holds; empty for lists that are no tables."""
    try:
        return shipped(file.rpartition(".")[0]).label if file.endswith((".tsv", ".yaml")) else ""
    except TableMissing:
        return ""


if __name__ == "__main__":
    known = frozen() if FROZEN.exists() else {}
    rows = sorted((shipping() | known).items())
    FROZEN.write_text("".join(f"{label}\t{digest}\n" for label, digest in rows), encoding="utf-8")
