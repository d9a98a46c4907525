"""`python -m tests.mappings.engine.mapped_bytes SEED`: one digest of all that the hand-checked records come to.

The records are mapped in an order that the seed shuffles, by crosswalks compiled in that order, and put together by
their names again.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from harvester.files.mapping import raw_records
from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context
from mappings.schema.holding import Institution

SAMPLES = Path(__file__).parents[2] / "samples"
CONTEXT = Context(feed="feed", institution=Institution(name="Institution", slug="institution"))


def digest(seed: int) -> str:
    """Hex SHA-256 of every outcome with its rules and issues, in the order of formats and identifiers."""
    files = sorted(SAMPLES.glob("*/records.*"))
    chance = random.Random(seed)
    chance.shuffle(files)
    made = [(path.parent.name, *line) for path in files for line in _outcomes(path, chance)]
    return hashlib.sha256(msgspec.json.encode(sorted(made))).hexdigest()


def _outcomes(path: Path, chance: random.Random) -> Iterator[tuple[str, str]]:
    program = compiled(f"base/{path.parent.name}")
    records = list(raw_records(program, path, CONTEXT.feed))
    chance.shuffle(records)
    for raw in records:
        yield raw.identifier, msgspec.json.encode(apply(program, raw, CONTEXT)).decode()


if __name__ == "__main__":
    print(digest(int(sys.argv[1])))
