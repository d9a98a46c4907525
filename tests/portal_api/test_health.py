"""Nobody is told that all is done while the index is still being made again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from federation.pipeline import publish
from federation.storage import cursors
from tests.portal_api.pages.public.shown import catalogue_portal

#: stages that a catalogue made for tests has not been through; all that there is lies before it
_OTHERS, _ALL = ("map", "key", "link", "export", "records", "enrich"), 1_000_000


async def test_health_is_not_idle_until_a_lost_index_has_caught_up(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path) as portal, portal.browser() as browser:

        async def health() -> tuple[int, bool]:
            found = json.loads((await browser.get("/api/v1/health")).text)
            return found["lag"]["publish"], found["idle"]

        with portal.store.transaction() as tx:
            for stage in _OTHERS:
                cursors.advance(tx, stage, _ALL)
        assert await health() == (0, True)
        shutil.rmtree(tmp_path / "index")
        assert await health() == (0, False)
        while publish.publish(portal.store, tmp_path / "index").behind:
            pass
        publish.forget()
        assert await health() == (0, True)
