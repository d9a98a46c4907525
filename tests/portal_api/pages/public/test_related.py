"""A page of a thing leads to its other editions, in words that the reader may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from mappings.schema.text import Text
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked
from tests.portal_api.pages.public.shown import catalogue_portal
from tests.portal_api.staff import Browser


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with catalogue_portal(tmp_path) as portal:
        editions = [
            msgspec.structs.replace(
                catalogue_record(number, "A history of <the> harbour", authors=("Berg, Ola",), feed="a", line=line),
                edition=Text(value=f"{number}th ed."),
            )
            for number, line in ((21, "full"), (22, "full"), (23, "hidden"))
        ]
        linked(portal.store, editions)  # type: ignore[arg-type]
        async with portal.browser() as browser:
            yield browser


async def test_another_edition_is_named_with_what_it_differs_in(browser: Browser) -> None:
    page = (await browser.get("/r/c-r21")).text
    assert '<a href="/r/c-r22">' in page
    assert "22th ed." in page
    assert "<the>" not in page


async def test_a_hidden_edition_is_named_to_nobody(browser: Browser) -> None:
    page = (await browser.get("/r/c-r21")).text
    assert "c-r23" not in page
    assert "23th ed." not in page


async def test_a_thing_without_others_says_nothing_of_them(browser: Browser) -> None:
    assert 'id="related"' not in (await browser.get("/r/c-r5")).text
