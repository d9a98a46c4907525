"""Vectors, wherever they lie: the nearest come first, what is written is found, what is taken away is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index.semantic.centring import Vector, centre, shipped
from index.semantic.embedder import Vectors
from index.semantic.places import drop_others
from index.semantic.vectors import Embedded, Reached, VectorWriter
from tests.contracts.vectors.conftest import Place
from tests.contracts.vectors.things import SIZE, TONGUES, WHOLE, Named, query, things, unit

#: an engine's graph may miss one of the ten nearest now and then
OVERLAP = 0.9


class Old(Named):
    """Another model, which gives neutral texts their vectors."""

    def __init__(self) -> None:
        super().__init__("0123456789abcdef")

    def queries(self, texts: Sequence[str]) -> Vectors:
        return np.tile(np.eye(1, SIZE, dtype=np.float32), (len(texts), 1))

    passages = queries


def written(writer: VectorWriter, made: Sequence[Embedded], *, portion: int = 400) -> None:
    """Takes things in as the standing job does: portion by portion, then what these have left to be done."""
    for start in range(0, len(made), portion):
        writer.write(made[start : start + portion], (), WHOLE)
    while writer.tidy():
        pass


def plainly(made: Sequence[Embedded], wanted: Vector, limit: int) -> list[str]:
    """The nearest by comparing every vector, centred by the means of them all."""
    found: dict[str, float] = {}
    for tongue in TONGUES:
        own = [each for each in made if each.tongue == tongue]
        total = sum((each.vector.astype(np.float64) for each in own), np.zeros(len(wanted)))
        mean = centre(total, len(own), shipped().passage(tongue))
        found |= {each.cluster_id: float(unit(each.vector - mean) @ wanted) for each in own}
    return sorted(found, key=lambda name: -found[name])[:limit]


def test_those_are_nearest_that_comparing_all_gives(place: Place) -> None:
    made, writer = things(900), place.writer()
    written(writer, made)
    reader, wanted = place.reader(), [query(number) for number in range(20)]
    shares = [len({*reader.nearest(each, 10)} & {*plainly(made, each, 10)}) / 10 for each in wanted]
    assert sum(shares) / len(shares) >= OVERLAP
    assert len(reader.nearest(wanted[0], 5_000)) == reader.count() == writer.count() == 900
    reader.close()


def test_a_change_is_seen_at_the_next_search(place: Place) -> None:
    made, writer = things(60), place.writer()
    written(writer, made)
    reader = place.reader()
    wanted = made[7].vector - shipped().passage(made[7].tongue)
    assert reader.nearest(wanted, 3)[0] == "c00007"
    again = Embedded(cluster_id="new", tongue=made[7].tongue, digest=b"n", vector=made[7].vector)
    writer.write([again], ["c00007"], WHOLE)
    assert reader.nearest(wanted, 3)[0] == "new"
    assert "c00007" not in reader.nearest(wanted, 100)
    assert reader.count() == writer.count() == 60
    reader.close()


def test_what_is_near_to_a_thing_is_near_enough_and_another_thing(place: Place) -> None:
    made, writer = things(60), place.writer()
    like = [
        Embedded(
            cluster_id=f"like{n}", tongue="en", digest=b"", vector=unit(made[0].vector + 0.02 * n * made[3].vector)
        )
        for n in (1, 2)
    ]
    written(writer, [*made, *like])
    reader = place.reader()
    assert list(reader.nearest_to("c00000", 5, 0.9)) == ["like1", "like2"]
    assert list(reader.nearest_to("c00000", 1, 0.9)) == ["like1"]
    assert len(reader.nearest_to("c00000", 100, -1.0)) == 61
    assert list(reader.nearest_to("c-unknown", 5, 0.0)) == []
    reader.close()


def test_a_writer_that_comes_later_goes_on_where_the_last_one_stopped(place: Place) -> None:
    made = things(9)
    first = place.writer()
    assert (first.reached, first.count()) == (None, 0)
    first.write(made, (), Reached(first=5, last=9))
    first.write([], ["c00004", "never was"], Reached(first=3, last=9))
    later = place.writer()
    assert (later.reached, later.count()) == (Reached(first=3, last=9), 8)
    assert later.digests(["c00003", "c00004", "never was"]) == {"c00003": b"3"}
    assert later.digests([]) == {}


def test_before_the_first_there_are_none_to_read_and_then_none_to_find(place: Place) -> None:
    with pytest.raises(OSError):
        place.reader()
    place.writer()
    reader = place.reader()
    assert (list(reader.nearest(query(1), 10)), reader.count()) == ([], 0)
    assert reader.neutral == shipped()
    reader.close()


def test_another_models_vectors_are_its_own_and_go_when_these_are_whole(place: Place) -> None:
    made = things(6)
    place.writer().write(made, (), WHOLE)
    written(place.writer(Old()), made[:3])
    assert (place.writer().count(), place.writer(Old()).count()) == (6, 3)
    drop_others(place.settings, Named(shipped().fingerprint))
    assert place.writer().count() == 6
    with pytest.raises(OSError):
        place.reader(Old())
