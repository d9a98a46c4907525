"""Hand-checked results: records of a format, and what its base must make of them, without what changes by itself.

`tests/samples/FORMAT` holds `records.*` as their institutions gave them and `expected.jsonl`, a line a unit.
`python -m tests.mappings.crosswalks.golden FORMAT` writes that file anew: read the difference before it is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from harvester.files.mapping import map_file
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped, MappedUnit
from mappings.schema.holding import Institution

SAMPLES = Path(__file__).parents[2] / "samples"
#: the feed that every hand-checked record is of
CONTEXT = Context(feed="golden", institution=Institution(name="Golden", slug="golden"))


def formats() -> tuple[str, ...]:
    """The formats that have hand-checked results."""
    return tuple(sorted(path.parent.name for path in SAMPLES.glob("*/expected.jsonl")))


def expected(format_: str) -> list[str]:
    """The lines that were found right."""
    return (SAMPLES / format_ / "expected.jsonl").read_text(encoding="utf-8").splitlines()


def made(format_: str) -> list[str]:
    """The lines that the base makes now."""
    path = next((SAMPLES / format_).glob("records.*"))
    outcomes = map_file(compiled(f"base/{format_}"), path, CONTEXT)
    return [line for raw, outcome in outcomes for _, line in lines_of(raw.identifier, outcome)]


def lines_of(identifier: str, outcome: object) -> Iterator[tuple[str | None, str]]:
    """Each unit of an outcome as one line of JSON, with its path; the outcome itself where nothing is mapped."""
    if not isinstance(outcome, Mapped):
        yield None, msgspec.json.encode({"of": identifier, "outcome": outcome}).decode()
        return
    for unit in outcome.units:
        yield unit.record.source.unit_path, msgspec.json.encode({"of": identifier, **_record(unit)}).decode()


def _record(unit: MappedUnit) -> dict[str, object]:
    record = msgspec.to_builtins(unit.record)
    shown = {name: value for name, value in record.items() if name not in ("id", "source", "quality")}
    return {**shown, "issues": sorted({issue.code for issue in unit.issues})}


if __name__ == "__main__":
    written = "".join(f"{line}\n" for line in made(sys.argv[1]))
    (SAMPLES / sys.argv[1] / "expected.jsonl").write_text(written, encoding="utf-8")
