"""The line by which a page says how a thing is cited."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.federation.linkage.records import catalogue_record
from tests.portal_api.pages.public.shown import catalogue_portal, held_by


@pytest.mark.parametrize(
    ("title", "begins"),
    [
        ("Letters home", "Letters home. Library A"),
        ("Letters, 1919.", "Letters, 1919. Library A"),
        ("家书。", "家书。 Library A"),
    ],
)
async def test_what_ends_in_a_full_stop_gets_no_second_one(tmp_path: Path, title: str, begins: str) -> None:
    held = [held_by(catalogue_record(1, title, feed="a"), "a")]
    async with catalogue_portal(tmp_path, held) as portal, portal.browser() as browser:
        page = (await browser.get("/r/c-r1")).text
    cited = re.search(r'<footer class="cite">.*?<p>(.*?)</p>', page, re.DOTALL)
    assert cited
    assert re.sub(r"<[^>]+>", "", cited[1]).startswith(begins)
