"""The life of a crosswalk as an operator types it, from a draft to what is live and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from federation.storage.engine import Store
from federation.storage.opened import close_stores
from mappings.errors import CrosswalkInvalid
from mappings.schema.ids import record_id
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_copied_rules import another
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import HEAD, filled, hashes, record, rule
from tests.peers.courteous.repository import Item, Repository, items, serving
from tests.portal_api.auth.people import PASSWORD
from tests.portal_api.commands.test_account import refused, run

GIVEN = PASSWORD + "\n"


@pytest.fixture
async def folder(embedded: Store, tmp_path: Path) -> Path:
    await filled(embedded, 6)
    return peopled(tmp_path)


@pytest.fixture
async def odd(embedded: Store, tmp_path: Path) -> Path:
    """The same with one more record, in which an element stands that no rule of the base reads."""
    title = "Letters</dc:title><dc:audience>For the household of Lin</dc:audience><dc:title>Second"
    records = [*items(6, deleted_every=100), Item("oai:peer:odd", "2021-01-01", title, set_spec="letters")]
    async with serving(Repository(records)) as url:
        await harvest(embedded, add_feed(embedded, url))
    map_all(embedded)
    return peopled(tmp_path)


def peopled(tmp_path: Path) -> Path:
    run(tmp_path, "account", "add", "ada", "--role", "harvest_admin@peer", given=GIVEN)
    run(tmp_path, "account", "add", "grace", "--role", "institution_admin@peer", given=GIVEN)
    return tmp_path


def written(folder: Path, number: int, rules: str) -> None:
    """A draft begun and saved by Ada."""
    run(folder, "crosswalk", "new", "Peer", "--as", "ada", given=GIVEN)
    file = folder / "rules.yaml"
    file.write_text(HEAD + rules, encoding="utf-8")
    said = run(folder, "crosswalk", "save", "Peer", str(number), str(file), "--as", "ada", given=GIVEN)
    assert f"version {number}: draft" in said


async def test_a_version_goes_live_and_back_and_what_opens_is_confirmed_by_another(
    embedded: Store, folder: Path
) -> None:
    written(folder, 2, rule(3, "access.status", "closed"))
    report = run(folder, "crosswalk", "dry-run", "Peer", "2")
    assert "version 2: tried" in report
    assert "field\tgained\tlost\tchanged\tsame\n" in report
    run(folder, "crosswalk", "activate", "Peer", "2")
    map_all(embedded)
    assert record(embedded, 3).access.status == "closed"
    written(folder, 3, rule(3, "access.status", "open"))
    report = run(folder, "crosswalk", "dry-run", "Peer", "3")
    assert "stops: Records that would be opened: 1 [access_loosened]" in report
    assert "would be opened: oai:peer:3 Title 3 (content status): " in report
    said = json.loads(run(folder, "crosswalk", "dry-run", "Peer", "3", "--json"))
    assert (said["state"], said["report"]["opened"]) == ("awaiting", {"status": 1, "content": 1})
    assert refused(folder, "crosswalk", "activate", "Peer", "3") == "state_passed"
    confirm = ("crosswalk", "confirm", "Peer", "3", "--note", "the contract ended", "--as")
    assert refused(folder, *confirm, "ada", given=GIVEN) == "own_work"
    assert refused(folder, *confirm, "grace", given="a wrong password\n") == "not_known"
    run(folder, *confirm, "grace", given=GIVEN)
    run(folder, "crosswalk", "activate", "Peer", "3")
    map_all(embedded)
    assert record(embedded, 3).access.status == "open"
    assert "version 2: active" in run(folder, "crosswalk", "rollback", "Peer")
    map_all(embedded)
    assert record(embedded, 3).access.status == "closed"
    close_stores()


async def test_the_whole_way_by_command_ends_where_it_began(embedded: Store, odd: Path) -> None:
    lives(embedded)
    folder, before = odd, hashes(embedded)
    assert "household of Lin" not in run(folder, "show", record_id("k", "oai:peer:odd"))
    assert "dc:audience\t1\t1\toai:peer:odd" in run(folder, "crosswalk", "unread", "Peer")
    text = run(folder, "crosswalk", "new", "Peer", "--path", "dc:audience", "--as", "ada", given=GIVEN)
    file = folder / "rules.yaml"
    again = run(folder, "crosswalk", "new", "Peer", "--path", "dc:rights", "--as", "ada", given=GIVEN)
    assert "version 2\n" in again
    assert ('from: "dc:audience"' in again, 'from: "dc:rights"' in again) == (True, True)
    rules = text[text.index("# Rules") :]
    file.write_text(f"{rules}defaults: {{access.status: open}}\n", encoding="utf-8")
    run(folder, "crosswalk", "save", "Peer", "2", str(file), "--message", "read it", "--as", "ada", given=GIVEN)
    assert "audience" in run(folder, "crosswalk", "preview", str(file), "oai:peer:odd")
    assert "dc_audience\t2\tada\tread it" in run(folder, "crosswalk", "blame", "Peer", "2")
    report = run(folder, "crosswalk", "dry-run", "Peer", "2")
    assert "version 2: awaiting" in report
    assert "passed by a second institution_admin" in report
    assert report.count("\nwould be opened: oai:") == len(before)
    assert hashes(embedded) == before
    assert refused(folder, "crosswalk", "activate", "Peer", "2") == "state_passed"
    confirm = ("crosswalk", "confirm", "Peer", "2", "--note", "so it is", "--as")
    assert refused(folder, *confirm, "ada", given=GIVEN) == "own_work"
    run(folder, *confirm, "grace", given=GIVEN)
    assert "version 2: canary" in run(folder, "crosswalk", "canary", "Peer", "2", "--set", "letters")
    lives(embedded)
    odd_one, tried = record_id("k", "oai:peer:odd"), hashes(embedded)
    assert {name for name in before if tried[name] != before[name]} == {odd_one}
    run(folder, "crosswalk", "activate", "Peer", "2")
    lives(embedded)
    assert all(hashes(embedded)[name] != before[name] for name in before)
    assert "household of Lin" in run(folder, "show", odd_one)
    assert "version 1: active" in run(folder, "crosswalk", "rollback", "Peer")
    lives(embedded)
    assert hashes(embedded) == before
    assert "household of Lin" not in run(folder, "show", odd_one)
    close_stores()


def lives(store: Store) -> None:
    """What the runner does behind what is put to work."""
    map_all(store)
    link_all(store)


async def test_versions_are_listed_shown_and_compared(folder: Path) -> None:
    written(folder, 2, rule(3, "access.status", "closed"))
    assert "Peer\tbase/oai_dc@1\t2 draft" in run(folder, "crosswalk", "list")
    assert "2\tdraft\tada" in run(folder, "crosswalk", "history", "Peer")
    assert "version: 2" in run(folder, "crosswalk", "show", "Peer", "2")
    assert "+extends: base/oai_dc@1" in run(folder, "crosswalk", "diff", "Peer", "1", "2")
    assert json.loads(run(folder, "crosswalk", "list", "--json"))["versions"][0]["state"] == "draft"
    close_stores()


async def test_a_stored_record_is_kept_as_a_test(folder: Path) -> None:
    written(folder, 2, rule(4, "access.status", "closed"))
    said = run(folder, "crosswalk", "pin", "Peer", "2", "oai:peer:3", "--as", "ada", given=GIVEN)
    assert "version 2: draft; oai:peer:3 is a test of it" in said
    assert '"title.value":"Title 3"' in run(folder, "crosswalk", "show", "Peer", "2")
    close_stores()


async def test_a_stored_version_is_checked_and_previewed_by_its_feeds_name(folder: Path) -> None:
    written(folder, 2, rule(3, "access.status", "closed"))
    assert "no faults" in run(folder, "crosswalk", "check", "Peer@2")
    assert "no faults" in run(folder, "crosswalk", "check", "Peer")
    drafted = run(folder, "crosswalk", "preview", "Peer@2", "oai:peer:3")
    assert "r3_access_status" in drafted
    assert "r3_access_status" not in run(folder, "crosswalk", "preview", "Peer", "oai:peer:3")
    assert "no_such_version" in str(refused(folder, "crosswalk", "check", "Peer@9"))
    written(folder, 3, "  - {id: a, from: dc:title, to: nowhere}\n")
    with pytest.raises(CrosswalkInvalid, match="nowhere"):
        run(folder, "crosswalk", "check", "Peer@3")
    close_stores()


async def test_a_draft_may_copy_the_rules_of_another_feed(embedded: Store, odd: Path) -> None:
    another(embedded, HEAD + '  - {id: note, const: Seen, to: "descriptions[]"}\n')
    said = run(odd, "crosswalk", "new", "Peer", "--like", "Second", "--as", "ada", given=GIVEN)
    assert ("version 2\n" in said, "id: note, const: Seen" in said) == (True, True)
