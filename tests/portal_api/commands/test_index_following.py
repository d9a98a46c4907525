"""`index swap`, `rollback`, `drop` and `repair` beside the process that holds the folder: asked for, and followed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from federation.pipeline import publish
from federation.pipeline.folder_lock import holding
from federation.storage import jobs
from federation.storage.engine import Store
from federation.storage.opened import close_stores
from index.moments import MomentSearch
from index.places import IndexPlace, search_at
from mappings.schema.access import EVERYONE
from portal_api.commands.entry import app
from portal_api.config import load
from portal_api.index_place import index_place
from portal_api.wiring import open_store
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, put
from tests.federation.pipeline.test_generations import break_by_hand
from tests.index.elastic import indexed as elastic_indexed
from tests.peers.postgresql import Server
from tests.portal_api.commands.test_harvest_following import working
from tests.portal_api.pages.public.shown import records


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["index", *arguments, "--data", str(folder)])
    return result.exit_code, result.output


async def beside(folder: Path, *arguments: str) -> tuple[int, str]:
    return await asyncio.to_thread(run, folder, *arguments)


async def standing(folder: Path) -> dict[str, str]:
    """Each generation with its state."""
    told: Any = json.loads((await beside(folder, "status", "--json"))[1])
    return {each["name"]: each["state"] for each in told["standing"]}


def wait_for(search: MomentSearch, generation: str, count: int) -> None:
    """Until so many records of a generation answer: which one is live is known for a second by who searches."""
    until = time.monotonic() + 60
    while (search.stats(EVERYONE).generation, search.stats(EVERYONE).records) != (generation, count):
        assert time.monotonic() < until
        time.sleep(0.1)


#: both servers
CLUSTERED = pytest.param("postgres-elasticsearch", marks=[pytest.mark.postgres, pytest.mark.elasticsearch])


@pytest.fixture(params=["sqlite-embedded", CLUSTERED])
def settled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """The folder's settings, for each store and each engine in turn."""
    store, _, engine = request.param.partition("-")
    lines, ends = [], []
    if store == "postgres":
        server: Server = request.getfixturevalue("postgresql")
        name = server.create(server.template)
        lines += ["[storage]", f'url = "{server.url(name)}"']
        ends.append(lambda: server.drop(name))
    if engine == "elasticsearch":
        place = elastic_indexed.settings(request.getfixturevalue("elasticsearch"))
        lines += ["[search]", 'backend = "elasticsearch"', f'urls = ["{place.urls[0]}"]']
        lines += [f'prefix = "{place.prefix}"', "replicas = 0"]
        ends.append(lambda: elastic_indexed.drop(place))
    (tmp_path / "exchange.toml").write_text("\n".join(lines), encoding="utf-8")
    yield
    publish.forget()
    close_stores()
    for end in ends:
        end()


@pytest.fixture
def store(settled: None, tmp_path: Path) -> Iterator[Store]:
    """Of a folder that a process holds, with a live generation and a whole one beside it."""
    with open_store(tmp_path) as opened:
        put(opened, records())
        link_all(opened)
        assert run(tmp_path, "rebuild")[0] == 0
        assert run(tmp_path, "rebuild", "--next")[0] == 0
        with holding(tmp_path):
            yield opened


def place_of(folder: Path) -> IndexPlace:
    """Where the folder's settings put its index."""
    return index_place(folder, load(folder).settings)


async def test_another_generation_answers_caught_up_and_goes_on(store: Store, tmp_path: Path) -> None:
    search = search_at(place_of(tmp_path))
    before = search.stats(EVERYONE)
    assert before.generation == "000001"
    async with working(store, tmp_path):
        assert await beside(tmp_path, "swap", "000002") == (0, "generation 000002 answers\n")
        assert (await standing(tmp_path))["000002"] == "live"
        put(store, [catalogue_record(90, "Charters of the mill")])
        link_all(store)
        await asyncio.to_thread(wait_for, search, "000002", before.records + 1)
        assert await beside(tmp_path, "rollback") == (0, "generation 000001 answers\n")
        await asyncio.to_thread(wait_for, search, "000001", before.records + 1)


async def test_a_generation_that_does_not_answer_is_taken_away(store: Store, tmp_path: Path) -> None:
    async with working(store, tmp_path):
        code, said = await beside(tmp_path, "drop", "000001")
        assert code == 1
        assert said == "generation 000001: it answers; make another one live first\n"
        code, said = await beside(tmp_path, "swap", "000009")
        assert code == 1
        assert "there is none of this name" in said
        assert await beside(tmp_path, "drop", "000002") == (0, "generation 000002 is gone\n")
        assert await standing(tmp_path) == {"000001": "live"}


async def test_the_index_is_repaired(store: Store, tmp_path: Path) -> None:
    break_by_hand(place_of(tmp_path))
    async with working(store, tmp_path):
        code, said = await beside(tmp_path, "repair", "--json")
        told = json.loads(said)
        assert code == 0, said
        assert {each.partition(":")[0] for each in told["found"]["missing"]} == {"c-r1"}
        assert len(told["found"]["extra"]) == 1
        assert told["left"]["missing"] == told["left"]["extra"] == []
        assert (await beside(tmp_path, "verify"))[0] == 0
    with store.reading() as connection:
        done = [each.kind for each in jobs.listed(connection, lane="index", state="done")]
    assert done.count("index.repair") == 1


async def test_what_nobody_takes_up_is_called_off(store: Store, tmp_path: Path) -> None:
    code, said = await beside(tmp_path, "swap", "000002", "--patience", "0.3")
    assert code == 75
    assert said == "the process that holds the folder has not done it within 0.3 s; it is called off\n"
    async with working(store, tmp_path):
        assert await beside(tmp_path, "drop", "000002") == (0, "generation 000002 is gone\n")
    assert await standing(tmp_path) == {"000001": "live"}


@pytest.mark.parametrize("settled", [CLUSTERED], indirect=True)
async def test_from_a_folder_that_nobody_holds_a_generation_of_a_cluster_changes_beside_who_works(
    store: Store, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "exchange.toml").write_text((tmp_path / "exchange.toml").read_text(), encoding="utf-8")
    search = search_at(place_of(tmp_path))
    count = search.stats(EVERYONE).records
    async with working(store, tmp_path):
        for number, (said, words) in enumerate((("000002", ("swap", "000002")), ("000001", ("rollback",)))):
            assert await beside(elsewhere, *words) == (0, f"generation {said} answers\n")
            put(store, [catalogue_record(90 + number, f"Charters of the mill {number}")])
            link_all(store)
            await asyncio.to_thread(wait_for, search, said, count + number + 1)
        assert (await beside(elsewhere, "verify"))[0] == 0
