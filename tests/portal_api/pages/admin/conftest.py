"""An exchange with one institution's harvest administrator, on loopback, for whoever tests its feeds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.storage.accounts import RoleGrant
from portal_api.config import EgressSection, Settings
from tests.portal_api.auth.people import Hands, add_person
from tests.portal_api.staff import Browser, Portal, portal_over

LOOPBACK = Settings(egress=EgressSection(networks=("127.0.0.0/8",)))


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def portal(tmp_path: Path, clock: Hands) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path, now=clock, settings=LOOPBACK) as portal:
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("ada") as browser:
        yield browser
