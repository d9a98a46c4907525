"""The life of a crosswalk as JSON: the same acts as on the pages, by the same people, with the same refusals."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from federation.pipeline import children
from federation.pipeline.withholding import withhold
from mappings.schema.ids import record_id
from tests.federation.pipeline.test_copied_rules import another
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import HEAD, hashes, rule
from tests.portal_api.staff import Browser, Portal, office_over

HERE = "/api/v1/crosswalks/k"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with office_over(tmp_path) as portal:
        yield portal


async def sent(browser: Browser, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any]:
    own = {"X-CSRF-Token": await browser.token("/account"), "Origin": browser.base} | headers
    async with browser._session.request(method, browser.base + path, data=body, headers=own) as response:
        return response.status, json.loads(await response.text()) | {"etag": response.headers.get("ETag", "")}


async def test_a_version_is_previewed_and_approved_by_another(portal: Portal) -> None:
    async with portal.browser("ada") as ada, portal.browser("grace") as grace:
        here = f"{HERE}/versions/2"
        draft = (await sent(ada, "POST", f"{HERE}/versions"))[1]
        text = (HEAD + rule(3, "access.status", "closed")).encode()
        status, shown = await sent(ada, "POST", f"{here}/preview", text)
        assert (status, len(shown["samples"]), shown["text"]) == (200, 6, text.decode())
        assert len((await sent(ada, "POST", f"{here}/preview"))[1]["samples"]) == 6
        assert (await sent(ada, "PUT", here, text, **{"If-Match": draft["etag"]}))[0] == 200
        await sent(ada, "POST", f"{here}/dry-run")
        children.dry_run_once(portal.store.url)
        status, refused = await sent(ada, "POST", f"{here}/approve")
        assert (status, "own_work" in refused["detail"]) == (409, True)
        assert (await sent(grace, "POST", f"{here}/approve"))[1]["state"] == "confirmed"
        assert (await sent(ada, "POST", f"{here}/activate"))[1]["state"] == "active"


async def test_a_version_goes_the_whole_way_and_back(portal: Portal) -> None:
    before = hashes(portal.store)
    async with portal.browser("ada") as ada, portal.browser("grace") as grace:
        status, draft = await sent(ada, "POST", f"{HERE}/versions")
        assert (status, draft["number"], draft["state"]) == (200, 2, "draft")
        here, text = f"{HERE}/versions/2", (HEAD + rule(3, "access.status", "open")).encode()
        status, said = await sent(ada, "POST", f"{here}/check", b"crosswalk: x\nrules:\n  - {id: a}\n")
        assert (status, {fault["line"] for fault in said["faults"]}) == (200, {1, 3})
        assert "a rule has a target" in [fault["message"] for fault in said["faults"]]
        assert (await sent(ada, "PUT", here, text))[0] == 428
        assert (await sent(ada, "PUT", here, text, **{"If-Match": '"another"'}))[0] == 412
        status, saved = await sent(ada, "PUT", f"{here}?message=open%20it", text, **{"If-Match": draft["etag"]})
        assert (status, saved["message"], len(saved["samples"])) == (200, "open it", 6)
        assert (await sent(ada, "POST", f"{here}/dry-run"))[1]["state"] == "trying"
        children.dry_run_once(portal.store.url)
        tried = json.loads((await ada.get(here)).text)
        assert (tried["state"], tried["report"]["opened"]) == ("awaiting", {"status": 1, "content": 1})
        status, refused = await sent(ada, "POST", f"{here}/activate")
        assert (status, "state_passed" in refused["detail"]) == (409, True)
        status, refused = await sent(ada, "POST", f"{here}/confirm", b'{"note": "so"}')
        assert (status, "own_work" in refused["detail"]) == (409, True)
        assert (await sent(grace, "POST", f"{here}/confirm", b'{"note": "so it is"}'))[1]["state"] == "confirmed"
        assert (await sent(ada, "POST", f"{here}/canary", b'{"sets": ["other"]}'))[1]["state"] == "canary"
        assert (await sent(ada, "POST", f"{here}/activate"))[1]["state"] == "active"
        map_all(portal.store)
        assert hashes(portal.store) != before
        assert (await sent(ada, "POST", f"{HERE}/versions/1/rollback"))[1]["state"] == "active"
        map_all(portal.store)
        assert hashes(portal.store) == before
        listed = json.loads((await ada.get(HERE)).text)
        assert [(each["number"], each["state"]) for each in listed["versions"]] == [(2, "retired"), (1, "active")]
        assert json.loads((await ada.get("/api/v1/crosswalks")).text)[0]["key"] == "k"


async def test_a_stored_record_is_kept_as_a_test(portal: Portal) -> None:
    async with portal.browser("ada") as ada, portal.browser("grace") as grace, portal.browser("eve") as eve:
        assert (await sent(ada, "POST", f"{HERE}/versions"))[0] == 200
        here, named = f"{HERE}/versions/2/pin", b'{"identifier": "oai:peer:3"}'
        status, made = await sent(ada, "POST", here, named)
        assert (status, made["number"], made["state"]) == (200, 2, "draft")
        assert "oai:peer:3" in made["text"]
        assert made["faults"] == []
        assert made["etag"] != (await sent(ada, "POST", here, b'{"identifier": "oai:peer:4"}'))[1]["etag"]
        status, refused = await sent(ada, "POST", here, b'{"identifier": "oai:peer:nobody"}')
        assert (status, "no_such_record" in refused["detail"]) == (409, True)
        assert (await sent(ada, "POST", here, b"{}"))[0] == 422
        assert (await sent(grace, "POST", here, named))[0] in (403, 404)
        assert (await sent(eve, "POST", here, named))[0] == 404


async def test_what_is_withheld_is_neither_a_test_nor_a_sample(portal: Portal) -> None:
    with portal.store.transaction() as tx:
        withhold(tx, record_id("k", "oai:peer:3"), "it names a child")
    async with portal.browser("ada") as ada:
        _, draft = await sent(ada, "POST", f"{HERE}/versions")
        assert len(draft["samples"]) == 5
        assert "oai:peer:3" not in json.dumps(draft)
        status, refused = await sent(ada, "POST", f"{HERE}/versions/2/pin", b'{"identifier": "oai:peer:3"}')
        assert (status, "no_such_record" in refused["detail"]) == (409, True)


async def test_bodies_and_acts_are_strict(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        await sent(ada, "POST", f"{HERE}/versions")
        assert (await sent(ada, "POST", f"{HERE}/versions", b'{"pth": "x"}'))[0] == 422
        assert (await sent(ada, "POST", f"{HERE}/versions/2/confirm", b"{"))[0] == 422
        assert (await sent(ada, "POST", f"{HERE}/versions/2/destroy"))[0] == 409
        assert (await sent(ada, "POST", f"{HERE}/versions/9/dry-run"))[0] == 409


async def test_of_another_institution_nothing_is_there(portal: Portal) -> None:
    async with portal.browser("eve") as eve:
        assert (await eve.get(HERE)).status == 404
        assert (await eve.get(f"{HERE}/versions/1")).status == 404
        assert (await sent(eve, "POST", f"{HERE}/versions"))[0] == 404
        assert json.loads((await eve.get("/api/v1/crosswalks")).text) == []


async def test_a_draft_may_copy_the_rules_of_another_feed(portal: Portal) -> None:
    another(portal.store, HEAD + '  - {id: note, const: Seen, to: "descriptions[]"}\n')
    async with portal.browser("ada") as ada:
        status, draft = await sent(ada, "POST", f"{HERE}/versions", b'{"like": "k2"}')
        assert (status, draft["number"], "id: note, const: Seen" in draft["text"]) == (200, 2, True)
        assert (await sent(ada, "POST", f"{HERE}/versions", b'{"like": "k"}'))[0] == 409
        assert [each["key"] for each in (await sent(ada, "GET", HERE))[1]["alike"]] == ["k2"]
