"""A newer version of a base: nothing moves until it is raised, and then every feed does, or none."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from federation.errors import RequestRefused
from federation.pipeline import base_rise, children
from federation.pipeline.base_rise import Rising
from federation.pipeline.ledger_check import verify
from federation.storage import feeds
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store
from tests.federation.pipeline.test_crosswalk_life import person
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import HEAD, feed_of, filled, hashes, live, record, rule
from tests.newer_bases import EXTRA, newer_oai_dc

BASE = "base/oai_dc"
OPENING = EXTRA + rule(3, "access.status", "open")


def everyone(store: Store) -> list[feeds.StoredFeed]:
    with store.reading() as connection:
        return list(feeds.everyone(connection))


def standing(store: Store) -> dict[str, tuple[str, str]]:
    """Feed -> the base that it lives by, and the state of its rise."""
    with store.reading() as connection:
        found: tuple[Rising, ...] = base_rise.rising(connection, BASE, feeds.everyone(connection))
    return {each.feed.key: (each.lives_by, each.version.state if each.version else "") for each in found}


def second_feed(store: Store, text: str = "") -> None:
    """Another feed, which has no records, with rules of its own in front of the base where `text` says so."""
    wanted = msgspec.structs.replace(feed_of(store), key="k2", name="Second", crosswalk=BASE)
    with store.transaction() as tx:
        feeds.add(tx, wanted)
        if text:
            feeds.change(tx, msgspec.structs.replace(wanted, crosswalk="second", crosswalk_text=text))


def try_all(store: Store, author: str = "ada") -> list[str]:
    with store.transaction() as tx:
        left = base_rise.try_all(tx, BASE, everyone(store), author)
    while children.dry_run_once(store.url).done:
        pass
    return [each.reason for each in left]


def activate_all(store: Store) -> int:
    with store.transaction() as tx:
        number = base_rise.activate_all(tx, BASE, everyone(store))
    map_all(store, 5)
    return number


def roll_back_all(store: Store) -> int:
    with store.transaction() as tx:
        number = base_rise.roll_back_all(tx, BASE, everyone(store))
    map_all(store, 5)
    return number


async def test_a_new_version_of_a_base_moves_nothing_until_all_its_feeds_are_raised_in_one_step(
    store: Store, tmp_path: Path
) -> None:
    await filled(store)
    second_feed(store, HEAD.replace("rules:", "rules: []"))
    before = hashes(store)
    with newer_oai_dc(tmp_path) as newest:
        map_all(store, 5)
        assert (hashes(store), standing(store)) == (before, {"k": (f"{BASE}@1", ""), "k2": (f"{BASE}@1", "")})
        assert try_all(store) == []
        assert (hashes(store), standing(store)["k2"]) == (before, (f"{BASE}@1", "tried"))
        assert activate_all(store) == 2
        assert standing(store) == {"k": (newest, "active"), "k2": (newest, "active")}
        assert (record(store, 3).source.crosswalk, feed_of(store).crosswalk) == (newest, newest)
        assert record(store, 3).descriptions[0].value == "Raised"
        assert roll_back_all(store) == 2
        assert (hashes(store), standing(store)["k"]) == (before, (f"{BASE}@1", "retired"))
        assert try_all(store) == []
        assert activate_all(store) == 2
    assert verify(store).whole


async def test_what_a_base_would_open_waits_for_a_second_person_and_nothing_goes_live_meanwhile(
    store: Store, tmp_path: Path
) -> None:
    await filled(store)
    second_feed(store)
    live(store, rule(3, "access.status", "closed").replace("r3_", "closing_"))
    with newer_oai_dc(tmp_path, OPENING) as newest:
        try_all(store)
        assert standing(store)["k"][1] == "tried", "the feed's own rule comes first, and still closes"
        activate_all(store)
        assert (record(store, 3).access.status, standing(store)["k"]) == ("closed", (newest, "active"))


async def test_a_second_person_confirms_for_all_and_never_whoever_began(store: Store, tmp_path: Path) -> None:
    await filled(store)
    second_feed(store)
    with newer_oai_dc(tmp_path, OPENING):
        ada = person(store, "ada", RoleGrant(role="institution_admin"))
        try_all(store, ada)
        assert (standing(store)["k"][1], standing(store)["k2"][1]) == ("awaiting", "tried")
        with pytest.raises(RequestRefused, match="rise_not_ready"):
            activate_all(store)
        assert standing(store)["k2"][1] == "tried", "none goes live where one may not"
        with store.transaction() as tx, pytest.raises(RequestRefused, match="own_work"):
            base_rise.confirm_all(tx, BASE, everyone(store), ada, "well")
        grace = person(store, "grace", RoleGrant(role="institution_admin"))
        with store.transaction() as tx:
            assert base_rise.confirm_all(tx, BASE, everyone(store), grace, "the statute changed") == ()
        assert activate_all(store) == 2
        assert record(store, 3).access.status == "open"


async def test_a_feed_whose_rules_do_not_fit_is_named_and_the_others_go_on(store: Store, tmp_path: Path) -> None:
    await filled(store)
    second_feed(store, HEAD.replace("rules:", "drop: [publishers]\nrules: []"))
    with newer_oai_dc(tmp_path, renamed=("id: publishers", "id: issuers")):
        assert try_all(store) == ["crosswalk_invalid"]
        assert standing(store) == {"k": (f"{BASE}@1", "tried"), "k2": (f"{BASE}@1", "draft")}


async def test_a_base_that_does_not_ship_and_a_rise_that_was_not_tried_are_refused(store: Store) -> None:
    await filled(store, 1)
    with store.transaction() as tx:
        for act in (base_rise.activate_all, base_rise.roll_back_all):
            with pytest.raises(RequestRefused, match=r"rise_not_ready|nothing_to_roll_back"):
                act(tx, BASE, everyone(store))
        with pytest.raises(RequestRefused, match="no_such_base"):
            base_rise.try_all(tx, "base/none", everyone(store), "ada")
