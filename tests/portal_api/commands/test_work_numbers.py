"""A process that works without the doors gives a monitor its numbers, at an address of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from federation.storage import accounts
from federation.storage.accounts import RoleGrant
from federation.storage.api_keys import WantedKey
from federation.storage.engine import Store
from portal_api.auth.api_keys import ApiKeys
from portal_api.signing_keys import API_KEYS, signing_key
from tests.federation.pipeline.test_harvest import add_feed
from tests.peers.courteous.repository import Repository, items, serving
from tests.portal_api.auth.people import add_person

DEADLINE_SECONDS = 30


@asynccontextmanager
async def working(folder: Path, **settings: str) -> AsyncIterator[str]:
    """`work` on a folder until the block ends; the address of its numbers."""
    code = "from portal_api.commands import main; main()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, "work", "--data", str(folder),
        stdout=asyncio.subprocess.PIPE, env={**os.environ, **settings},
    )  # fmt: skip
    assert process.stdout is not None
    told = (await asyncio.wait_for(process.stdout.readline(), DEADLINE_SECONDS)).decode()
    try:
        yield told.split()[-1]
    finally:
        process.terminate()
        await process.communicate()
    assert process.returncode == 0


def counted(text: str) -> Mapping[str, Mapping[tuple[str, ...], float]]:
    """Name of a sample -> values of its labels -> number."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


async def test_the_steps_that_it_carried_are_counted_at_its_own_address(embedded: Store, tmp_path: Path) -> None:
    async with serving(Repository(items(10))) as url:
        add_feed(embedded, url)
        async with (
            working(tmp_path, EXCHANGE_WORK__METRICS_ADDRESS="127.0.0.1:0") as address,
            ClientSession() as asking,
        ):
            async with asyncio.timeout(DEADLINE_SECONDS):
                while True:
                    answer = await asking.get(address)
                    assert answer.status == 200
                    found = counted(await answer.text())
                    steps = found.get("exchange_job_seconds_count", {})
                    if steps.get(("map", "done")) and steps.get(("harvest.slice", "done")):
                        break
                    await asyncio.sleep(0.1)
    assert found["exchange_records_total"]["mapped",] > 0
    assert found["exchange_commit_seconds_count"][()] > 0


async def test_it_answers_nothing_else_and_nobody_from_elsewhere_without_an_administrators_key(
    embedded: Store, tmp_path: Path
) -> None:
    add_person(embedded, "ada", RoleGrant(role="exchange_admin"))
    with embedded.reading() as connection:
        ada = accounts.find(connection, "ada")
    assert ada is not None
    keys = ApiKeys(embedded, signing_key(tmp_path, API_KEYS))
    elsewhere = {"X-Forwarded-For": "127.0.0.1"}
    async with working(tmp_path, EXCHANGE_WORK__METRICS_ADDRESS="127.0.0.1:0") as address, ClientSession() as asking:
        base = address.removesuffix("/metrics")
        for path, status in (("/", 404), ("/api/v1/health", 404), ("/metrics?nosuch=1", 400)):
            answer = await asking.get(base + path)
            assert (answer.status, answer.content_type) == (status, "application/problem+json"), path
        assert (await asking.post(address)).status == 405
        assert (await asking.get(address, headers=elsewhere)).status == 401
        assert (await asking.get(address, headers={**elsewhere, "Authorization": "Bearer axk_x"})).status == 401
        for scope, status in (("read", 403), ("admin", 200)):
            key = keys.make(ada.id, WantedKey(name="monitor", scopes=(scope,)), actor="self")[1]  # type: ignore[arg-type]
            answer = await asking.get(address, headers={**elsewhere, "Authorization": f"Bearer {key}"})
            assert answer.status == status, scope


async def test_an_address_that_others_reach_in_the_open_is_refused(embedded: Store, tmp_path: Path) -> None:
    for stated, said in (
        ("0.0.0.0:9105", "loopback"),
        ("9105", "a host and a port"),
        ("127.0.0.1", "a host and a port"),
    ):
        code = "from portal_api.commands import main; main()"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, "work", "--until-idle", "--data", str(tmp_path),
            stderr=asyncio.subprocess.PIPE, env={**os.environ, "EXCHANGE_WORK__METRICS_ADDRESS": stated},
        )  # fmt: skip
        _, errors = await process.communicate()
        assert (process.returncode, said in errors.decode()) == (78, True), errors
