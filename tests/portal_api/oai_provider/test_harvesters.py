"""Foreign harvesters that work while items are edited hold exactly the store after one increment."""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from federation.storage.engine import Store
from portal_api.oai_provider import routes, verbs
from tests.peers.oai_clients import WINDOWED, Windowed
from tests.peers.perl_client import PERL
from tests.portal_api.oai_provider.exported import Clock, offered, open_store, put, serving
from tests.portal_api.oai_provider.test_judges import expected

ITEMS = 120
#: how many in `make prove`; more or fewer by `python -m tests.proofs harvesters --size N`
EDITS = int(os.environ.get("EXCHANGE_TEST_EDITS", "10000"))
PAGE = 10
CLIENTS = [
    *(pytest.param(client, id=name) for name, client in WINDOWED.items()),
    *(pytest.param(client, id=name, marks=pytest.mark.perl) for name, client in PERL.items()),
]
_RESPONSE_DATE = re.compile("<responseDate>([^<]+)<")


class Edited:
    """A store that is edited before each of the provider's answers."""

    def __init__(self, store: Store, clock: Clock, edits: int) -> None:
        self._store, self._clock, self._chance = store, clock, random.Random(edits)
        self._an_answer = edits // (ITEMS // PAGE)
        self.left = edits
        #: responseDate of the first answer
        self.first = ""

    def answer(self, *arguments: object) -> str:
        """An edited store's answer."""
        self.edit(self._an_answer)
        text = verbs_answer(*arguments)
        self.first = self.first or _RESPONSE_DATE.findall(text)[0]
        return text

    def edit(self, times: int) -> None:
        """So many edits, as long as some are left: new texts, new sets, deletions, items that come back."""
        for _ in range(min(times, self.left)):
            self.left -= 1
            number, spec = self._chance.randrange(ITEMS + 20), f"level:{self._chance.randrange(3)}"
            title = None if self._chance.random() < 0.2 else f"Edited {self._chance.random()}"
            put(self._store, [offered(f"c-{number}", title, spec)])
            self._clock.pass_seconds(self._chance.choice([0, 0, 0, 0.4, 1]))


verbs_answer: Callable[..., str] = verbs.answer


async def holds_the_store(folder: Path, client: Windowed, edits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full harvest in the midst of edits, and one increment when they are over."""
    monkeypatch.setattr(routes, "PAGE_RECORDS", PAGE)
    clock = Clock()
    store = open_store(folder, clock)
    put(store, [offered(f"c-{number}", f"T{number}", "level:1") for number in range(ITEMS)])
    clock.pass_seconds()
    edited = Edited(store, clock, edits)
    async with serving(store, folder) as url:
        monkeypatch.setattr("portal_api.oai_provider.requests.answer", edited.answer)
        held = {seen.identifier: seen for seen in await asyncio.to_thread(client, url)}
        edited.edit(edits)
        clock.pass_seconds()
        increment = await asyncio.to_thread(lambda: client(url, **{"from": edited.first}))
    held |= {seen.identifier: seen for seen in increment}
    assert sorted(held.values()) == expected(store)
    assert edited.left == 0
    store.close()


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_paced_harvester_holds_the_store_after_edits_and_one_increment(
    tmp_path: Path, client: Windowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await holds_the_store(tmp_path, client, 1_000, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("client", CLIENTS)
async def test_a_paced_harvester_holds_the_store_after_many_more_edits(
    tmp_path: Path, client: Windowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await holds_the_store(tmp_path, client, EDITS, monkeypatch)
