"""What was compared with a list of everything, as administrators see it."""

from __future__ import annotations

import json
from pathlib import Path

from federation.storage.accounts import RoleGrant
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.peers.courteous.repository import Repository, items, serving
from tests.portal_api.auth.people import Hands, add_person
from tests.portal_api.staff import portal_over


async def test_run_and_feed_say_what_was_not_named_and_what_is_inferred(tmp_path: Path) -> None:
    clock = Hands()
    async with portal_over(tmp_path, now=clock) as portal:
        repository = Repository(items(40, deleted_every=1_000))
        async with serving(repository) as url:
            feed = add_feed(portal.store, url)
            await harvest(portal.store, feed)
            repository.records = repository.records[3:]
            for days in (7, 1):
                clock.move(minutes=days * 1440)
                await harvest(portal.store, feed)
        map_all(portal.store)
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin"))
        async with portal.browser("ada") as browser:
            second = (await browser.get("/admin/runs/2")).text
            assert "3 live records were not named." in second
            assert "by its headers, to compare" in second
            assert "3 were not named for the second time" in (await browser.get("/admin/runs/3")).text
            assert "It says for good that they are deleted." in (await browser.get("/admin/feeds/k")).text
            told = json.loads((await browser.get("/api/v1/feeds/k/runs/3")).text)
            assert (told["run"]["inferred"], told["run"]["deleted"]) == (3, 3)
            assert told["issues"][0]["code"] == "deletion_inferred"
            assert json.loads((await browser.get("/api/v1/feeds/k")).text)["deletions"] == "persistent"
