"""A file of any size has parents: its records lie in a temporary database, and few are held as they are mapped."""

from __future__ import annotations

import random

import msgspec

from federation.pipeline.latest import Latest
from federation.pipeline.parent_sources import BroughtParents
from federation.pipeline.records_aside import RecordsAside
from federation.pipeline.tried_hierarchy import TriedHierarchy
from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped, Outcome
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord
from tests.factories import raw_record
from tests.federation.pipeline.trees import DC, TREE

CONTEXT = Context(feed="k", institution=Institution(name="Peer Library"))
PROGRAM = compiled(TREE)


def below(name: str, above: str = "", rights: str = "") -> RawRecord:
    more = f"<dc:relation>{above}</dc:relation>" if above else ""
    more += f"<dc:rights>{rights}</dc:rights>" if rights else ""
    body = DC.format(title=name.title(), more=more)
    raw = raw_record(identifier=name, payload=f"<record><header/><metadata>{body}</metadata></record>")
    return msgspec.structs.replace(raw, feed="k")


def tree(series: int, letters: int) -> list[RawRecord]:
    """A closed fonds, what stands below it, and what stands below that, in no order."""
    made = [below("fonds", rights="Access is closed until 2090.")]
    for number in range(series):
        made.append(below(f"series{number}", "fonds"))
        made += [below(f"letter{number}-{place}", f"series{number}") for place in range(letters)]
    random.Random(7).shuffle(made)
    return made


def mapped(hierarchy: TriedHierarchy, raw: RawRecord) -> Outcome:
    return apply(PROGRAM, raw, CONTEXT, hierarchy.finder(raw.feed, raw.identifier))


def hierarchy_over(records: RecordsAside | BroughtParents, **bounds: int) -> TriedHierarchy:
    return TriedHierarchy(records, lambda raw, find: apply(PROGRAM, raw, CONTEXT, find), **bounds)


def test_few_parents_are_held_whatever_their_number_and_all_records_come_out_the_same() -> None:
    records = tree(series=120, letters=3)
    unbounded = hierarchy_over(BroughtParents(records))
    with RecordsAside(iter(records)) as aside:
        bounded = hierarchy_over(aside, most_parents=10, most_names=50)
        for raw in records:
            assert mapped(bounded, raw) == mapped(unbounded, raw)
            assert bounded.remembered <= 10
    assert unbounded.remembered == 121


def test_a_way_up_of_hundreds_of_levels_is_followed_from_its_top() -> None:
    chain = [below("level0"), *(below(f"level{number}", f"level{number - 1}") for number in range(1, 400))]
    with RecordsAside(iter(chain)) as aside:
        outcome = mapped(hierarchy_over(aside), chain[-1])
    assert isinstance(outcome, Mapped)
    place = outcome.units[0].record.hierarchy
    assert place is not None
    assert (place.depth, place.path[0].title) == (399, "Level0")


def test_records_in_a_circle_come_to_an_end() -> None:
    ring = [below("a", "b"), below("b", "c"), below("c", "a"), below("d", "a")]
    with RecordsAside(iter(ring)) as aside:
        outcomes = [mapped(hierarchy_over(aside, most_parents=1, most_names=1), raw) for raw in ring]
    issues = [{each.code for each in found.units[0].issues} for found in outcomes if isinstance(found, Mapped)]
    assert ["parent_cycle" in codes or "orphan" in codes for codes in issues] == [True] * 4


def test_of_records_that_are_called_the_same_the_last_is_found() -> None:
    with RecordsAside([below("a", rights="one"), below("a", rights="two")]) as aside:
        found = aside.raw("k", "a")
        assert found is not None
        assert "two" in found.payload
        assert (aside.raw("k", "b"), aside.named("k", "b"), aside.withholds("k", "a")) == (None, "b", False)


def test_what_was_asked_for_last_is_kept() -> None:
    latest: Latest[str, int] = Latest(2)
    latest.put("a", 1)
    latest.put("b", 2)
    assert latest.get("a") == 1
    latest.put("c", 3)
    assert ("a" in latest, "b" in latest, "c" in latest, len(latest)) == (True, False, True, 2)
