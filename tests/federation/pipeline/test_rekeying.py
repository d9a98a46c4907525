"""Units told apart by other keys: every identifier that was given out leads on, nothing is opened, nothing is lost."""

from __future__ import annotations

import pytest

from federation.errors import RequestRefused
from federation.pipeline import crosswalk_life, rekeying
from federation.storage import aliases, catalogue_records, crosswalks
from federation.storage.crosswalks import Version
from federation.storage.engine import Store
from federation.storage.linkage import clusters, judgements
from federation.storage.linkage.clusters import Moved, name_of
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_harvest import harvest
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import feed_of, hashes, state, tried
from tests.peers.courteous.repository import Repository, serving
from tests.portal_api.test_finding_aids import FindingAid, add_feed

LETTERS = "".join(
    f"<c level='file' id='x{number}'><did><unittitle>Letter {number}</unittitle></did></c>" for number in range(1, 5)
)
BY_ID = """crosswalk: peer
version: 1
extends: base/ead3@{base}
split:
  root: archdesc
  each: [c, c01..c12]
  key: [["@id"], [ead:did/ead:unittitle]]
rules: []
"""


async def filled(store: Store) -> None:
    async with serving(Repository([FindingAid("oai:peer:1", "2020-01-01", LETTERS)])) as url:
        await harvest(store, add_feed(store, url))
    map_all(store)
    link_all(store)


def drafted(store: Store, text: str = "", *, more: str = "rules: []") -> Version:
    with store.transaction() as tx:
        draft = crosswalk_life.begin(tx, feed_of(store), "ada")
        base = draft.text.partition("extends: base/ead3@")[2].split()[0]
        wanted = text or BY_ID.format(base=base).replace("rules: []", more)
        return crosswalk_life.save(
            tx, feed_of(store), draft.number, wanted, "ada", seen=draft.sha256, message="the titles repeat"
        )


def rekeyed(store: Store, number: int) -> dict[str, str]:
    with store.reading() as connection:
        version = crosswalks.found(connection, "k", number)
    names = rekeying.renaming(store, feed_of(store), version)
    with store.transaction() as tx:
        rekeying.rekey(tx, names, number)
    return names.renamed


async def test_every_old_identifier_leads_to_its_new_one(store: Store) -> None:
    await filled(store)
    before = hashes(store)
    number = drafted(store).number
    report = tried(store, number)
    assert [(gate.code, gate.number, gate.stops) for gate in report.gates] == [("ids_changed", 4, False)]
    assert state(store, number) == "tried"
    renamed = rekeyed(store, number)
    map_all(store)
    link_all(store)
    after = hashes(store)
    assert len(after) == len(before) == 5
    assert {renamed.get(old, old) for old in before} == set(after)
    with store.reading() as connection:
        for old, new in renamed.items():
            former = catalogue_records.get(connection, old)
            assert former is not None
            assert not former.alive
            assert aliases.renamed(connection, old) == new
            assert clusters.resolve_name(connection, name_of(old)) == Moved(name_of(new))


async def test_no_other_way_changes_an_identifier(store: Store) -> None:
    await filled(store)
    number = drafted(store).number
    tried(store, number)
    for deed in (
        lambda tx: crosswalk_life.activate(tx, feed_of(store), number),
        lambda tx: crosswalk_life.try_in_sets(tx, feed_of(store), number, ("a",)),
    ):
        with store.transaction() as tx, pytest.raises(RequestRefused) as refused:
            deed(tx)
        assert refused.value.reason == "ids_change"
    rekeyed(store, number)
    map_all(store)
    with store.transaction() as tx, pytest.raises(RequestRefused) as refused:
        crosswalk_life.roll_back(tx, feed_of(store))
    assert refused.value.reason == "ids_change"


async def test_a_way_back_is_a_rekey_too_and_the_first_identifiers_stand_again(store: Store) -> None:
    await filled(store)
    before = hashes(store)
    number = drafted(store).number
    first = number - 1
    tried(store, number)
    renamed = rekeyed(store, number)
    map_all(store)
    tried(store, first)
    back = rekeyed(store, first)
    map_all(store)
    link_all(store)
    assert hashes(store) == before
    assert back == {new: old for old, new in renamed.items()}
    with store.reading() as connection:
        for old, new in renamed.items():
            assert aliases.renamed(connection, new) == old
            assert aliases.renamed(connection, old) is None


async def test_what_a_rekey_would_open_is_stopped_as_ever(store: Store) -> None:
    await filled(store)
    closing = drafted(
        store,
        "crosswalk: peer\nversion: 1\nextends: base/ead3@1\nrules:\n"
        '  - {id: shut, const: closed, to: access.status, when: {from: "@id", equals: x2}}\n',
    )
    tried(store, closing.number)
    with store.transaction() as tx:
        crosswalk_life.activate(tx, feed_of(store), closing.number)
    map_all(store)
    opening = drafted(store)
    report = tried(store, opening.number)
    assert "access_loosened" in {gate.code for gate in report.stops}
    with pytest.raises(RequestRefused) as refused:
        rekeyed(store, opening.number)
    assert refused.value.reason == "state_passed"


async def test_a_unit_that_would_lead_nowhere_stops_it(store: Store) -> None:
    await filled(store)
    number = drafted(store, more='skip: [{when: {from: "@id", equals: x3}, reason: not_material}]\nrules: []').number
    tried(store, number)
    with pytest.raises(RequestRefused) as refused:
        rekeyed(store, number)
    assert refused.value.reason == "ids_unmatched"
    with store.reading() as connection:
        assert crosswalks.remapping_of(connection, "k") is None


async def test_judgements_go_along(store: Store) -> None:
    await filled(store)
    letters = sorted(hashes(store))[:2]
    with store.transaction() as tx:
        judgements.add(tx, "different", [[letters[0]], [letters[1]]], who="ada", note="two things")
    number = drafted(store).number
    tried(store, number)
    renamed = rekeyed(store, number)
    with store.reading() as connection:
        found = judgements.in_force(connection, [renamed.get(each, each) for each in letters])
    assert {each for judgement in found for side in judgement.sides for each in side} == {
        renamed.get(each, each) for each in letters
    }


async def test_a_version_with_the_same_keys_is_no_rekey(store: Store) -> None:
    await filled(store)
    number = drafted(store, "crosswalk: peer\nversion: 1\nextends: base/ead3@1\nrules: []\n").number
    tried(store, number)
    with pytest.raises(RequestRefused) as refused:
        rekeyed(store, number)
    assert refused.value.reason == "ids_same"
