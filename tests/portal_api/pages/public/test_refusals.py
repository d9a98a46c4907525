"""What is refused at a door is told in the form that its client reads, and its type leads somewhere."""

from __future__ import annotations

import re

import msgspec
import pytest

from portal_api.http.negotiation import prefers_json
from portal_api.http.problems import TABLE
from tests.portal_api.staff import Browser

PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"


async def test_a_wrong_method_is_a_problem_that_names_the_right_ones(browser: Browser) -> None:
    answer = await browser.post_as_it_is("/api/v1/institutions", {})
    problem = msgspec.json.decode(answer.text)
    assert (answer.status, problem["type"]) == (405, "/about/problems#method-not-allowed")
    assert problem["detail"] == "expected GET or HEAD, found POST"
    assert answer.headers["Allow"] == "GET, HEAD"


async def test_the_address_of_a_button_that_is_opened_as_a_page_says_so(browser: Browser) -> None:
    answer = await browser.get("/sign-out", Accept=PAGE)
    assert answer.status == 405
    assert "This address is not asked in this way" in answer.text
    assert 'id="main"' in answer.text


async def test_every_type_of_a_problem_leads_to_its_words(browser: Browser) -> None:
    page = await browser.get("/about/problems")
    assert page.status == 200
    anchors = set(re.findall(r'<dt id="([a-z-]+)"', page.text))
    assert anchors >= {row.code for row in TABLE.values()} | {"parameter-unknown", "field-missing"}


async def test_every_page_names_an_icon_that_is_there(browser: Browser) -> None:
    page = await browser.get("/about/problems")
    (address,) = re.findall(r'<link rel="icon" href="([^"]+)"', page.text)
    icon = await browser.get(address)
    assert (icon.status, icon.headers["Content-Type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize(
    ("path", "accept", "is_json"),
    [
        ("/api/v1/search", PAGE, True),
        ("/search.csv", "*/*", True),
        ("/search.csv", "", True),
        ("/r/c-1.mods.xml", "application/xml", True),
        ("/search.csv", PAGE, False),
        ("/r/c-1", "*/*", False),
        ("/r/c-1", "application/json", True),
    ],
)
def test_a_program_that_asks_for_a_file_is_not_told_by_a_page(path: str, accept: str, *, is_json: bool) -> None:
    assert prefers_json(path, accept) is is_json


async def test_a_format_of_suggestions_that_there_is_none_of_is_refused(browser: Browser) -> None:
    answer = await browser.get("/api/v1/suggest?q=war&format=foo")
    assert answer.status == 400
    assert "expected one of json, opensearch, found 'foo'" in answer.text
