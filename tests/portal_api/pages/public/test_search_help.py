"""The help with searching: every example is read without a slip, answers, prints and is read again as it was."""

from __future__ import annotations

import html
from urllib.parse import quote

import pytest

from index.meanings.reading import spans_of
from index.query.canonical import printed
from index.query.syntax import parse
from portal_api.views.search_help import SECTIONS, Example
from tests.portal_api.pages.public.shown import found
from tests.portal_api.staff import Browser

EXAMPLES = [each for section in SECTIONS for each in section.examples]
PAGE = "/help/search"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.query)
def test_an_example_is_read_strictly_and_again_as_it_prints(example: Example) -> None:
    tree = parse(example.query, "strict").tree
    assert parse(printed(tree), "strict").tree == tree


async def test_every_example_answers(browser: Browser) -> None:
    for each in EXAMPLES:
        for strict in ("", "&strict=1"):
            answer = await found(browser, f"/api/v1/search?q={quote(each.query, safe='')}&relax=off{strict}")
            assert answer["notices"] == [], each.query
        assert (await browser.get(f"/search?q={quote(each.query, safe='')}")).status == 200


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
async def test_the_page_shows_every_example_as_a_link_that_tries_it(browser: Browser, language: str) -> None:
    answer = await browser.get(f"{PAGE}?ui={language}")
    assert answer.status == 200
    text = html.unescape(answer.text)
    for each in EXAMPLES:
        assert f'href="/search?q={quote(each.query)}"' in text or quote(each.query, safe="") in text, each.query
        assert f">{each.query}</code>" in text
        assert (each.finds in text) == (language == "en")


async def test_it_is_linked_beside_the_search_box(browser: Browser) -> None:
    for page in ("/", "/search?q=weaving"):
        assert f'href="{PAGE}"' in (await browser.get(page)).text


def test_examples_of_what_words_mean_are_understood() -> None:
    (meaning,) = [section for section in SECTIONS if section.id == "meaning"]
    kinds = {each.query: [span.claims[0].kind for span in spans_of(each.query, {})] for each in meaning.examples}
    assert kinds == {
        "letters Qianlong period": ["synonym", "date"],
        "photographs of Peking 1930s": ["type", "place", "date"],
        "抗日战争 照片": ["date", "type"],
        "poems in French": ["synonym", "language"],
        "maps before 1800": ["type", "date"],
    }
