"""The strict checker finds nothing at `/oai`, and finds every provider that is broken on purpose."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from federation.storage.engine import Store
from federation.storage.exports import Offered
from mappings.serialisations.provenance import write
from portal_api.oai_provider import routes, verbs
from tests import factories
from tests.peers.judge import Judge, oai_schema
from tests.peers.strict import Strict
from tests.portal_api.oai_provider.exported import Clock, offered, open_store, put, serving
from tests.sample_data import require_data

Pairs = list[tuple[str, str]]
Ask = Callable[[Pairs], str]
#: an answer that is wrong, from the right ones
Spoil = Callable[[Ask, Pairs], str]

#: items written at once, as a stage would
BATCH = 2_000
HOLDERS = ("hill:maps", "hill:papers", "hill", "river")
FIRST = factories.origin_description()
ABOUT = f"<about>{write([FIRST, FIRST])}</about>"


@pytest.fixture(name="clock")
def fixture_clock() -> Clock:
    """A clock that is set."""
    return Clock()


def filled(folder: Path, clock: Clock, items: int) -> Store:
    """Items over a day and more, in sets; every ninth moved from set to set, every seventh of them deleted then."""
    store, chance = open_store(folder, clock), random.Random(items)
    batch = min(max(items // 12, 1), BATCH)
    for start in range(0, items, batch):
        put(store, [_item(number, chance) for number in range(start, min(start + batch, items))])
        clock.pass_seconds(chance.choice([1, 2, 3600 * 5]))
    for start in range(0, items, 9 * BATCH):
        put(store, [_item(number, chance) for number in range(start, min(start + 9 * BATCH, items), 9)])
    clock.pass_seconds()
    for start in range(0, items, 7 * BATCH):
        put(store, [offered(f"c-{number}", None) for number in range(start, min(start + 7 * BATCH, items), 7)])
    clock.pass_seconds()
    return store


def _item(number: int, chance: random.Random) -> Offered:
    sets = (f"level:{chance.randrange(3)}", f"institution:{chance.choice(HOLDERS)}")
    made = offered(f"c-{number}", f"Title {number} &lt;&amp; 中文 𠮷", *sets)
    return replace(made, about=ABOUT)


@asynccontextmanager
async def repository(folder: Path, clock: Clock, items: int) -> AsyncIterator[str]:
    store = filled(folder, clock, items)
    async with serving(store, folder) as url:
        yield url
    store.close()


@pytest.fixture(name="schema")
def fixture_schema(tmp_path: Path) -> etree.XMLSchema:
    copies = tmp_path / "schemas"
    copies.mkdir()
    return oai_schema(require_data("schemas"), copies)


@pytest.mark.data
async def test_the_checkers_find_nothing(
    tmp_path: Path, clock: Clock, schema: etree.XMLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PAGE_RECORDS", 20)
    async with repository(tmp_path, clock, 150) as url:
        assert await asyncio.to_thread(Strict(url, schema).findings) == []
        assert await asyncio.to_thread(Judge(url, schema).findings) == []


@pytest.mark.data
async def test_the_checkers_find_nothing_among_twenty_thousand(
    tmp_path: Path, clock: Clock, schema: etree.XMLSchema
) -> None:
    async with repository(tmp_path, clock, 20_000) as url:
        assert await asyncio.to_thread(Strict(url, schema).findings) == []
        assert await asyncio.to_thread(Judge(url, schema).findings) == []


def _with(pairs: Pairs, name: str, change: Callable[[str], str]) -> Pairs:
    return [(key, change(value) if key == name else value) for key, value in pairs]


def _without(pairs: Pairs, *names: str) -> Pairs:
    return [pair for pair in pairs if pair[0] not in names]


def _moved(seconds: int) -> Callable[[str], str]:
    def move(text: str) -> str:
        try:
            at = datetime.fromisoformat(text) + timedelta(seconds=seconds)
        except ValueError:
            return text
        return at.strftime("%Y-%m-%dT%H:%M:%SZ") if len(text) == 20 else text

    return move


def from_is_exclusive(ask: Ask, pairs: Pairs) -> str:
    return ask(_with(pairs, "from", _moved(1)))


def until_is_exclusive(ask: Ask, pairs: Pairs) -> str:
    return ask(_with(pairs, "until", _moved(-1)))


def a_day_ends_at_its_midnight(ask: Ask, pairs: Pairs) -> str:
    def to_midnight(text: str) -> str:
        return f"{text}T00:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text

    return ask(_with(_with(pairs, "from", to_midnight), "until", to_midnight))


def wrong_dates_are_passed_over(ask: Ask, pairs: Pairs) -> str:
    answer = ask(pairs)
    return ask(_without(pairs, "from", "until")) if "badArgument" in answer else answer


def a_token_forgets_its_set(ask: Ask, pairs: Pairs) -> str:
    answer, other = ask(pairs), ask(_without(pairs, "set"))
    tokens = [re.search(r"<resumptionToken[^>]*>([^<]+)<", text) for text in (answer, other)]
    if tokens[0] is None or tokens[1] is None:
        return answer
    return answer.replace(tokens[0][1], tokens[1][1])


def headers_name_no_sets(ask: Ask, pairs: Pairs) -> str:
    answer = ask(pairs)
    return answer if "<ListSets>" in answer else re.sub("<setSpec>[^<]*</setSpec>", "", answer)


def a_set_is_not_listed(ask: Ask, pairs: Pairs) -> str:
    answer = ask(pairs)
    return re.sub("<set><setSpec>level:1<.*?</set>", "", answer) if "<ListSets>" in answer else answer


def tombstones_have_left_their_sets(ask: Ask, pairs: Pairs) -> str:
    answer = ask(pairs)
    return re.sub('<header status="deleted">.*?</header>', "", answer) if ("set", "level:1") in pairs else answer


def a_tombstone_is_live_for_who_asks_for_it(ask: Ask, pairs: Pairs) -> str:
    answer = ask(pairs)
    return answer.replace(' status="deleted"', "") if "<GetRecord>" in answer else answer


def a_token_beside_other_arguments_is_taken(ask: Ask, pairs: Pairs) -> str:
    if "resumptionToken" in dict(pairs):
        pairs = [pair for pair in pairs if pair[0] in ("verb", "resumptionToken")]
    return ask(pairs)


def any_token_is_taken(ask: Ask, pairs: Pairs) -> str:
    answer = ask(pairs)
    verb = ("verb", dict(pairs).get("verb", ""))
    return ask([verb, ("metadataPrefix", "oai_dc")]) if "badResumptionToken" in answer else answer


def every_page_is_followed_by_one_page_less(ask: Ask, pairs: Pairs) -> str:
    """A row is lost between two pages."""
    answer = ask(pairs)
    return re.sub("<header>.*?</header>", "", answer, count=1) if "resumptionToken" in dict(pairs) else answer


def a_format_is_offered_that_is_not_given(ask: Ask, pairs: Pairs) -> str:
    answer = ask(pairs)
    if "identifier" not in dict(pairs) or "<ListMetadataFormats>" not in answer:
        return answer
    return answer.replace("<metadataPrefix>oai_dc<", "<metadataPrefix>mods<")


def stamps_lie_in_the_future(ask: Ask, pairs: Pairs) -> str:
    return ask(pairs).replace("<responseDate>2026", "<responseDate>2025")


SPOILERS: tuple[Spoil, ...] = (
    from_is_exclusive,
    until_is_exclusive,
    a_day_ends_at_its_midnight,
    wrong_dates_are_passed_over,
    a_token_forgets_its_set,
    headers_name_no_sets,
    a_set_is_not_listed,
    tombstones_have_left_their_sets,
    a_tombstone_is_live_for_who_asks_for_it,
    a_token_beside_other_arguments_is_taken,
    any_token_is_taken,
    every_page_is_followed_by_one_page_less,
    a_format_is_offered_that_is_not_given,
    stamps_lie_in_the_future,
)


@pytest.fixture(name="given", scope="module")
def fixture_given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Path]]:
    """One store for all that is broken on purpose."""
    folder = tmp_path_factory.mktemp("given")
    store = filled(folder, Clock(), 60)
    yield store, folder
    store.close()


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
async def test_the_checker_finds_what_is_broken_on_purpose(
    given: tuple[Store, Path], monkeypatch: pytest.MonkeyPatch, spoil: Spoil
) -> None:
    # a list on one page shows at once what follows the token on others
    monkeypatch.setattr(routes, "PAGE_RECORDS", 100 if spoil is tombstones_have_left_their_sets else 10)
    right = verbs.answer
    monkeypatch.setattr(
        "portal_api.oai_provider.requests.answer",
        lambda pairs, *rest: spoil(lambda asked: right(asked, *rest), list(pairs)),
    )
    async with serving(*given) as url:
        assert await asyncio.to_thread(Strict(url).findings) != []


@pytest.mark.data
async def test_the_schemas_find_an_about_that_is_broken_on_purpose(
    given: tuple[Store, Path], schema: etree.XMLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = verbs.answer
    monkeypatch.setattr(
        "portal_api.oai_provider.requests.answer",
        lambda *arguments: right(*arguments).replace(' altered="true"', ""),
    )
    async with serving(*given) as url:
        findings = await asyncio.to_thread(Judge(url, schema).findings)
    assert any("altered" in finding for finding in findings)
