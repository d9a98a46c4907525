"""What stands directly below a record, in its order, for those who may see it; only what is shown is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from federation.pipeline.unifying import load_each_alone
from federation.storage import feeds, schema, standing_below
from federation.storage.engine import Store
from mappings.schema.access import PUBLIC
from mappings.schema.ids import record_id
from portal_api.catalogue import StoredCatalogue
from tests.federation.pipeline.test_harvest import harvest
from tests.federation.pipeline.test_map import map_all
from tests.federation.pipeline.test_retiring import map_all as bury_all
from tests.federation.pipeline.trees import Tree, fonds, letter, series
from tests.peers.courteous.repository import Repository, serving
from tests.portal_api.test_finding_aids import FindingAid, add_feed

LETTER = "<c><did><unittitle>Letter {}</unittitle></did></c>"
SERIES = record_id("k", "series")


def below(store: Store, parent: str, audiences: Collection[str] = (PUBLIC,), after: int = 0) -> list[str]:
    with store.reading() as connection:
        return standing_below.directly_below(connection, parent, audiences, after=after, limit=100)


def letters(*numbers: int) -> list[str]:
    return [record_id("k", f"letter-{number}") for number in numbers]


@dataclass
class Read:
    """What a database was asked, and which rows it gave."""

    rows: list[Any] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def note(self, _: object, cursor: Any, statement: str, parameters: Any, *__: object) -> None:
        """Has a cursor tell of its rows."""
        self.asked.append((statement, parameters))
        cursor.row_factory = self.row

    def row(self, _: object, row: Any) -> Any:
        """Notes a row."""
        self.rows.append(row)
        return row

    def plans(self, store: Store) -> list[str]:
        """How the database found each answer."""
        with store.reading() as connection:
            told = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given) for text, given in self.asked]
            return [" ".join(str(row) for row in each) for each in told]


@contextmanager
def counting() -> Iterator[Read]:
    """Notes what embedded databases are asked meanwhile."""
    read = Read()
    sa.event.listen(sa.Engine, "before_cursor_execute", read.note)
    try:
        yield read
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", read.note)


async def with_letters(store: Store, *numbers: int) -> Tree:
    tree = Tree(store)
    given = [letter(identifier=f"letter-{number}", title=f"Letter {number}") for number in numbers]
    await tree.take(fonds(), series(), *given)
    return tree


async def finding_aid(store: Store, units: int) -> str:
    """Maps a finding aid of so many units below its root, and gives the root's id."""
    await mapped(store, "".join(LETTER.format(number) for number in range(1, units + 1)))
    return record_id("k", "oai:peer:1")


async def mapped(store: Store, inside: str) -> None:
    """Maps one finding aid with these components."""
    async with serving(Repository([FindingAid("oai:peer:1", "2021-01-01", inside)])) as url:
        await harvest(store, add_feed(store, url))
    map_all(store)


async def test_records_stand_below_their_parent_in_the_order_of_their_numbers(store: Store) -> None:
    await with_letters(store, 10, 9, 1)
    assert below(store, SERIES) == letters(1, 9, 10)
    assert below(store, SERIES, after=2) == letters(10)
    assert below(store, record_id("k", "fonds")) == [SERIES]
    assert below(store, letters(1)[0]) == []
    assert below(store, SERIES, {"institution:other"}) == []
    assert below(store, "unknown") == below(store, "") == []


async def test_a_record_has_its_place_among_its_siblings(store: Store) -> None:
    await with_letters(store, 10, 9, 1)
    with store.reading() as connection:
        parent, at = standing_below.step(connection, letters(10)[0], {PUBLIC})
        assert parent == SERIES
        assert standing_below.count(connection, parent, {PUBLIC}) == 3
        assert standing_below.before(connection, parent, {PUBLIC}, at) == 2
        assert standing_below.step(connection, letters(10)[0], {"institution:other"})[0] == ""
        assert standing_below.step(connection, record_id("k", "fonds"), {PUBLIC})[0] == ""
        assert standing_below.step(connection, "unknown", {PUBLIC})[0] == ""


async def test_what_is_gone_stands_below_nothing(store: Store) -> None:
    tree = await with_letters(store, 1, 2)
    await tree.take(letter(identifier="letter-1", deleted=True))
    assert below(store, SERIES) == letters(2)


async def test_nothing_of_a_retired_feed_stands_below_anything(store: Store) -> None:
    await with_letters(store, 1, 2)
    with store.transaction() as tx:
        (feed,) = feeds.everyone(tx.connection)
        feeds.change(tx, msgspec.structs.replace(feed, state="retired", due_at=None))
    bury_all(store)
    assert below(store, SERIES) == []
    with store.reading() as connection:
        assert standing_below.count(connection, SERIES, (PUBLIC,)) == 0


async def test_a_code_may_be_longer_than_any_number(store: Store) -> None:
    tree = Tree(store)
    names = ["9" * 5_000, "8"]
    await tree.take(fonds(), series(), *(letter(identifier=name, title="Letter") for name in names))
    assert below(store, SERIES) == [record_id("k", name) for name in reversed(names)]


async def test_units_stand_in_the_order_of_their_finding_aid(store: Store) -> None:
    root = await finding_aid(store, 12)
    with store.reading() as connection:
        found = load_each_alone(connection, below(store, root), PUBLIC)
    titles = [found[name].title.value.value for name in below(store, root)]
    assert titles == [f"Letter {number}" for number in range(1, 13)]


async def test_of_a_finding_aid_of_thousands_only_what_is_shown_is_read(embedded: Store) -> None:
    root = await finding_aid(embedded, 2_000)
    with counting() as read:
        shown = StoredCatalogue(embedded).below(root, PUBLIC, 1_900, 25)
    assert shown.records[0].title.value.value == "Letter 1901"
    assert (len(shown.records), shown.total) == (25, 2_000)
    # the ids, the records, the institution, the number of all
    assert len(read.rows) == 25 + 25 + 1 + 1
    found = [plan for plan in read.plans(embedded) if "catalogue_record_below" in plan]
    assert len(found) == 2
    assert all("USING COVERING INDEX" in plan and "TEMP B-TREE" not in plan for plan in found)


async def test_a_store_from_before_is_told_where_its_records_stand(embedded: Store) -> None:
    await with_letters(embedded, 10, 9)
    with embedded.altering() as connection:
        connection.exec_driver_sql("DROP INDEX catalogue_record_below")
        for column in ("parent", "place"):
            connection.exec_driver_sql(f"ALTER TABLE catalogue_record DROP COLUMN {column}")
    schema.open_schema(embedded)
    assert below(embedded, SERIES) == letters(9, 10)
