"""An installed package that brings the next version of a base, as a network of institutions would ship it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mappings.engine import library

PACKAGE = "newer_bases"
EXTRA = '  - {id: raised, const: Raised, to: "descriptions[]"}\n'


@contextmanager
def newer_oai_dc(folder: Path, rules: str = EXTRA, *, renamed: tuple[str, str] = ("", "")) -> Iterator[str]:
    """`base/oai_dc@3` is installed: the rules of version 2 with `rules` in front, and a rule `renamed`."""
    second = library.base("base/oai_dc@2")
    text = (
        second.replace("version: 2\n", "version: 3\n", 1)
        .replace("\nrules:\n", f"\nrules:\n{rules}", 1)
        .replace(*renamed)
    )
    _written(folder, "oai_dc", text)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        library._shelf.cache_clear()
        yield "base/oai_dc@3"
    sys.modules.pop(PACKAGE, None)
    library._shelf.cache_clear()
    library.compiled.cache_clear()


def _written(folder: Path, name: str, text: str) -> None:
    base, info = folder / PACKAGE / "base", folder / f"{PACKAGE}-1.dist-info"
    base.mkdir(parents=True)
    info.mkdir()
    (folder / PACKAGE / "__init__.py").write_text("")
    (base / f"{name}.yaml").write_text(text, encoding="utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[{library.GROUP}]\n{PACKAGE} = {PACKAGE}\n")
