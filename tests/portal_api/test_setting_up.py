"""While the first index is made, doors say so, and how far it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from federation.pipeline.publish import STAGE, Clusters
from index.publishing import Publisher
from tests.federation.pipeline.linked import linked
from tests.portal_api.pages.public.shown import records
from tests.portal_api.staff import portal_over


@pytest.mark.parametrize(("steps", "made"), [(0, 0), (1, 2)])
async def test_a_search_before_the_first_index_is_told_how_far_it_is(tmp_path: Path, steps: int, made: int) -> None:
    async with portal_over(tmp_path) as portal, portal.browser() as browser:
        linked(portal.store, records()[2:])
        publisher = Publisher(tmp_path / "index", Clusters(portal.store, STAGE))
        for _ in range(steps):
            publisher.step(2)
        api = await browser.get("/api/v1/search?q=weaving")
        page = await browser.get("/search?q=weaving")
        publisher.close()
    problem = json.loads(api.text)
    assert (api.status, problem["type"], api.headers["Retry-After"]) == (503, "/about/problems#setting-up", "5")
    assert f"{made} of 4 things are in it so far" in problem["detail"]
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    assert f"{made} of 4 things are in it so far" in page.text
