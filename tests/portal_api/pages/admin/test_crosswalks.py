"""A crosswalk in a browser: written with findings, tried, confirmed by another, put to work and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from itertools import count
from pathlib import Path

import pytest

from federation.pipeline import children
from federation.storage import feeds, opened
from federation.storage.accounts import RoleGrant
from portal_api.config import CrosswalksSection, Settings
from portal_api.views.judging import judge
from tests.federation.pipeline.test_copied_rules import another
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import HEAD, drafted, live, record, rule, state, tried
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import Browser, Portal, office_over

HERE = "/admin/crosswalks/k"
CLOSED = rule(3, "access.status", "closed")
OTHER = "  - {id: title, const: Other, to: title}\n"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with office_over(tmp_path) as portal:
        add_person(portal.store, "max", RoleGrant(role="reader", institution="peer"))
        yield portal


def seen(text: str) -> str:
    return text.split('name="seen" value="')[1].split('"')[0]


async def saved(browser: Browser, number: int, rules: str, act: str = "save") -> str:
    """Types `rules` into a version's editor; where it leads, or the page."""
    here = f"{HERE}/{number}"
    fields = {"text": HEAD + rules, "act": act, "message": "why", "seen": seen((await browser.get(here)).text)}
    answer = await browser.post(here, fields)
    return answer.leads_to or answer.text


