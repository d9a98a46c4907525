"""A feed of finding aids, end to end: harvested, cut into units, found by search, with the way up on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import json

from federation.pipeline import hosting
from federation.storage import catalogue_records, feeds, institutions
from federation.storage.engine import Store
from portal_api.config import Settings
from portal_api.http.app import make_app
from portal_api.wiring import compose
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.runners import runner_over
from tests.federation.pipeline.test_harvest import harvest
from tests.federation.pipeline.test_map import accounts, map_all
from tests.peers.courteous.repository import Item, Repository, serving
from tests.peers.loopback import listening
from tests.portal_api.commands.test_work import command
from tests.portal_api.test_app import read

EAD = (
    '<ead xmlns="http://ead3.archivists.org/schema/"><archdesc level="collection"><did><unittitle>Zwingli papers'
    "</unittitle></did><dsc>{}</dsc></archdesc></ead>"
)
LETTERS = (
    "<c level='series'><did><unittitle>Letters</unittitle></did>"
    "<c><did><unittitle>Bullinger quarrel</unittitle><unitdate>1531</unitdate></did></c></c>"
)
STAFF = "<c audience='internal'><did><unittitle>Staff memorandum</unittitle></did></c>"
MAPS = "<c><did><unittitle>Maps of Toggenburg</unittitle></did></c>"


class FindingAid(Item):
    """A record whose metadata is EAD3; `title` holds its components."""

    def xml(self) -> str:
        header = f"<header><identifier>{self.identifier}</identifier><datestamp>{self.datestamp}</datestamp></header>"
        return f"<record>{header}<metadata>{EAD.format(self.title)}</metadata></record>"


def add_feed(store: Store, url: str) -> feeds.StoredFeed:
    feed = feeds.StoredFeed(
        key="k",
        name="Peer",
        institution="peer",
        base_url=url,
        networks=("127.0.0.0/8",),
        metadata_prefix="oai_ead3",
        crosswalk="base/ead3",
        raw_visible="public",
        due_at=store.now(),
    )
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        feeds.add(tx, feed)
    return feed


def living(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        names = catalogue_records.ids_of_feed(connection, "k")
        rows = [catalogue_records.get(connection, name) for name in names]
    return {row.record.title.value: row.id for row in rows if row is not None and row.record is not None and row.alive}


async def test_a_component_is_found_and_shows_the_way_up(embedded: Store, tmp_path: Path) -> None:
    async with serving(Repository([FindingAid("oai:peer:1", "2021-01-01", LETTERS + STAFF)])) as url:
        add_feed(embedded, url)
        code, _, errors = await command("work", "--until-idle", "--data", str(tmp_path))
    assert (code, errors) == (0, "")
    worker = runner_over(embedded, tmp_path)
    try:
        async with listening(make_app(compose(tmp_path, Settings(), embedded, worker))) as root:
            await _judge(root, living(embedded))
    finally:
        worker.close()


async def _judge(portal: str, ids: dict[str, str]) -> None:
    _, answer, _ = await read(f"{portal}/api/v1/search?q=bullinger")
    (hit,) = json.decode(answer)["hits"]
    assert (hit["title"], hit["level"]) == ("Bullinger quarrel", "file")
    _, page, _ = await read(f"{portal}/r/{hit['id']}")
    for above in ("Zwingli papers", "Letters"):
        assert f'<a href="/m/{ids[above]}"><bdi dir="auto">{above}</bdi></a>' in page
    status, above, _ = await read(f"{portal}/m/{ids['Letters']}")
    assert (status, "Letters" in above) == (200, True)
    assert f'<a href="/m/{ids["Bullinger quarrel"]}"><bdi dir="auto">Bullinger quarrel</bdi></a>' in above
    _, root, _ = await read(f"{portal}/m/{ids['Zwingli papers']}")
    assert f'<a href="/m/{ids["Letters"]}"><bdi dir="auto">Letters</bdi></a>' in root
    assert "memorandum" not in root
    _, hidden, _ = await read(f"{portal}/api/v1/search?q=memorandum")
    assert json.decode(hidden)["total"] == 0
    # the payload holds what is not for the public, so it is not given away beside a public unit
    status, raw, _ = await read(f"{portal}/api/v1/records/{ids['Zwingli papers']}/raw")
    assert (status, "memorandum" in raw) == (404, False)


@pytest.mark.parametrize("inside", [LETTERS, LETTERS + STAFF, LETTERS + "<c><did/></c>"])
async def test_a_finding_aid_is_given_on_as_it_was_sent_where_all_of_it_was_read_and_is_open(
    embedded: Store, inside: str
) -> None:
    async with serving(Repository([FindingAid("oai:peer:1", "2021-01-01", inside)])) as url:
        feed = add_feed(embedded, url)
        await harvest(embedded, feed)
    map_all(embedded)
    with embedded.reading() as connection:
        sent = hosting.with_units(connection, hosting.sent_of(connection, feed, ["oai:peer:1"]))["oai:peer:1"]
        prefixes = hosting.prefixes_of(connection, sent, "public")
    assert prefixes == (("oai_dc", "ead3") if inside == LETTERS else ("oai_dc",))


@pytest.mark.parametrize("gone", [False, True])
async def test_units_that_a_new_reading_lacks_are_withdrawn(store: Store, gone: bool) -> None:
    repository = Repository([FindingAid("oai:peer:1", "2021-01-01", LETTERS + MAPS)])
    later: Item = FindingAid("oai:peer:1", "2026-01-31", "<c><did><unittitle>Seals</unittitle></did></c>" + MAPS)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store)
        link_all(store)
        before = living(store)
        assert set(before) == {"Zwingli papers", "Letters", "Bullinger quarrel", "Maps of Toggenburg"}
        repository.records = [Item("oai:peer:1", "2026-01-31", "", deleted=True) if gone else later]
        await harvest(store, feed)
    map_all(store)
    after = living(store)
    assert set(after) == (set() if gone else {"Zwingli papers", "Seals", "Maps of Toggenburg"})
    assert all(before[title] == name for title, name in after.items() if title in before)
    assert accounts(store).exact
