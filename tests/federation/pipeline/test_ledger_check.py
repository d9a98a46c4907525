"""The ledger tells of every change, and every edit made behind its back is found and named."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from federation.ledger.entry import decoded
from federation.pipeline.ledger_check import verify
from federation.storage import accounts, covered, feeds, institutions, ledger
from federation.storage.engine import DATABASE, Store, embedded_url
from federation.storage.institutions import StoredInstitution
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.peers.courteous.repository import Repository, items, serving

EDITS = 100
#: rows that others refer to; SQLite itself keeps them from being deleted
_REFERRED_TO = ("institution", "feed", "account")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with a harvested feed, a person, a role, and an institution that was renamed."""
    folder = tmp_path_factory.mktemp("ledger")
    store = Store(embedded_url(folder))
    store.create_schema()
    asyncio.run(_harvested(store))
    with store.transaction(actor="operator") as tx:
        person = accounts.add(tx, "ada", "Ada", "hash")
        accounts.grant(tx, person.id, accounts.RoleGrant(role="harvest_admin"), granted_by="operator")
        institutions.put(tx, StoredInstitution(slug="riverside", name="Riverside"))
        institutions.put(tx, StoredInstitution(slug="riverside", name="Riverside Library"))
    store.close()
    return folder


async def _harvested(store: Store) -> None:
    async with serving(Repository(items(30))) as url:
        await harvest(store, add_feed(store, url))


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of the filled store."""
    shutil.copy(filled / DATABASE, tmp_path)
    store = Store(embedded_url(tmp_path))
    yield store
    store.close()


def test_an_honest_ledger_is_whole(store: Store) -> None:
    checked = verify(store)
    assert checked.whole, checked.findings
    assert checked.rows > 30
    assert checked.entries > 5


def test_a_change_and_its_entry_stand_or_fall_together(store: Store) -> None:
    before = verify(store).entries
    with pytest.raises(ZeroDivisionError):
        _change_and_fail(store)
    assert verify(store).entries == before
    assert verify(store).whole


def _change_and_fail(store: Store) -> None:
    with store.transaction() as tx:
        institutions.put(tx, StoredInstitution(slug="lost", name="Lost"))
        raise ZeroDivisionError


def test_an_entry_names_who_acted_and_the_row_before_and_after(store: Store) -> None:
    with store.reading() as connection:
        bodies = connection.execute(sa.select(ledger.ledger_entry.c.body).order_by(ledger.ledger_entry.c.index))
        first, second = [decoded(body) for body in bodies.scalars() if '"institution:riverside"' in body]
    assert (first.act, first.actor, first.before) == ("institution.put", "operator", "")
    assert second.before == first.after != second.after


def test_a_feed_that_falls_due_is_no_entry(store: Store) -> None:
    before = verify(store).entries
    with store.transaction() as tx:
        (feed,) = feeds.everyone(tx.connection)
        feeds.change(tx, msgspec.structs.replace(feed, due_at=tx.now))
    assert verify(store).entries == before


@pytest.mark.parametrize("seed", range(EDITS))
def test_every_edit_behind_its_back_is_found(store: Store, seed: int) -> None:
    done = _edit(store, random.Random(seed))
    assert not verify(store).whole, done


#: edits that leave something that cannot be read, or that no hash is taken over
_AWKWARD = (
    """UPDATE ledger_entry SET body = replace(body, '"after":"', '"after":"zz') WHERE body LIKE '%"after":"%'""",
    """UPDATE ledger_entry SET body = CAST(body AS BLOB) WHERE "index" = 1""",
    """UPDATE ledger_entry SET body = CAST(x'7bff7d' AS TEXT) WHERE "index" = 1""",
    """UPDATE ledger_last SET object = CAST(x'66656564ff' AS TEXT) WHERE object LIKE 'feed:%'""",
    """UPDATE ledger_last SET after = 'text' WHERE object LIKE 'feed:%'""",
    """UPDATE raw_record SET payload = CAST(x'3cff3e' AS TEXT)""",
    """UPDATE raw_record SET identifier = CAST(x'6fff' AS TEXT) WHERE rid = (SELECT min(rid) FROM raw_record)""",
    """UPDATE ledger_member SET packed = 'text'""",
    """UPDATE ledger_member SET packed = packed || x'78'""",
    """UPDATE ledger_member SET packed = CAST(packed || x'78' AS BLOB)""",
    """UPDATE ledger_state SET at = '2001-01-01T00:00:00.000000Z'""",
    """UPDATE ledger_state SET id = 2""",
    """UPDATE ledger_state SET root = 'text'""",
    """INSERT INTO ledger_state SELECT 2, size, frontier, root, at FROM ledger_state""",
)


@pytest.mark.parametrize("statement", _AWKWARD)
def test_what_cannot_be_read_is_a_finding_too(store: Store, statement: str) -> None:
    with store.transaction() as tx:
        done = tx.connection.exec_driver_sql(statement)
        assert done.rowcount > 0
    checked = verify(store)
    assert not checked.whole
    assert msgspec.json.encode(checked)


def _edit(store: Store, chance: random.Random) -> str:
    """One edit made with the database in hand; what was done, in words."""
    table, key, columns = chance.choice(_tables(store))
    with store.transaction() as tx:
        run = tx.connection.exec_driver_sql
        wanted = chance.choice(run(f'SELECT "{key}" FROM "{table}"').scalars().all())
        if chance.random() < 0.3 and table not in _REFERRED_TO:
            run(f'DELETE FROM "{table}" WHERE "{key}" = ?', (wanted,))
            return f"deleted {wanted} of {table}"
        column = chance.choice([name for name in columns if name != key])
        value = run(f'SELECT "{column}" FROM "{table}" WHERE "{key}" = ?', (wanted,)).scalar()
        run(f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ?', (_other(value, column), wanted))
        return f"changed {column} of {wanted} in {table}"


def _tables(store: Store) -> list[tuple[str, str, list[str]]]:
    own = [
        ("ledger_entry", "index", ["body", "leaf_hash"]),
        ("ledger_member", "index", ["packed"]),
        ("ledger_last", "object", ["after", "index"]),
        ("ledger_state", "id", ["size", "root", "frontier", "at"]),
    ]
    with store.reading() as connection:
        filled = [each for each in covered.everything() if next(covered.rows(connection, each), None)]
    return own + [(each.table, each.key[-1], _free(each)) for each in filled]


def _free(table: covered.Covered) -> list[str]:
    """Columns that can be edited without the database refusing."""
    bound = {"institution", "account"} if table.table in ("feed", "role_grant") else set()
    return [column for column in table.columns if column not in bound]


def _other(value: object, column: str) -> object:
    match value:
        case int() | float():
            return value + 1_000_000
        case bytes():
            return bytes([*value[:-1], value[-1] ^ 1])
        case str():
            return f"{value} "
        case _:
            return "2030-01-01T00:00:00.000000Z" if column.endswith("_at") else "x"