async def test_a_draft_is_previewed_with_findings_at_their_lines_and_saved(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        assert (await ada.post(f"{HERE}/new", {}, page=HERE)).leads_to == f"{HERE}/2"
        page = await saved(ada, 2, "  - {id: a, from: dc:title, to: nowhere}\n", act="preview")
        assert 'href="#L5"' in page
        assert '<li id="L5" class="faulty">' in page
        page = await saved(ada, 2, '  - {id: note, const: Seen, to: "descriptions[]"}\n', act="preview")
        assert "6 stored records by these rules" in page
        assert page.count("descriptions.0.value") == 6
        assert await saved(ada, 2, CLOSED) == f"{HERE}/2"
        assert "r3_access_status" in (await ada.get(f"{HERE}/2")).text


@pytest.mark.parametrize(
    "rule",
    [
        "  - {id: a, const: x, to: access.inherited_from}\n",
        "  - {id: a, each: dc:creator, make: {}, to: 'agents[]'}\n",
        "  - {id: a, each: dc:creator, make: {roles: {const: cre}}, to: 'agents[]'}\n",
    ],
)
async def test_a_saved_draft_that_nothing_can_run_shows_its_faults_at_their_lines(portal: Portal, rule: str) -> None:
    async with portal.browser("ada") as ada:
        await ada.post(f"{HERE}/new", {}, page=HERE)
        assert await saved(ada, 2, rule) == f"{HERE}/2"
        answer = await ada.get(f"{HERE}/2")
        assert (answer.status, '<li id="L5" class="faulty">' in answer.text) == (200, True)


async def test_findings_are_told_in_the_language_of_the_page_with_what_they_speak_of(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        await ada.post(f"{HERE}/new", {}, page=HERE)
        await saved(ada, 2, "  - {id: a, from: dc:title, to: nowhere}\n")
        page = (await ada.get(f"{HERE}/2", **{"Accept-Language": "zh-Hans"})).text
        assert "记录（CatalogueRecord）没有 nowhere；可用的有：" in page
        assert "it has" not in page
        assert "a record (CatalogueRecord) has no nowhere; it has" in (await ada.get(f"{HERE}/2")).text


async def test_from_a_draft_to_what_is_live_and_back(portal: Portal) -> None:
    async with portal.browser("ada") as ada, portal.browser("grace") as grace:
        await ada.post(f"{HERE}/new", {}, page=HERE)
        await saved(ada, 2, CLOSED)
        assert (await ada.post(f"{HERE}/2/dry-run", {}, page=HERE)).leads_to == f"{HERE}/2"
        children.dry_run_once(portal.store.url)
        assert state(portal.store, 2) == "tried"
        assert (await ada.post(f"{HERE}/2/activate", {}, page=HERE)).status == 303
        map_all(portal.store)
        assert record(portal.store, 3).access.status == "closed"
        opening = drafted(portal.store, "", author="someone").number
        tried(portal.store, opening)
        answer = await ada.post(f"{HERE}/{opening}/activate", {}, page=HERE)
        assert (answer.status, "no longer in the state" in answer.text) == (409, True)
        page = (await grace.get(f"{HERE}/{opening}")).text
        assert "Why this may be" in page
        assert "access: closed<br>" in page
        assert "access: not stated<br>" in page
        assert "&#34;status&#34;" not in page
        assert "Put to work" not in page
        answer = await ada.post(f"{HERE}/{opening}/confirm", {"note": "well"}, page=HERE)
        assert (answer.status, "Your roles do not let you confirm" in answer.text) == (409, True)
        assert (await grace.post(f"{HERE}/{opening}/confirm", {"note": "ended"}, page=HERE)).status == 303
        assert (await ada.post(f"{HERE}/{opening}/activate", {}, page=HERE)).status == 303
        map_all(portal.store)
        assert record(portal.store, 3).access.status == "unknown"
        assert (await ada.post(f"{HERE}/2/rollback", {}, page=HERE)).status == 303
        map_all(portal.store)
        assert record(portal.store, 3).access.status == "closed"


async def test_two_editors_do_not_write_over_each_other(portal: Portal) -> None:
    drafted(portal.store, "")
    async with portal.browser("ada") as ada:
        answer = await ada.post(f"{HERE}/2", {"text": HEAD, "act": "save", "seen": "of an earlier text"})
    assert answer.status == 412


async def test_what_came_too_late_is_kept_on_the_page_and_can_be_saved_over_what_was_saved(portal: Portal) -> None:
    drafted(portal.store, "")
    mine, theirs = f"{HEAD}# mine\n", f"{HEAD}# theirs\n"
    async with portal.browser("ada") as ada:
        read = seen((await ada.get(f"{HERE}/2")).text)
        assert (await ada.post(f"{HERE}/2", {"text": theirs, "act": "save", "seen": read})).status == 303
        late = await ada.post(f"{HERE}/2", {"text": mine, "act": "save", "seen": read, "message": "why"})
        assert late.status == 412
        assert "# mine\n</textarea>" in late.text
        assert "<ins><code>+ # mine</code></ins>" in late.text
        assert "<del><code>- # theirs</code></del>" in late.text
        assert 'value="why"' in late.text
        assert (await ada.post(f"{HERE}/2", {"text": mine, "act": "save", "seen": seen(late.text)})).status == 303
        assert "# mine" in (await ada.get(f"{HERE}/2")).text


async def test_rules_too_slow_for_a_page_show_as_many_records_as_there_is_time_for(portal: Portal) -> None:
    drafted(portal.store, "")
    ticks, text = count(step=2), f"{HEAD.strip()} []\n"
    with portal.store.reading() as connection:
        whole = judge(connection, "k", text, "peer", monotonic=lambda: 0.0)
        cut = judge(connection, "k", text, "peer", monotonic=lambda: float(next(ticks)))
    assert not whole.samples_cut
    assert cut.samples_cut
    assert cut.samples == whole.samples[:3]


async def test_where_every_version_is_signed_its_page_asks_for_that_first(tmp_path: Path) -> None:
    settings = Settings(crosswalks=CrosswalksSection(approval="second"))
    async with office_over(tmp_path, settings=settings) as portal:
        async with portal.browser("ada") as ada, portal.browser("grace") as grace:
            await ada.post(f"{HERE}/new", {}, page=HERE)
            await saved(ada, 2, CLOSED)
            tried(portal.store, 2)
            page = (await ada.get(f"{HERE}/2")).text
            assert ("Put to work" in page, "Somebody else has to approve this version" in page) == (False, True)
            answer = await ada.post(f"{HERE}/2/activate", {}, page=HERE)
            assert (answer.status, "every version is signed by name" in answer.text) == (409, True)
            assert (await ada.post(f"{HERE}/2/approve", {}, page=HERE)).status == 409
            assert f'action="{HERE}/2/approve"' in (await grace.get(f"{HERE}/2")).text
            assert (await grace.post(f"{HERE}/2/approve", {}, page=HERE)).status == 303
            assert (await ada.post(f"{HERE}/2/activate", {}, page=HERE)).status == 303
        opened.close_stores()


async def test_only_who_runs_the_feed_writes_and_only_who_decides_confirms(portal: Portal) -> None:
    number = live(portal.store, CLOSED).number
    pages = ("/admin/crosswalks", HERE, f"{HERE}/{number}")
    for name, statuses in (("", (303, 303, 303)), ("max", (200, 404, 404)), ("eve", (200, 404, 404))):
        async with portal.browser(name) as browser:
            found = tuple([(await browser.get(page)).status for page in pages])
            assert found == (statuses if name else found), name
            assert 200 not in found[1:], name
    async with portal.browser("eve") as eve:
        for act in ("dry-run", "confirm", "activate", "canary", "rollback"):
            assert (await eve.post(f"{HERE}/{number}/{act}", {}, page="/account")).status == 404
    async with portal.browser("grace") as grace:
        assert [(await grace.get(page)).status for page in pages] == [200, 200, 200]
        assert (await grace.post(f"{HERE}/new", {}, page="/account")).status == 403
        for act in ("dry-run", "activate", "canary", "rollback"):
            assert (await grace.post(f"{HERE}/{number}/{act}", {}, page="/account")).status == 404
    assert state(portal.store, number) == "active"


async def test_a_stored_record_is_kept_as_a_test_that_stops_what_changes_it(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        await ada.post(f"{HERE}/new", {}, page=HERE)
        page = (await ada.get(f"{HERE}/2")).text
        assert page.count("Keep as a test") == 6
        assert (await ada.post(f"{HERE}/2/pin", {"identifier": "oai:peer:3"}, page=HERE)).leads_to.startswith(
            f"{HERE}/2"
        )
        page = (await ada.get(f"{HERE}/2")).text
        assert "oai:peer:3" in page.split("<textarea")[1].split("</textarea>")[0]
        assert "No findings" not in page
        kept = text_of_editor(page)
        changed = kept.replace("rules: []", "rules:\n" + OTHER)
        await ada.post(f"{HERE}/2", {"text": changed, "act": "save", "seen": seen(page)})
        answer = await ada.post(f"{HERE}/2/dry-run", {}, page=HERE)
        assert (answer.status, "test_failed" in answer.text) == (422, True)
        answer = await ada.post(f"{HERE}/2/pin", {"identifier": "oai:peer:99"}, page=HERE)
        assert (answer.status, "There is no such record." in answer.text) == (409, True)


async def test_a_record_kept_beside_what_is_live_begins_a_draft(portal: Portal) -> None:
    number = live(portal.store, CLOSED).number
    async with portal.browser("ada") as ada, portal.browser("eve") as eve:
        answer = await ada.post(f"{HERE}/{number}/pin", {"identifier": "oai:peer:3"}, page=HERE)
        assert answer.leads_to.startswith(f"{HERE}/{number + 1}")
        assert (await eve.post(f"{HERE}/{number}/pin", {"identifier": "oai:peer:3"}, page="/account")).status == 404
    assert (state(portal.store, number), state(portal.store, number + 1)) == ("active", "draft")


def text_of_editor(page: str) -> str:
    """What stands in the text area."""
    return unescape(page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0])


async def test_a_rule_is_changed_in_a_form_beside_it(portal: Portal) -> None:
    number = live(portal.store, CLOSED).number
    here = f"{HERE}/{number}/rules/r3_access_status"
    async with portal.browser("ada") as ada, portal.browser("eve") as eve:
        assert f'href="{here}"' in (await ada.get(f"{HERE}/{number}")).text
        page = (await ada.get(here)).text
        assert 'name="const" value="closed"' in page.replace("\n", " ")
        fields = {
            "seen": seen(page),
            "from": "",
            "const": "closed",
            "when": "{from: dc:title, exists: true}",
            "to": "access.status",
        }
        answer = await ada.post(here, fields | {"when": "{from: ["}, page=here)
        assert (answer.status, "{from: [" in answer.text) == (422, True)
        beside = fields | {"const": "closed\nother: 2"}
        answer = await ada.post(here, beside, page=here)
        assert (answer.status, "other: 2" in answer.text) == (422, True)
        answer = await ada.post(here, fields | {"note": "all of them", "require": ""}, page=here)
        assert answer.leads_to.startswith(f"{HERE}/{number + 1}")
        text = text_of_editor((await ada.get(f"{HERE}/{number + 1}")).text)
        assert 'when: {from: "dc:title", exists: true}' in text
        assert "const: closed" in text
        assert (await ada.get(f"{HERE}/{number}/rules/nothing")).status == 404
        assert (await eve.get(here)).status == 404


async def test_a_rule_that_is_saved_too_late_stands_there_still(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        await ada.post(f"{HERE}/new", {}, page=HERE)
        await saved(ada, 2, CLOSED)
        here = f"{HERE}/2/rules/r3_access_status"
        read = (await ada.get(here)).text
        await saved(ada, 2, OTHER + CLOSED)
        typed = {"from": "dc:rights", "do": "[squeeze]", "to": "access.status", "note": "mine", "message": "because"}
        late = await ada.post(here, typed | {"seen": seen(read)}, page=here)
        assert (late.status, "Somebody else saved this version meanwhile." in late.text) == (412, True)
        assert ">dc:rights</textarea>" in late.text
        assert all(f'value="{typed[name]}"' in late.text for name in ("note", "message"))
        again = await ada.post(here, typed | {"seen": seen(late.text)}, page=here)
        text = text_of_editor((await ada.get(again.leads_to.partition("#")[0])).text)
    assert 'from: "dc:rights"' in text
    assert OTHER.strip() in text


async def test_the_members_of_an_object_are_changed_line_by_line(portal: Portal) -> None:
    members = 'name: {from: ".", do: [squeeze]}, roles: {const: cre}'
    made = f'  - {{id: who, each: dc:creator, make: {{{members}}}, to: "agents[]"}}\n'
    number = live(portal.store, made).number
    here = f"{HERE}/{number}/rules/who"
    async with portal.browser("ada") as ada:
        page = (await ada.get(here)).text
        shown = unescape(page.split('<textarea id="make"')[1].split(">", 1)[1].split("</textarea>")[0])
        assert shown.splitlines() == ['name: {from: ".", do: [squeeze]}', "roles: {const: cre}"]
        fields = {"seen": seen(page), "from": "", "each": "dc:creator", "to": "agents[]", "const": ""}
        answer = await ada.post(here, fields | {"make": "name: {from: [\nroles: x"}, page=here)
        assert (answer.status, "name: {from: [" in unescape(answer.text)) == (422, True)
        wanted = 'name: {from: ".", do: [squeeze]}\nkind: {const: person}'
        answer = await ada.post(here, fields | {"make": wanted}, page=here)
        text = text_of_editor((await ada.get(answer.leads_to.partition("#")[0])).text)
    assert 'make: {name: {from: ".", do: [squeeze]}, kind: {const: person}}' in text
    assert "roles" not in text.split("id: who")[1]


async def test_a_draft_begins_as_a_copy_of_a_feed_of_the_same_format_that_its_writer_may_read(portal: Portal) -> None:
    ours = HEAD.replace("peer", "ours") + OTHER
    another(portal.store, ours)
    async with portal.browser("ada") as ada:
        assert '<option value="k2">Second</option>' in (await ada.get(HERE)).text
        assert (await ada.post(f"{HERE}/new", {"like": "k2"})).leads_to == f"{HERE}/2"
        assert "id: title, const: Other" in unescape((await ada.get(f"{HERE}/2")).text)
        assert (await ada.post(f"{HERE}/new", {"like": "none"})).status == 404
        with portal.store.transaction() as tx:
            tx.connection.execute(feeds.feed.update().where(feeds.feed.c.key == "k2").values(institution="other"))
        assert "Begin a draft as a copy" not in (await ada.get(HERE)).text
        assert (await ada.post(f"{HERE}/new", {"like": "k2"})).status == 404
