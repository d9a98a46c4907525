"""Versions of a crosswalk: tried on everything, stopped where they open, live by a pointer, taken back in one step."""

from __future__ import annotations

import msgspec
import pytest

from federation.errors import RecordChanged, RequestRefused
from federation.pipeline import children, crosswalk_life
from federation.pipeline.ledger_check import verify
from federation.storage import accounts, catalogue_records, crosswalks, raw_records
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store
from federation.storage.outcomes import accounts as sums_of
from mappings.errors import CrosswalkInvalid
from mappings.schema.ids import record_id
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import (
    activated,
    drafted,
    feed_of,
    filled,
    hashes,
    live,
    record,
    rolled_back,
    rule,
    state,
    tried,
)

CLOSED = rule(3, "access.status", "closed")
EXTRA = '  - {id: note, const: Seen, to: "descriptions[]"}\n'


def person(store: Store, name: str, *roles: RoleGrant) -> str:
    with store.transaction() as tx:
        made = accounts.add(tx, name, name, "no password")
        for role in roles:
            accounts.grant(tx, made.id, role, granted_by="operator")
    return made.id


def confirm(store: Store, number: int, account: str, note: str = "the contract ended") -> None:
    with store.transaction() as tx:
        crosswalk_life.confirm(tx, feed_of(store), number, account, note)


def refused(store: Store, number: int, account: str, note: str = "well") -> str:
    with pytest.raises(RequestRefused) as caught:
        confirm(store, number, account, note)
    return caught.value.reason


async def test_rules_for_paths_go_into_the_latest_draft_and_begin_one_where_there_is_none(store: Store) -> None:
    await filled(store, 1)
    with store.transaction() as tx:
        first = crosswalk_life.with_rule(tx, feed_of(store), "dc:audience", "ada")
        second = crosswalk_life.with_rule(tx, feed_of(store), "dc:rights", "grace")
    assert (first.number, second.number, second.authors) == (2, 2, ("ada", "grace"))
    assert second.text.index('from: "dc:rights"') < second.text.index('from: "dc:audience"')
    tried(store, 2)
    with store.transaction() as tx:
        assert crosswalk_life.with_rule(tx, feed_of(store), "dc:audience", "ada").number == 3


async def test_a_version_is_tried_on_every_record_and_changes_nothing(store: Store) -> None:
    await filled(store, 12, deleted_every=6)
    before, draft = hashes(store), drafted(store, EXTRA)
    report = tried(store, draft.number)
    assert (report.records, report.sums) == (12, {"changed": 10, "deleted": 2})
    assert {cell.field: (cell.gained, cell.same) for cell in report.matrix}["descriptions"] == (10, 0)
    assert {cell.field: cell.same for cell in report.matrix}["title"] == 10
    assert (report.gates, state(store, draft.number)) == ((), "tried")
    assert (report.drift, report.relinked) == ((), 0)
    assert hashes(store) == before


async def test_a_dry_run_tells_how_facets_move_and_what_is_linked_anew(store: Store) -> None:
    await filled(store)
    by_type = drafted(store, CLOSED)
    moved = {(each.facet, each.value): (each.gained, each.lost) for each in tried(store, by_type.number).drift}
    assert moved == {("access", "closed"): (1, 0), ("access", "unknown"): (0, 1)}
    titled = drafted(store, rule(3, "title", "Another"))
    assert tried(store, titled.number).relinked == 1


@pytest.mark.parametrize("most_payload", [raw_records.MOST_PAYLOAD, 1])
async def test_going_live_maps_again_and_going_back_restores_every_hash(
    store: Store, most_payload: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_records, "MOST_PAYLOAD", most_payload)
    await filled(store)
    before = hashes(store)
    version = live(store, EXTRA)
    assert record(store, 3).source.crosswalk == f"peer@{version.number}"
    assert hashes(store).keys() == before.keys()
    assert not set(hashes(store).values()) & set(before.values())
    with store.transaction() as tx:
        crosswalk_life.roll_back(tx, feed_of(store))
    assert feed_of(store).crosswalk == "base/oai_dc@1"
    rolled_back(store, version.number)
    rolled_back(store)
    assert (hashes(store), record(store, 3).source.crosswalk) == (before, "base/oai_dc@1")
    assert (state(store, 1), state(store, version.number)) == ("active", "retired")
    assert verify(store).whole


async def test_the_sums_stay_exact_while_a_feed_is_mapped_again(store: Store) -> None:
    await filled(store)
    version = drafted(store, EXTRA)
    tried(store, version.number)
    with store.transaction() as tx:
        crosswalk_life.activate(tx, feed_of(store), version.number)
    while children.map_once(store.url, 5).behind:
        with store.reading() as connection:
            assert sums_of(connection, 1_000_000).exact


async def test_what_tightens_goes_live_without_a_second_person(store: Store) -> None:
    await filled(store)
    live(store, CLOSED)
    assert record(store, 3).access.status == "closed"


async def test_what_opens_waits_for_a_named_second_person(store: Store) -> None:
    await filled(store)
    live(store, CLOSED)
    opening = drafted(store, rule(3, "access.status", "open"), author="ada")
    report = tried(store, opening.number)
    assert (report.opened, state(store, opening.number)) == ({"status": 1, "content": 1}, "awaiting")
    with pytest.raises(RequestRefused, match="state_passed"):
        activated(store, opening.number)
    admin = RoleGrant(role="institution_admin", institution="peer")
    assert refused(store, opening.number, "ada") == "own_work"
    assert refused(store, opening.number, person(store, "eve", RoleGrant(role="harvest_admin"))) == "role_missing"
    grace = person(store, "grace", admin)
    assert refused(store, opening.number, grace, " ") == "note_missing"
    confirm(store, opening.number, grace)
    activated(store, opening.number)
    assert record(store, 3).access.status == "open"
    with store.reading() as connection:
        assert crosswalks.found(connection, "k", opening.number).confirmed_by == grace
        assert crosswalks.kept(connection) == []
    assert verify(store).whole


