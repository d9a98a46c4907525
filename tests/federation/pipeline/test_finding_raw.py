"""Who has this field: by a path as rules write it, part by part, in finding aids too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from federation.errors import RequestRefused
from federation.pipeline import finding_raw
from federation.pipeline.finding_raw import RawHits, Wanted, find
from federation.pipeline.withholding import withhold
from federation.storage.engine import Store
from mappings.errors import CrosswalkInvalid
from mappings.schema.ids import record_id
from tests.federation.pipeline import test_rekeying
from tests.federation.pipeline.versions import feed_of, filled


def found(store: Store, path: str, value: str = "", after: int = 0) -> RawHits:
    with store.reading() as connection:
        return find(connection, feed_of(store), Wanted(path=path, value=value, after=after))


async def test_records_are_found_by_path_and_value(store: Store) -> None:
    await filled(store, 12)
    assert (len(found(store, "dc:title").hits), found(store, "dc:title").looked_at) == (12, 12)
    [hit] = found(store, "dc:title", "TITLE 12").hits
    assert (hit.identifier, hit.values) == ("oai:peer:12", ("Title 12",))
    assert found(store, "dc:nothing").hits == ()
    assert len(found(store, "header:identifier", "oai:peer:1").hits) == 4


async def test_what_is_withheld_is_not_found(store: Store) -> None:
    await filled(store, 3)
    with store.transaction() as tx:
        withhold(tx, record_id("k", "oai:peer:2"), "it names a child")
    assert [hit.identifier for hit in found(store, "dc:title").hits] == ["oai:peer:1", "oai:peer:3"]
    assert found(store, "dc:title", "title 2").hits == ()


async def test_units_of_a_finding_aid_are_looked_into(store: Store) -> None:
    await test_rekeying.filled(store)
    [hit] = found(store, "ead:did/ead:unittitle", "letter").hits
    assert hit.values == ("Letter 1", "Letter 2", "Letter 3", "Letter 4")


async def test_a_long_search_goes_on_where_it_was_cut(store: Store) -> None:
    await filled(store, 12)
    ticks: Iterator[float] = iter([0.0, *[finding_raw.SECONDS + 1.0] * 50])
    with store.reading() as connection:
        part = find(connection, feed_of(store), Wanted(path="dc:title"), monotonic=lambda: next(ticks))
    assert (part.looked_at, len(part.hits)) == (1, 1)
    assert part.following is not None
    rest = found(store, "dc:title", after=part.following)
    assert (rest.looked_at, rest.following) == (11, None)


@pytest.mark.parametrize("path", ["nix:title", "dc:title[", "marc:245$a"])
async def test_a_path_that_cannot_be_read_is_told(store: Store, path: str) -> None:
    await filled(store, 1)
    with pytest.raises(CrosswalkInvalid):
        found(store, path)


@pytest.mark.parametrize("path", ["", "a" * 501])
async def test_a_path_has_a_length(store: Store, path: str) -> None:
    await filled(store, 1)
    with pytest.raises(RequestRefused):
        found(store, path)
