"""Each partner is a repository that independent clients read to the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from portal_api.demo.partners import partners
from portal_api.demo.repositories import Running, start_partners
from tests.peers import oai_clients


@pytest_asyncio.fixture(name="running")
async def fixture_running() -> AsyncIterator[Running]:
    """All partners, served on a free port."""
    running = await start_partners()
    yield running
    await running.stop()


@pytest.mark.parametrize("slug", [partner.slug for partner in partners()])
async def test_a_client_lists_every_record_and_every_tombstone(running: Running, slug: str) -> None:
    """Through all pages, each once, deletions marked."""
    partner = next(partner for partner in partners() if partner.slug == slug)
    base_url = running.base_url(slug)
    listed = await asyncio.to_thread(oai_clients.read_by_sickle, base_url, partner.metadata_prefix)
    held = [oai_clients.Seen(record.identifier, record.datestamp, record.deleted) for record in partner.records()]
    assert sorted(listed) == sorted(held)


async def test_a_repository_says_its_own_address_and_its_format(running: Running) -> None:
    """Identify repeats the base URL; a format that it lacks is refused."""
    base_url = running.base_url("tate")
    identify = await asyncio.to_thread(oai_clients.sickle.Sickle(base_url).Identify)
    assert identify.baseURL == base_url
    with pytest.raises(oai_clients.sickle.oaiexceptions.CannotDisseminateFormat):
        await asyncio.to_thread(oai_clients.read_by_sickle, base_url, "marc21")
