"""Records below records, end to end: harvested apart, found by search, with the way up on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import json
from msgspec.structs import replace

from federation.storage import feeds
from federation.storage.engine import Store
from mappings.schema.ids import record_id
from portal_api.config import Settings
from portal_api.http.app import make_app
from portal_api.views import trees
from portal_api.wiring import compose
from tests.federation.pipeline.runners import runner_over
from tests.federation.pipeline.test_harvest import add_feed
from tests.federation.pipeline.trees import TREE, fonds, letter, series
from tests.peers.courteous.repository import Repository, serving
from tests.peers.loopback import listening
from tests.portal_api.commands.test_work import command
from tests.portal_api.test_app import read

LOST = letter(identifier="lost", title="Lost quarrel", above="nobody")


async def test_a_record_shows_the_records_above_it(
    embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writ = letter(identifier="writ", title="Writ")
    records = [letter(title="Bullinger quarrel"), writ, LOST, series("Access is closed until 2090."), fonds()]
    async with serving(Repository(records)) as url:
        feed = add_feed(embedded, url)
        with embedded.transaction() as tx:
            feeds.change(tx, replace(feed, crosswalk="peer", crosswalk_text=TREE, raw_visible="public"))
        code, _, errors = await command("work", "--until-idle", "--data", str(tmp_path))
    assert (code, errors) == (0, "")
    worker = runner_over(embedded, tmp_path)
    try:
        async with listening(make_app(compose(tmp_path, Settings(), embedded, worker))) as root:
            await _judge(root)
            monkeypatch.setattr(trees, "BELOW", 1)
            await _judge_pages_below(root)
    finally:
        worker.close()


async def _judge(portal: str) -> None:
    _, answer, _ = await read(f"{portal}/api/v1/search?q=quarrel")
    (hit,) = json.decode(answer)["hits"]
    assert hit["title"] == "Bullinger quarrel"
    _, page, _ = await read(f"{portal}/r/{hit['id']}")
    for name, above in (("fonds", "Fonds"), ("series", "Series")):
        assert f'<a href="/m/{record_id("k", name)}"><bdi dir="auto">{above}</bdi></a>' in page
    assert "Access is closed until 2090." in page
    _, top, _ = await read(f"{portal}/m/{record_id('k', 'fonds')}")
    assert f'<a href="/m/{record_id("k", "series")}"><bdi dir="auto">Series</bdi></a>' in top
    assert record_id("k", "letter") not in top
    status, _, _ = await read(f"{portal}/m/{record_id('k', 'lost')}")
    assert status == 404
    await _judge_tree(portal, hit["id"])


async def _judge_pages_below(portal: str) -> None:
    """Of what stands below a record each page leads to those around it."""
    here = f"/m/{record_id('k', 'series')}/tree"
    for place, shown, around in ((0, "letter", 1), (1, "writ", 0)):
        _, tree, _ = await read(f"{portal}{here}?below={place}")
        below = tree.partition("you are here")[2]
        assert [name for name in ("letter", "writ") if record_id("k", name) in below] == [shown]
        assert [each.partition('"')[0] for each in below.split(f'href="{here}?below=')[1:]] == [str(around)]


async def _judge_tree(portal: str, thing: str) -> None:
    """Where a thing stands, from the top to what is beside it; and all of a fonds to be printed."""
    for address in (f"/r/{thing}", f"/m/{record_id('k', 'letter')}"):
        _, tree, _ = await read(f"{portal}{address}/tree")
        places = [tree.index(f'href="/m/{record_id("k", name)}"') for name in ("fonds", "series")]
        assert places == sorted(places)
        assert tree.count('aria-current="page"') == 1
        assert "you are here" in tree
    _, tree, _ = await read(f"{portal}/m/{record_id('k', 'series')}/tree?ui=zh-Hans")
    assert "您在这里" in tree
    assert f'href="/m/{record_id("k", "letter")}"' in tree
    _, lost, _ = await read(f"{portal}/m/{record_id('k', 'fonds')}/tree?code=Q%2F9")
    assert "Nothing here has the reference code" in lost
    address = f"{portal}/api/v1/records/{record_id('k', 'letter')}/ancestors"
    _, answer, _ = await read(address)
    assert [each["id"] for each in json.decode(answer)["ancestors"]] == [record_id("k", n) for n in ("fonds", "series")]
    _, answer, _ = await read(f"{portal}/api/v1/records/{record_id('k', 'series')}/children?page_size=1")
    below = json.decode(answer)
    assert [each["title"] for each in below["children"]] == ["Bullinger quarrel"]
    assert (below["total"], below["next"]) == (2, f"/api/v1/records/{record_id('k', 'series')}/children?"
                                                  f"after={record_id('k', 'letter')}&page_size=1")  # fmt: skip
    _, answer, _ = await read(portal + below["next"])
    assert ([each["title"] for each in json.decode(answer)["children"]], json.decode(answer)["next"]) == (
        ["Writ"],
        None,
    )
    status, _, _ = await read(f"{portal}/api/v1/records/{record_id('k', 'fonds')}/children?after=nobody")
    assert status == 400
    _, printed, _ = await read(f"{portal}/m/{record_id('k', 'fonds')}/finding-aid")
    assert printed.index("Series") < printed.index("Bullinger quarrel")
    assert "Lost quarrel" not in printed
    for below in ("tree", "finding-aid"):
        status, _, _ = await read(f"{portal}/m/{record_id('k', 'lost')}/{below}")
        assert status == 404
