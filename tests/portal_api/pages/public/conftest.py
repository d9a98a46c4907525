"""The portal that everybody reads, and a browser without an account; a file with other needs has its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.portal_api.pages.public.shown import catalogue_portal
from tests.portal_api.staff import Browser, Portal


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """The catalogue of `shown`."""
    async with catalogue_portal(tmp_path) as portal:
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    """Somebody who reads it."""
    async with portal.browser() as browser:
        yield browser
