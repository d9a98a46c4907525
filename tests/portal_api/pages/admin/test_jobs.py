"""Jobs in a browser: what failed is on top with its error, and a person's word runs it again or ends it."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.pipeline.step import harvest_job
from federation.storage import feeds, jobs
from federation.storage.accounts import RoleGrant
from tests.federation.pipeline.test_harvest import add_feed
from tests.portal_api.auth.people import Hands, add_person
from tests.portal_api.staff import Browser, Portal, portal_over


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def portal(tmp_path: Path, clock: Hands) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path, now=clock) as portal:
        add_person(portal.store, "ada", RoleGrant(role="exchange_admin"))
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("ada") as browser:
        yield browser


def parked(portal: Portal, clock: Hands) -> int:
    """A harvest that failed five times."""
    feed: feeds.StoredFeed = add_feed(portal.store, "http://peer.example/oai")
    with portal.store.transaction() as tx:
        jobs.enqueue(tx, harvest_job(feed))
    while True:
        with portal.store.transaction() as tx:
            (held,) = jobs.claim(tx, "harvest", "here", 1)
            jobs.fail(tx, held, "OSError: <b>no route</b>", random.Random(1))
        with portal.store.reading() as connection:
            found = jobs.get(connection, held.id)
        assert found is not None
        if found.state == "parked":
            return found.id
        clock.now = found.run_at


def state_of(portal: Portal, number: int) -> str:
    with portal.store.reading() as connection:
        found = jobs.get(connection, number)
    assert found is not None
    return found.state


async def test_a_parked_job_is_told_with_its_error_and_runs_again_on_a_persons_word(
    portal: Portal, browser: Browser, clock: Hands
) -> None:
    number = parked(portal, clock)
    await browser.sign_in("ada")
    text = (await browser.get("/admin/jobs")).text
    assert "OSError: &lt;b&gt;no route&lt;/b&gt;" in text
    assert "parked: waits for a person" in text
    assert "Peer" in text
    assert (await browser.post(f"/admin/jobs/{number}/retry", page="/admin/jobs")).leads_to == "/admin/jobs"
    assert state_of(portal, number) == "ready"
    assert (await browser.post(f"/admin/jobs/{number}/cancel", page="/admin/jobs")).status == 303
    assert state_of(portal, number) == "cancelled"
    assert (await browser.post(f"/admin/jobs/{number}/cancel", page="/account")).status == 409
    assert (await browser.post("/admin/jobs/999/retry", page="/account")).status == 404
    assert (await browser.post(f"/admin/jobs/{number}/explode", page="/account")).status == 404


async def test_jobs_are_counted_and_listed_by_lane_and_state(portal: Portal, browser: Browser, clock: Hands) -> None:
    parked(portal, clock)
    await browser.sign_in("ada")
    assert "?lane=harvest&amp;state=parked" in (await browser.get("/admin/jobs")).text
    found = json.loads((await browser.get("/api/v1/jobs?lane=harvest&state=parked")).text)
    assert [(job["about"], job["attempts"]) for job in found["jobs"]] == [("Peer", 5)]
    assert found["counts"] == [{"lane": "harvest", "state": "parked", "number": 1}]
    assert set(found["lag"]) == {
        "map",
        "key",
        "link",
        "publish",
        "export",
        "records",
        "enrich",
        "host",
        "dry_run",
        "settle",
    }
    assert json.loads((await browser.get("/api/v1/jobs?state=done")).text)["jobs"] == []
    assert (await browser.get("/admin/jobs?state=lost")).status == 400