async def test_nobody_confirms_what_nobody_signed_or_what_they_wrote(store: Store) -> None:
    await filled(store)
    live(store, CLOSED)
    grace = person(store, "grace", RoleGrant(role="institution_admin"))
    unsigned = drafted(store, "", author="operator")
    tried(store, unsigned.number)
    assert refused(store, unsigned.number, grace) == "author_unnamed"
    own = drafted(store, "", author=grace)
    tried(store, own.number)
    assert refused(store, own.number, grace) == "own_work"


async def test_a_rollback_opens_nothing_by_itself(store: Store) -> None:
    await filled(store)
    live(store, CLOSED + EXTRA)
    rolled_back(store)
    assert record(store, 3).access.status == "closed"
    assert record(store, 4).descriptions == ()
    with store.reading() as connection:
        (kept,) = crosswalks.kept(connection, "k")
        row = catalogue_records.get(connection, record_id("k", "oai:peer:3"))
    assert (kept.identifier, kept.number) == ("oai:peer:3", 2)
    assert row is not None
    assert row.crosswalk == "peer@2"


async def test_a_record_that_opens_since_the_dry_run_stays_with_its_version(store: Store) -> None:
    await filled(store)
    live(store, CLOSED)
    grace = person(store, "grace", RoleGrant(role="institution_admin"))
    opening = drafted(store, "")
    tried(store, opening.number)
    confirm(store, opening.number, grace)
    with store.transaction() as tx:
        crosswalks.drop_loosened(tx, "k", opening.number)
    activated(store, opening.number)
    assert record(store, 3).access.status == "closed"


async def test_a_record_kept_out_by_a_rule_is_not_shown_without_confirmation(store: Store) -> None:
    await filled(store)
    skip = 'skip: [{when: {from: "header:identifier", equals: "oai:peer:3"}, reason: internal}]\n'
    draft = drafted(store, "")
    with store.transaction() as tx:
        text = draft.text.replace("rules:", skip + "rules:")
        crosswalk_life.save(tx, feed_of(store), draft.number, text, "ada", seen=draft.sha256, message="")
    assert tried(store, draft.number).sums == {"same": 11, "refused": 1}
    activated(store, draft.number)
    back = drafted(store, "")
    assert tried(store, back.number).opened == {"shown": 1}
    rolled_back(store, 1)
    assert len(hashes(store)) == 11


async def test_a_canary_is_live_for_its_sets_alone(store: Store) -> None:
    await filled(store)
    version = drafted(store, EXTRA)
    tried(store, version.number)
    with store.transaction() as tx:
        crosswalk_life.try_in_sets(tx, feed_of(store), version.number, ("maps",))
    map_all(store)
    assert record(store, 3).descriptions == ()
    rolled_back(store)
    assert state(store, version.number) == "retired"


async def test_two_people_do_not_write_over_each_other(store: Store) -> None:
    await filled(store, 3)
    draft = drafted(store, EXTRA)
    with store.transaction() as tx, pytest.raises(RecordChanged):
        crosswalk_life.save(tx, feed_of(store), draft.number, "x", "bob", seen="of an earlier text", message="")


@pytest.mark.parametrize("is_draft", [True, False])
async def test_of_a_long_message_its_beginning_is_kept(store: Store, is_draft: bool) -> None:
    await filled(store, 3)
    draft = drafted(store, EXTRA)
    if not is_draft:
        tried(store, draft.number)
    message = f" {'x' * crosswalk_life.LONGEST_NOTE} and more"
    with store.transaction() as tx:
        kept = crosswalk_life.save(
            tx, feed_of(store), draft.number, draft.text, "bob", seen=draft.sha256, message=message
        )
    assert kept.message == "x" * crosswalk_life.LONGEST_NOTE


async def test_a_version_with_faults_is_not_tried_and_names_the_line(store: Store) -> None:
    await filled(store, 3)
    draft = drafted(store, "  - {id: a, from: dc:title, to: nowhere}\n")
    with pytest.raises(CrosswalkInvalid) as caught:
        tried(store, draft.number)
    assert caught.value.faults[0].line == 5
    assert state(store, draft.number) == "draft"


async def test_a_dry_run_against_what_is_no_longer_live_counts_no_more(store: Store) -> None:
    await filled(store, 3)
    first, second = drafted(store, EXTRA), drafted(store, EXTRA.replace("Seen", "Twice"))
    for version in (first, second):
        tried(store, version.number)
    activated(store, first.number)
    with pytest.raises(RequestRefused, match="dry_run_stale"):
        activated(store, second.number)


async def test_a_version_that_loses_most_records_is_stopped(store: Store) -> None:
    await filled(store)
    draft = drafted(store, '  - {id: need, from: "dc:nothing", to: edition, require: reject}\n')
    report = tried(store, draft.number)
    assert {gate.code for gate in report.stops} == {"mapped_drop", "rejects"}
    confirm(store, draft.number, person(store, "eve", RoleGrant(role="harvest_admin")))
    assert msgspec.json.decode(msgspec.json.encode(report.sums)) == {"refused": 12}
