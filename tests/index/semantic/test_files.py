"""Vectors in files: what is committed is found, what is not is not, and nobody reads what another writes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.semantic import rows as stored
from index.semantic.centring import Neutral, Vector, shipped
from index.semantic.files import FileVectors
from index.semantic.reading import FileReader
from index.semantic.vectors import Embedded, Reached

SIZE = 384
WHOLE = Reached(first=0, last=9)
CHANCE = np.random.default_rng(20261126)


def neutral() -> Neutral:
    return shipped()


def unit(vector: Vector | None = None) -> Vector:
    found = CHANCE.normal(size=SIZE).astype(np.float32) if vector is None else vector
    made: Vector = found / np.linalg.norm(found)
    return made


def thing(name: str, vector: Vector | None = None, tongue: str = "en") -> Embedded:
    return Embedded(cluster_id=name, tongue=tongue, digest=name.encode(), vector=unit(vector))


def near(folder: Path, vector: Vector, limit: int = 10) -> Sequence[str]:
    with closing(FileReader(folder)) as reader:
        return reader.nearest(vector, limit)


def test_the_nearest_comes_first_and_a_change_is_seen_at_the_next_search(tmp_path: Path) -> None:
    things = [thing(f"c{number}") for number in range(50)]
    store = FileVectors(tmp_path, neutral)
    store.write(things, (), WHOLE)
    wanted = things[7].vector - neutral().passage("en")
    with closing(FileReader(tmp_path)) as reader:
        assert reader.nearest(wanted, 3)[0] == "c7"
        store.write([thing("new", things[7].vector + 0.001)], ["c7"], WHOLE)
        assert reader.nearest(wanted, 3)[0] == "new"
        assert "c7" not in reader.nearest(wanted, 100)
        assert reader.count() == store.count() == 50


def test_a_reader_that_followed_finds_what_a_new_one_finds(tmp_path: Path) -> None:
    store = FileVectors(tmp_path, neutral)
    store.write([thing("first")], (), WHOLE)
    with closing(FileReader(tmp_path)) as followed:
        followed.nearest(unit(), 1)
        for round_ in range(12):
            made = [thing(f"c{round_}-{n}", tongue=("en", "zh", "de")[n % 3]) for n in range(9)]
            store.write(made, [f"c{round_ - 1}-{n}" for n in range(0, 9, 2)], WHOLE)
            wanted = unit()
            assert followed.nearest(wanted, 500) == near(tmp_path, wanted, 500)


def test_exactly_those_are_nearest_that_a_plain_comparison_gives(tmp_path: Path) -> None:
    things = [thing(f"c{number:03}") for number in range(300)]
    FileVectors(tmp_path, neutral).write(things, (), WHOLE)
    with closing(stored.opened(tmp_path)) as rows:
        (told,) = rows.execute("SELECT centre FROM tongue").fetchone()
    mean, wanted = np.frombuffer(told, dtype=np.float32), unit()
    centred = {each.cluster_id: unit(each.vector - mean) for each in things}
    plain = sorted(centred, key=lambda name: -float(centred[name] @ wanted))
    assert list(near(tmp_path, wanted, 20)) == plain[:20]


def test_what_was_not_committed_is_not_there(tmp_path: Path) -> None:
    store = FileVectors(tmp_path, neutral)
    kept = thing("kept")
    store.write([kept], (), Reached(first=5, last=9))
    broken = Embedded(cluster_id="b", tongue="en", digest=b"", vector=None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        store.write([thing("a"), broken], ["kept"], WHOLE)
    again = FileVectors(tmp_path, neutral)
    assert (again.count(), again.reached) == (1, Reached(first=5, last=9))
    assert again.digests(["kept", "a", "b"]) == {"kept": b"kept"}
    assert list(near(tmp_path, kept.vector)) == ["kept"]


def test_a_language_s_sum_stays_that_of_its_records(tmp_path: Path) -> None:
    store = FileVectors(tmp_path, neutral)
    store.write([thing(f"c{number}") for number in range(30)], (), WHOLE)
    last = [thing(f"c{number}") for number in range(10)]
    store.write(last, [f"c{number}" for number in range(10, 30)], WHOLE)
    with closing(stored.opened(tmp_path)) as rows:
        count, total = rows.execute("SELECT count, total FROM tongue").fetchone()
    assert count == 10
    assert np.allclose(np.frombuffer(total), sum(each.vector.astype(float) for each in last), atol=1e-5)


def test_rows_that_fell_free_are_used_again(tmp_path: Path) -> None:
    store = FileVectors(tmp_path, neutral)
    for _ in range(20):
        store.write([thing("same")], (), WHOLE)
    assert (tmp_path / "vectors.f32").stat().st_size <= 3 * SIZE * 4
    assert store.count() == 1


def test_there_are_no_vectors_to_read_before_the_first(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileReader(tmp_path)
    FileVectors(tmp_path, neutral)
    assert list(near(tmp_path, unit())) == []
