"""Records below records of the same feed: what comes down, who waits for whom, and that nothing opens on the way."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from random import Random

import pytest

from federation.pipeline import crosswalk_life, withholding
from federation.storage import placements
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store, embedded_url
from federation.storage.schema import open_schema
from mappings.schema.ids import record_id
from tests.federation.pipeline.test_crosswalk_life import confirm, person
from tests.federation.pipeline.trees import FLAT, TREE, Branch, Tree, fonds, letter, series
from tests.federation.pipeline.versions import activated, feed_of, tried

FONDS = record_id("k", "fonds")
CLOSED = "Access is closed until 2090."


async def test_a_record_stands_below_its_parents_and_takes_their_access(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(CLOSED), series(), letter())
    found = tree.records()
    place = found["letter"].hierarchy
    assert place is not None
    assert [(step.id, step.title) for step in place.path] == [
        (FONDS, "Fonds"),
        (record_id("k", "series"), "Series"),
    ]
    assert (place.root, place.parent, place.depth) == (FONDS, record_id("k", "series"), 2)
    assert [found[name].access.status for name in ("fonds", "series", "letter")] == ["closed"] * 3
    assert found["letter"].access.inherited_from == FONDS
    assert tree.hidden() == set()


@pytest.mark.parametrize("order", list(permutations((fonds(CLOSED), series(), letter("Open for research.")))))
async def test_whatever_comes_first_it_comes_to_the_same(
    embedded: Store, tmp_path: Path, order: tuple[Branch, ...]
) -> None:
    tree = Tree(embedded)
    for each in order:
        await tree.take(each)
    (tmp_path / "again").mkdir()
    again = Store(embedded_url(tmp_path / "again"))
    open_schema(again)
    rebuilt = Tree(again)
    await rebuilt.take(fonds(CLOSED), series(), letter("Open for research."))
    assert tree.hashes() == rebuilt.hashes()
    again.close()


async def test_a_record_whose_parent_has_not_come_is_hidden_until_it_comes(store: Store) -> None:
    tree = Tree(store)
    await tree.take(letter("Open for research."))
    assert (tree.hidden(), tree.issues()["letter"]) == ({"letter"}, {"orphan"})
    await tree.take(series())
    assert tree.hidden() == {"letter", "series"}
    await tree.take(fonds())
    assert tree.hidden() == set()
    assert "letter" not in tree.issues()


async def test_a_parent_that_closes_closes_what_says_nothing_itself(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(), series(), letter())
    assert tree.records()["letter"].access.status == "open"
    await tree.take(fonds(CLOSED))
    assert {name: each.access.status for name, each in tree.records().items()} == {
        "fonds": "closed", "series": "closed", "letter": "closed",
    }  # fmt: skip


async def test_a_new_title_of_a_parent_stands_in_the_way_up(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(), series(), letter())
    await tree.take(fonds(title="Papers"))
    place = tree.records()["letter"].hierarchy
    assert place is not None
    assert [step.title for step in place.path] == ["Papers", "Series"]


async def test_what_hands_nothing_new_down_has_nothing_derived_again(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(), series(), letter())
    before = tree.sequence()
    await tree.take(fonds(date="1901"), series(title="Series"))
    after = tree.sequence()
    assert (after["series"], after["letter"]) == (before["series"], before["letter"])
    assert after["fonds"] > before["fonds"]


async def test_a_deleted_parent_hides_what_stands_below_it_until_it_returns(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(), series(), letter("Open for research."))
    await tree.take(series(deleted=True))
    assert tree.hidden() == {"letter"}
    await tree.take(series())
    assert tree.hidden() == set()


async def test_a_withheld_parent_hides_what_stands_below_it(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(), series(), letter())
    with store.transaction() as tx:
        withholding.withhold(tx, record_id("k", "series"), "a request")
    tree.settle()
    assert tree.hidden() == {"letter"}
    with store.transaction() as tx:
        withholding.release(tx, store, record_id("k", "series"))
    tree.settle()
    assert tree.hidden() == set()


async def test_a_cycle_is_named_and_hidden_and_mended_by_the_record_that_leaves_it(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(above="letter"), series(), letter())
    assert tree.hidden() == {"fonds", "series", "letter"}
    assert tree.issues() == {name: {"parent_cycle"} for name in ("fonds", "series", "letter")}
    await tree.take(fonds())
    assert tree.hidden() == set()
    with store.reading() as connection:
        assert placements.waiting(connection) == 0


async def test_a_root_that_is_put_below_its_own_descendant_hides_them_all(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(), series(), letter())
    await tree.take(fonds(above="letter"))
    assert tree.hidden() == {"fonds", "series", "letter"}
    assert tree.issues()["letter"] == {"parent_cycle"}


async def test_a_record_above_itself_is_a_cycle(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(above="fonds"), series())
    assert tree.issues() == {"fonds": {"parent_cycle"}, "series": {"orphan"}}
    assert tree.hidden() == {"fonds", "series"}


async def test_a_closure_is_counted_from_the_nearest_dated_record(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds("Closed for 30 years.", date="1990"), series(date="2000"), letter())
    found = tree.records()
    assert [found[name].access.until for name in ("fonds", "series", "letter")] == [
        "2020-12-31", "2030-12-31", "2030-12-31",
    ]  # fmt: skip
    await tree.take(series(date="2010"))
    assert tree.records()["letter"].access.until == "2040-12-31"


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_changes_it_is_what_a_rebuild_makes(embedded: Store, tmp_path: Path, seed: int) -> None:
    chance, names = Random(seed), "abcdef"
    tree, stands = Tree(embedded), dict[str, Branch]()
    for _ in range(6):
        changed = [_any_branch(chance, names) for _ in range(3)]
        stands.update({each.identifier: each for each in changed})
        await tree.take(*{each.identifier: each for each in changed}.values())
    (tmp_path / "again").mkdir()
    again = Store(embedded_url(tmp_path / "again"))
    open_schema(again)
    rebuilt = Tree(again)
    await rebuilt.take(*(each for each in stands.values() if not each.deleted))
    assert tree.hashes() == rebuilt.hashes()
    assert tree.hidden() == rebuilt.hidden()
    again.close()


def _any_branch(chance: Random, names: str) -> Branch:
    name = chance.choice(names)
    return Branch(
        identifier=name,
        datestamp="2020-01-01",
        title=chance.choice(("Papers", "Maps")),
        deleted=chance.random() < 0.15,
        above=chance.choice(("", "", *names)),
        rights=chance.choice(("", "", CLOSED, "Open for research.", "Closed for 30 years.")),
        date=chance.choice(("", "1990")),
    )


async def test_a_version_that_names_parents_is_tried_as_it_would_stand(store: Store) -> None:
    tree = Tree(store, text=FLAT)
    await tree.take(letter("Open for research."), series(CLOSED), fonds())
    number = _drafted(store, TREE)
    report = tried(store, number)
    assert report.opened == {}
    assert {gate.code: gate.number for gate in report.stops} == {"moved": 2}
    example = next(each for each in report.examples if (each.field, each.identifier) == ("hierarchy", "letter"))
    assert record_id("k", "fonds") in example.after
    example = next(each for each in report.examples if (each.move, each.identifier) == ("moved", "letter"))
    assert (example.before, example.after) == ("[file] Letter", "[file] Fonds / [file] Series / [file] Letter")
    confirm(store, number, person(store, "grace", RoleGrant(role="institution_admin", institution="peer")))
    activated(store, number)
    assert (tree.hidden(), tree.records()["letter"].hierarchy is not None) == (set(), True)


async def test_a_version_that_forgets_the_parents_is_stopped_where_it_opens(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(CLOSED), series(), letter())
    report = tried(store, _drafted(store, FLAT))
    assert {gate.code: gate.number for gate in report.stops} == {"access_loosened": 2, "moved": 2}


async def test_another_level_of_one_moves_all_that_stand_below_it_and_another_title_moves_none(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(), series(), letter())
    renamed = TREE.replace("rules: []", "rules:\n  - {id: title, const: Papers, to: title}")
    assert tried(store, _drafted(store, renamed)).gates == ()
    by_title = "{from: dc:title, equals: Series}"
    raised = TREE.replace("rules: []", f"rules:\n  - {{id: level, const: series, when: {by_title}, to: level}}")
    assert {gate.code: gate.number for gate in tried(store, _drafted(store, raised)).stops} == {"moved": 2}


async def test_no_order_of_a_re_mapping_opens_what_nobody_confirmed(store: Store) -> None:
    tree = Tree(store, text=FLAT)
    await tree.take(fonds(), series())
    number = _drafted(store, TREE)
    report = tried(store, number)
    assert set(report.opened) == {"content", "status"}
    await tree.take(letter())
    confirm(store, number, person(store, "grace", RoleGrant(role="institution_admin", institution="peer")))
    activated(store, number)
    assert {name: each.access.status for name, each in tree.records().items()} == {
        "fonds": "open", "series": "open", "letter": "unknown",
    }  # fmt: skip


def _drafted(store: Store, text: str) -> int:
    with store.transaction() as tx:
        draft = crosswalk_life.begin(tx, feed_of(store), "ada")
        return crosswalk_life.save(
            tx, feed_of(store), draft.number, text, "ada", seen=draft.sha256, message="parents"
        ).number
