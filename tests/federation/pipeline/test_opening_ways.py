"""Other ways in which rules open one record: a table, a condition, a parent, the level, an address, a base.

Beside `test_opening`, whose rules state terms outright.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from federation.pipeline import crosswalk_life
from federation.pipeline import lookup_tables as deeds
from federation.storage import feeds, lookup_tables
from federation.storage.engine import Store
from mappings.schema.access import STATUS_ORDER
from mappings.tables.rows import TableRow
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.trees import Branch
from tests.federation.pipeline.versions import feed_of, rule, state, tried
from tests.newer_bases import EXTRA, newer_oai_dc
from tests.peers.courteous.repository import Repository, serving

#: record -> what its way states of it: a status, a level, or the role of an address
Stated = dict[int, str]
#: way -> its records
Ways = dict[str, Stated]
#: the record that those of `below` stand below
PARENT = 1
TABLE = "peer_terms"
LEVELS = ("item", "series", "fonds")
#: what is a page about the content, and what is the content
ROLES = ("landing", "file", "manifest")
#: loosest first
WAYS: dict[str, tuple[str, ...]] = {
    "below": STATUS_ORDER, "table": STATUS_ORDER, "when": STATUS_ORDER, "level": LEVELS, "address": ROLES,
}  # fmt: skip


def text(ways: Ways, table: int, base: str = "base/oai_dc@1") -> str:
    """A crosswalk whose rules state this, by a version of the table of terms."""
    head = "crosswalk: peer\nversion: 1\nextends: {}\nparent: {{from: dc:relation}}\ntables: {{terms: peer_terms@{}}}\n"
    return head.format(base, table) + "rules:\n" + "".join(_rules(ways))


def rows(ways: Ways) -> tuple[TableRow, ...]:
    """The table of terms."""
    return tuple(TableRow(key=_name(number), value=status) for number, status in sorted(ways["table"].items()))


def _name(number: int) -> str:
    return f"oai:peer:{number}"


def _of(numbers: list[int]) -> str:
    return f'from: "header:identifier", one_of: {[_name(number) for number in numbers]}'


def _rules(ways: Ways) -> Iterator[str]:
    looked_up = "do: [lookup: {table: terms, miss: none}]"
    yield f'  - {{id: table, from: "header:identifier", {looked_up}, to: "access.status"}}\n'
    for status in STATUS_ORDER:
        if numbers := [number for number, value in ways["when"].items() if value == status]:
            yield f'  - {{id: when_{status}, const: {status}, when: {{{_of(numbers)}}}, to: "access.status"}}\n'
    for number, status in ((number, status) for number, status in ways["below"].items() if status):
        yield rule(number, "access.status", status)
    for number, level in ways["level"].items():
        yield rule(number, "level", level)
    for level, status in zip(LEVELS, STATUS_ORDER[1:], strict=True):
        when = f"when: {{all: [{{level_is: {level}}}, {{{_of([*ways['level'], 0])}}}]}}"
        yield f'  - {{id: level_{level}, const: {status}, {when}, to: "access.status"}}\n'
    for number, role in ways["address"].items():
        yield rule(number, "access.status", "closed")
        made = f"make: {{url: {{const: https://archive.example/{number}}}, role: {{const: {role}}}}}"
        yield f'  - {{id: address_{number}, each: dc:title, {made}, when: {{{_of([number])}}}, to: "digital[]"}}\n'


def _stands(ways: Ways, way: str, number: int) -> str:
    """What is stated of a record, or comes down to it."""
    return ways[way][number] or ways["below"][PARENT]


def _moved(ways: Ways, way: str, chance: random.Random, *, looser: bool) -> Ways | None:
    """`ways` with one record of a way loosened, or shut further; None where it is as loose as can be."""
    number, order = chance.choice(list(ways[way])), WAYS[way]
    place = order.index(_stands(ways, way, number))
    # a page about what nobody may have is as loose as an address comes; any role of the content is shut alike
    others = order[: min(place, 1)] if way == "address" and looser else order[:place] if looser else order[place:]
    return ways | {way: ways[way] | {number: chance.choice(others)}} if others else None


def kept(ways: Ways, chance: random.Random) -> Ways:
    """`ways` with some records shut further, or none."""
    for way in chance.sample(list(WAYS), chance.randint(0, len(WAYS))):
        ways = _moved(ways, way, chance, looser=False) or ways
    return ways


def loosened(ways: Ways, chance: random.Random) -> Ways:
    """`ways` with one part of one record loosened, and perhaps others shut."""
    while True:
        way = chance.choice(list(WAYS))
        changed = _moved(ways, way, chance, looser=True)
        if changed is not None:
            others = kept(changed, chance)
            return others | {each: changed[each] for each in (way, "below")}


async def fed(store: Store, ways: Ways, records: int) -> None:
    """`records` records, mapped by these rules; those of `below` stand below the first of them."""
    below = set(ways["below"]) - {PARENT}
    made = [
        Branch(_name(n), "2020-01-01", f"Title {n}", above=_name(PARENT) if n in below else "")
        for n in range(1, records + 1)
    ]
    async with serving(Repository(made)) as url:
        feed = add_feed(store, url)
        with store.transaction() as tx:
            deeds.save(tx, TABLE, "peer", rows(ways), "ada", seen=0)
            feeds.change(tx, msgspec.structs.replace(feed, crosswalk="peer", crosswalk_text=text(ways, 1)))
        await harvest(store, feed_of(store))
    map_all(store, 100)


def tried_as(store: Store, ways: Ways, *, base: str = "base/oai_dc@1") -> str:
    """State in which a version with these rules is after its dry run."""
    with store.transaction() as tx:
        newest = lookup_tables.latest(tx.connection, TABLE)
        table = deeds.save(tx, TABLE, "peer", rows(ways), "ada", seen=newest.version if newest else 0)
        draft = crosswalk_life.begin(tx, feed_of(store), "ada")
        written = text(ways, table.version, base)
        crosswalk_life.save(tx, feed_of(store), draft.number, written, "ada", seen=draft.sha256, message="so")
    report = tried(store, draft.number)
    found = state(store, draft.number)
    return found if found == "tried" else " ".join(gate.code for gate in report.stops)


async def judge(store: Store, records: int, special: int, changes: int, seed: int) -> None:
    """Tries `changes` versions of either kind on `records` records, `special` of which each way has as many of."""
    chance, numbers = random.Random(seed), iter(range(1, records + 1))
    ways = {way: {next(numbers): chance.choice(order) for _ in range(special)} for way, order in WAYS.items()}
    ways["below"] = {number: chance.choice(("", "", status)) for number, status in ways["below"].items()}
    ways["below"][PARENT] = chance.choice(STATUS_ORDER)
    await fed(store, ways, records)
    for _ in range(changes):
        for change, expected in ((loosened, "access_loosened"), (kept, "tried")):
            changed = change(ways, chance)
            assert tried_as(store, changed) == expected, {way: (ways[way], changed[way]) for way in ways}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_loosens_is_stopped_and_what_does_not_is_not(embedded: Store, seed: int) -> None:
    await judge(embedded, records=24, special=4, changes=5, seed=seed)


@pytest.mark.long
@pytest.mark.skipif(not os.environ.get("EXCHANGE_TEST_LONG"), reason="one of the long runs")
async def test_three_hundred_changes_of_either_kind_on_five_hundred_records(embedded: Store) -> None:
    await judge(embedded, records=500, special=20, changes=300, seed=4)


@pytest.mark.parametrize(("status", "expected"), [("open", "access_loosened"), ("closed", "tried"), ("", "tried")])
async def test_a_rise_of_the_base_that_opens_one_record_is_stopped(
    embedded: Store, tmp_path: Path, status: str, expected: str
) -> None:
    ways: Ways = {
        "table": {2: "closed"},
        "when": {3: "open"},
        "below": {1: "closed", 4: ""},
        "level": {},
        "address": {},
    }
    await fed(embedded, ways, 12)
    with newer_oai_dc(tmp_path, EXTRA + (rule(9, "access.status", status) if status else "")) as newest:
        # what is compiled is known by its text
        assert tried_as(embedded, ways, base=f"{newest}  # with {status}") == expected


@pytest.mark.parametrize(
    ("before", "after", "opened"),
    [
        ("file", "landing", ("address",)),
        ("manifest", "thumbnail", ("address",)),
        ("file", "manifest", ()),
        ("landing", "file", ()),
        ("landing", "thumbnail", ()),
    ],
)
async def test_the_address_of_what_nobody_may_have_is_not_called_a_page_about_it(
    embedded: Store, before: str, after: str, opened: tuple[str, ...]
) -> None:
    ways: Ways = {"table": {3: "open"}, "when": {}, "below": {1: "open"}, "level": {}, "address": {2: before}}
    await fed(embedded, ways, 4)
    with embedded.transaction() as tx:
        draft = crosswalk_life.begin(tx, feed_of(embedded), "ada")
        written = text(ways | {"address": {2: after}}, 1)
        crosswalk_life.save(tx, feed_of(embedded), draft.number, written, "ada", seen=draft.sha256, message="because")
    assert tuple(tried(embedded, draft.number).opened) == opened
