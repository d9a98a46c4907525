"""A feed whose crosswalk people write: drafts saved, tried, confirmed and put to work as any door does it."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.pipeline import children, crosswalk_life
from federation.pipeline.dry_run_report import DryRun, report_of
from federation.storage import crosswalks, feeds
from federation.storage.catalogue_records import catalogue_record
from federation.storage.crosswalks import Version
from federation.storage.engine import Store
from mappings.schema.record import CatalogueRecord
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_retiring import map_all
from tests.peers.courteous.repository import Repository, items, serving

HEAD = "crosswalk: peer\nversion: 1\nextends: base/oai_dc@1\nrules:\n"


async def filled(store: Store, count: int = 12, *, deleted_every: int = 1_000_000, text: str = "") -> None:
    """A feed `k` of the institution `peer`, harvested and mapped by its base, or by `text`."""
    async with serving(Repository(items(count, deleted_every=deleted_every), page_size=100)) as url:
        feed = add_feed(store, url)
        if text:
            with store.transaction() as tx:
                feeds.change(tx, msgspec.structs.replace(feed, crosswalk="peer", crosswalk_text=text))
        await harvest(store, feed_of(store))
    map_all(store, 100)


def feed_of(store: Store) -> feeds.StoredFeed:
    with store.reading() as connection:
        found = feeds.get(connection, "k")
    assert found is not None
    return found


def rule(number: int, target: str, value: str, *, name: str = "") -> str:
    """A rule that sets a constant in the record `oai:peer:<number>` alone."""
    name = name or target.replace(".", "_").strip("[]")
    when = f'when: {{from: "header:identifier", equals: "oai:peer:{number}"}}'
    return f'  - {{id: r{number}_{name}, const: {value}, {when}, to: "{target}"}}\n'


def drafted(store: Store, rules: str, *, author: str = "ada") -> Version:
    """A draft with `rules` in front of the base's."""
    with store.transaction() as tx:
        draft = crosswalk_life.begin(tx, feed_of(store), author)
        text = HEAD + rules if rules else HEAD.replace("rules:\n", "rules: []\n")
        return crosswalk_life.save(tx, feed_of(store), draft.number, text, author, seen=draft.sha256, message="because")


def tried(store: Store, number: int) -> DryRun:
    """The dry run of a version, asked for and made."""
    with store.transaction() as tx:
        crosswalk_life.ask_for_trial(tx, feed_of(store), number)
    assert children.dry_run_once(store.url).done == 1
    with store.reading() as connection:
        report = report_of(connection, crosswalks.found(connection, "k", number))
    assert report is not None
    return report


def activated(store: Store, number: int) -> None:
    with store.transaction() as tx:
        crosswalk_life.activate(tx, feed_of(store), number)
    map_all(store, 5)


def rolled_back(store: Store, number: int | None = None) -> None:
    with store.transaction() as tx:
        crosswalk_life.roll_back(tx, feed_of(store), number)
    map_all(store, 5)


def live(store: Store, rules: str) -> Version:
    """`rules` written, tried and put to work."""
    version = drafted(store, rules)
    tried(store, version.number)
    activated(store, version.number)
    return version


def state(store: Store, number: int) -> str:
    with store.reading() as connection:
        return crosswalks.found(connection, "k", number).state


def record(store: Store, number: int) -> CatalogueRecord:
    """The living record of `oai:peer:<number>`."""
    with store.reading() as connection:
        query = sa.select(catalogue_record.c.record).where(catalogue_record.c.native_id == f"oai:peer:{number}")
        return msgspec.json.decode(connection.execute(query).scalar_one(), type=CatalogueRecord)


def hashes(store: Store) -> dict[str, str]:
    """What every living record comes to."""
    with store.reading() as connection:
        query = sa.select(catalogue_record.c.id, catalogue_record.c.output_hash).where(catalogue_record.c.alive)
        return {row.id: row.output_hash for row in connection.execute(query)}
