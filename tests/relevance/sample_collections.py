"""Collections out of the open sample data, where it lies beside the checkout: nothing of it is kept here.

`loc_chinese`: books whose titles are Chinese in traditional characters. `hathitrust`: volumes of several libraries,
with the source's own groups of one work as judgements.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from harvester.files.mapping import raw_records
from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.schema.holding import Institution
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.relevance.collection import Collection, Judged, JudgedSet
from tests.relevance.known_items import QUERIES, known_items
from tests.sample_data import SAMPLE_DATA

_CHINESE = "records/marc21/loc_chinese.mrc.gz"
_VOLUMES = "records/csv/hathitrust_fiction_volumes.tsv.gz"
_WORKS = "records/overlap/hathitrust_same_work_groups.tsv"
_SEED = 20_261_122


def sample_collections(root: Path = SAMPLE_DATA) -> Iterator[Collection]:
    """What can be made of the samples that are there."""
    if (root / _CHINESE).exists():
        documents = tuple(_chinese(root / _CHINESE))
        yield Collection(name="loc_chinese", documents=documents, sets=known_items(documents))
    if (root / _VOLUMES).exists() and (root / _WORKS).exists():
        volumes = dict(_volumes(root / _VOLUMES))
        works = JudgedSet(name="same_work", queries=tuple(islice(_works(root / _WORKS, volumes), QUERIES)))
        documents = tuple(volumes.values())
        yield Collection(name="hathitrust", documents=documents, sets=(works, *known_items(documents)))


def _chinese(path: Path) -> Iterator[UnifiedRecord]:
    program = compiled("base/marc21")
    context = Context(feed="loc", institution=Institution(name="Library of Congress", slug="loc"))
    for raw in raw_records(program, path, "loc"):
        made = None if raw.deleted else apply(program, raw, context)
        for unit in made.units if isinstance(made, Mapped) else ():
            yield factories.unified_record(unit.record)


def _volumes(path: Path) -> Iterator[tuple[str, UnifiedRecord]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            record = factories.catalogue_record(
                native_id=row["docid"],
                title=factories.title(row["shorttitle"] or row["title"]),
                agents=(factories.agent(row["author"]),) if row["author"] else (),
                dates=(factories.date(row["inferreddate"]),) if row["inferreddate"].isdecimal() else (),
                subjects=(),
                descriptions=(),
            )
            yield row["docid"], factories.unified_record(record)


def _works(path: Path, volumes: dict[str, UnifiedRecord]) -> Iterator[Judged]:
    """Somebody asks for a work by title and surname as one copy has them; every copy answers."""
    chance = random.Random(_SEED)
    groups = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    for group in chance.sample(groups, len(groups)):
        copies = [volumes[docid] for docid in group if docid in volumes]
        if len(copies) > 1:
            asked = chance.choice(copies)
            surname = asked.agents[0].value.name.value.partition(",")[0] if asked.agents else ""
            text = f"{asked.title.value.value[:60]} {surname}".strip()
            yield Judged(text=text, grades=dict.fromkeys((copy.id for copy in copies), 1))
