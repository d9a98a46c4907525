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
_CONTEXT = Context(feed="golden", institution=Institution(name="Golden", slug="golden"))


def formats() -> tuple[str, ...]:
    """The formats that have hand-checked results."""
    return tuple(sorted(path.parent.name for path in SAMPLES.glob("*/expected.jsonl")))


def expected(format_: str) -> list[str]:
    """The lines that were found right."""
    return (SAMPLES / format_ / "expected.jsonl").read_text(encoding="utf-8").splitlines()


def made(format_: str) -> list[str]:
    """The lines that the base makes now."""
    path = next((SAMPLES / format_).glob("records.*"))
    outcomes = map_file(compiled(f"base/{format_}"), path, _CONTEXT)
    return [line for raw, outcome in outcomes for line in _lines(raw.identifier, outcome)]


def _lines(identifier: str, outcome: object) -> Iterator[str]:
    if not isinstance(outcome, Mapped):
        yield msgspec.json.encode({"of": identifier, "outcome": outcome}).decode()
        return
    for unit in outcome.units:
        yield msgspec.json.encode({"of": identifier, **_record(unit)}).decode()


def _record(unit: MappedUnit) -> dict[str, object]:
    record = msgspec.to_builtins(unit.record)
    shown = {name: value for name, value in record.items() if name not in ("id", "source", "quality")}
    return {**shown, "issues": sorted({issue.code for issue in unit.issues})}


if __name__ == "__main__":
    written = "".join(f"{line}\n" for line in made(sys.argv[1]))
    (SAMPLES / sys.argv[1] / "expected.jsonl").write_text(written, encoding="utf-8")
