"""Ids of units over whatever happens to a finding aid: what stays keeps its id, and none passes to other material."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import pytest

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.schema.raw import RawRecord
from tests.mappings.engine.crosswalks import CONTEXT
from tests.mappings.engine.test_split import finding_aid

#: a change to a list of components; what each describes stands in its scope note and never changes
Change = Callable[[list["Component"], random.Random], None]


class Component(msgspec.Struct):
    """A component of a finding aid."""

    #: what it is, whoever describes it however
    material: str
    title: str
    date: str
    unitid: str = ""
    number: str = ""
    below: list[Component] = []

    def xml(self) -> str:
        """With its `@id`, which a stylesheet counts."""
        unitid = f"<unitid>{self.unitid}</unitid>" if self.unitid else ""
        did = f"<did>{unitid}<unittitle>{self.title}</unittitle><unitdate>{self.date}</unitdate></did>"
        scope = f"<scopecontent><p>{self.material}</p></scopecontent>"
        return f'<c id="{self.number}">{did}{scope}{"".join(each.xml() for each in self.below)}</c>'


def grown(chance: random.Random, depth: int = 0) -> list[Component]:
    """Siblings with others below; some share a title, none shares title and date."""
    return [
        Component(
            material=f"m{chance.getrandbits(60):x}",
            title=chance.choice(("Letters", "Diaries", "Maps", "Minutes")),
            date=str(1800 + place),
            unitid=f"MS {depth}.{place}" if chance.random() < 0.3 else "",
            below=grown(chance, depth + 1) if depth < 2 and chance.random() < 0.6 else [],
        )
        for place in range(chance.randint(1, 6))
    ]


def everyone(found: list[Component]) -> list[Component]:
    return [each for component in found for each in (component, *everyone(component.below))]


def written(found: list[Component]) -> RawRecord:
    for number, each in enumerate(everyone(found), 1):
        each.number = f"ref{number}"
    return finding_aid("".join(each.xml() for each in found))


def ids(found: list[Component]) -> dict[str, str]:
    """What a unit is -> its id."""
    outcome = apply(compiled("base/ead3"), written(found), CONTEXT)
    assert isinstance(outcome, Mapped)
    units = [unit.record for unit in outcome.units if unit.record.descriptions]
    named = {record.descriptions[0].value: record.id for record in units}
    assert len(named) == len(units) == len(everyone(found))
    return named


def shuffled(found: list[Component], chance: random.Random) -> None:
    chance.shuffle(found)
    for each in found:
        shuffled(each.below, chance)


def inserted(found: list[Component], chance: random.Random) -> None:
    new = Component(material=f"new{chance.getrandbits(60):x}", title="Ledger", date="1950")
    found.insert(chance.randint(0, len(found)), new)


def retitled(found: list[Component], chance: random.Random) -> None:
    chance.choice(everyone(found)).title = f"Papers {chance.getrandbits(40):x}"


def deleted(found: list[Component], chance: random.Random) -> None:
    found.pop(chance.randrange(len(found)))


def moved(found: list[Component], chance: random.Random) -> None:
    taken = found.pop(chance.randrange(len(found)))
    others = everyone(found)
    (chance.choice(others).below if others else found).append(taken)


@pytest.mark.parametrize("change", [shuffled, inserted], ids=lambda change: change.__name__)
def test_order_and_new_siblings_change_no_id(change: Change) -> None:
    for seed in range(30):
        chance = random.Random(seed)
        found = grown(chance)
        before = ids(found)
        change(found, chance)
        after = ids(found)
        assert {material: after[material] for material in before} == before


@pytest.mark.parametrize("change", [retitled, deleted, moved, inserted], ids=lambda change: change.__name__)
def test_no_id_passes_to_other_material(change: Change) -> None:
    """Every `@id` is counted anew after each change, as stylesheets do."""
    for seed in range(30):
        chance = random.Random(seed)
        found = grown(chance)
        was = {record_id: material for material, record_id in ids(found).items()}
        change(found, chance)
        for material, record_id in ids(found).items():
            assert was.get(record_id, material) == material


def test_a_context_is_no_part_of_an_id() -> None:
    found = grown(random.Random(1))
    raw = written(found)
    elsewhere = Context(feed=CONTEXT.feed, institution=CONTEXT.institution, language="deu")
    one, other = (apply(compiled("base/ead3"), raw, context) for context in (CONTEXT, elsewhere))
    assert isinstance(one, Mapped)
    assert isinstance(other, Mapped)
    assert [unit.record.id for unit in one.units] == [unit.record.id for unit in other.units]
