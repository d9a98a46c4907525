"""A writer goes on after one that was killed in the midst of a commit."""

from __future__ import annotations

import json
from pathlib import Path

from index.embedded.backend import EmbeddedSearch
from index.generations import live
from index.publishing import Publisher
from tests.contracts.search.things import thing, titles
from tests.index.indexed import Clusters, publish

SHIPS = [thing(f"Ships {number}", native_id=str(number)) for number in range(1, 6)]


def left_by_a_killed_commit(part: Path) -> list[Path]:
    """Lists of what each segment has lost, written for commits to come of which no `meta.json` speaks."""
    meta = json.loads((part / "meta.json").read_bytes())
    segments = [each["segment_id"].replace("-", "") for each in meta["segments"]]
    left = [part / f"{name}.{meta['opstamp'] + ahead}.del" for name in segments for ahead in range(1, 20)]
    for file in left:
        file.write_bytes(b"cut")
    return left


def test_what_a_killed_commit_had_written_is_in_nobodys_way(tmp_path: Path) -> None:
    clusters = Clusters(SHIPS)
    publish(tmp_path, clusters)
    generation = live(tmp_path)
    assert generation is not None
    left = left_by_a_killed_commit(generation.part("open"))
    assert left
    clusters.drop(SHIPS[0].id)
    publisher = Publisher(tmp_path, clusters)
    publisher.step()
    assert len(titles(EmbeddedSearch(tmp_path))) == len(SHIPS) - 1
    publisher.close()
