"""Ids and states of documents, read from the store without the records, are those of the documents themselves."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from federation.pipeline import publish
from federation.pipeline.unifying import Clusters
from federation.storage.engine import Store
from index.document_keys import document_keys
from index.documents import documents
from index.places import verified_at
from mappings.schema.record import CatalogueRecord
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, linked, put
from tests.portal_api.pages.public.shown import held_by

#: described by one to four institutions each
THINGS, HOLDERS = 12, "abcd"


def described(chance: random.Random) -> list[CatalogueRecord]:
    """Books that several libraries describe, some of them for themselves alone."""
    return [
        held_by(
            catalogue_record(
                thing * 10 + number,
                f"Almost strangers {thing}: a novel",
                feed=holder,
                authors=(f"Winer{thing}, Delsa",),
                year=str(1900 + thing),
                line=chance.choice(["full", "full", "reduced", "hidden"]),
            ),
            holder,
        )
        for thing in range(1, THINGS + 1)
        for number, holder in enumerate(chance.sample(HOLDERS, chance.randint(1, 4)))
    ]


def keys(source: Clusters) -> tuple[set[tuple[str, str, int]], set[tuple[str, str, int]]]:
    """By shapes, and of the documents."""
    names = source.all_clusters("", 1_000)
    made = documents(source.unified(names))
    return (
        {(key.doc_id, key.bucket, key.check) for shape in source.shapes(names) for key in document_keys(shape)},
        {(each.doc_id, each.lookups["bucket"][0], each.numbers["check"][0]) for each in made},
    )


@pytest.mark.parametrize("seed", range(4))
def test_they_are_the_same_for_every_audience_whatever_is_hidden_or_gone(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    records = described(chance)
    linked(store, records)
    by_shape, by_document = keys(Clusters(store))
    assert by_shape == by_document
    assert len(by_shape) > THINGS
    gone = chance.sample(records, 5)
    put(store, gone, gone=[each.id for each in gone])
    link_all(store)
    by_shape, by_document = keys(Clusters(store))
    assert by_shape == by_document


def test_an_index_that_was_made_from_the_records_is_whole_by_their_names(embedded: Store, tmp_path: Path) -> None:
    linked(embedded, described(random.Random(9)))
    while publish.publish(embedded, tmp_path / "index").behind:
        pass
    publish.forget()
    assert verified_at(tmp_path / "index", Clusters(embedded, publish.STAGE)).whole
