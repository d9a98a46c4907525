"""An exchange into which nothing came yet shows no lists of nothing."""

from __future__ import annotations

from pathlib import Path

from federation.storage import institutions
from tests.portal_api.staff import portal_over


async def test_nothing_is_counted_and_no_heading_stands_over_nothing(tmp_path: Path) -> None:
    async with portal_over(tmp_path) as portal, portal.browser() as browser:
        home = (await browser.get("/")).text
        assert "Nothing is here yet" in home
        assert "<h2" not in home
        assert "0 things" not in home
        assert "None yet." in (await browser.get("/institutions")).text
        with portal.store.transaction() as tx:
            institutions.put(tx, institutions.StoredInstitution(slug="lib", name="Riverside Library"))
        listed = (await browser.get("/institutions")).text
        assert ("Riverside Library" in listed, "None yet." in listed) == (True, False)
