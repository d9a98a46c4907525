"""A portal that people sign in to, as a browser would: cookies kept, forms sent with the token of their page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path

import msgspec
from aiohttp import ClientSession, CookieJar

from federation.storage import opened
from federation.storage.accounts import Role, RoleGrant
from federation.storage.engine import Now, Store, embedded_url, utc_now
from portal_api.config import Settings
from portal_api.exchange import Exchange
from portal_api.http.app import make_app
from portal_api.wiring import compose
from tests.federation.pipeline.runners import runner_over
from tests.federation.pipeline.versions import filled
from tests.peers.loopback import listening
from tests.portal_api.auth.people import PASSWORD, add_person

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def leads_to(self) -> str:
        """Where a redirect points."""
        return self.headers.get("Location", "")


class Browser:
    """One browser: cookies of one portal, no redirect followed."""

    def __init__(self, session: ClientSession, base: str) -> None:
        self._session, self.base = session, base

    async def get(self, path: str, **headers: str) -> Answer:
        async with self._session.get(self.base + path, allow_redirects=False, headers=headers) as response:
            text = await response.text(errors="replace")
            return Answer(status=response.status, text=text, headers=response.headers)

    async def token(self, path: str) -> str:
        """The token of the first form on a page."""
        found = _TOKEN.search((await self.get(path)).text)
        return unescape(found[1]) if found else ""

    async def post(
        self, path: str, fields: Mapping[str, str] | None = None, *, page: str = "", **headers: str
    ) -> Answer:
        """Sends a form as its `page` (else the address itself) offers it."""
        sent = {"form_token": await self.token(page or path)} | dict(fields or {})
        return await self.post_as_it_is(path, sent, **headers)

    async def post_as_it_is(
        self, path: str, fields: Mapping[str, str] | None = None, *, method: str = "POST", **headers: str
    ) -> Answer:
        """Sends fields without a token of their own, from our own origin unless `Origin` says otherwise."""
        headers = {"Origin": self.base} | headers
        async with self._session.request(
            method, self.base + path, data=dict(fields or {}), allow_redirects=False, headers=headers
        ) as response:
            text = await response.text(errors="replace")
            return Answer(status=response.status, text=text, headers=response.headers)

    async def sign_in(self, name: str, password: str = PASSWORD) -> Answer:
        """Signs in by the form."""
        return await self.post("/sign-in", {"sign_in": name, "password": password})

    def cookie(self, name: str = "session") -> str:
        """A cookie that the browser keeps."""
        return next((cookie.value for cookie in self._session.cookie_jar if cookie.key == name), "")


class Portal:
    """A running portal and its parts."""

    def __init__(self, exchange: Exchange, base: str) -> None:
        self.exchange, self.store, self.base = exchange, exchange.store, base

    @asynccontextmanager
    async def browser(self, name: str = "") -> AsyncIterator[Browser]:
        """A new browser, signed in where a name is given."""
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            browser = Browser(session, self.base)
            if name:
                assert (await browser.sign_in(name)).status == 303
            yield browser


@asynccontextmanager
async def portal_over(folder: Path, *, now: Now = utc_now, settings: Settings | None = None) -> AsyncIterator[Portal]:
    """A portal over the store in `folder`, its runner not running."""
    store = Store(embedded_url(folder), now=now)
    store.create_schema()
    worker = runner_over(store, folder)
    exchange = compose(folder, settings or Settings(), store, worker)
    try:
        async with listening(make_app(exchange)) as root:
            yield Portal(exchange, root)
    finally:
        exchange.sandbox.close()
        exchange.judges.close()
        worker.close()
        store.close()


@asynccontextmanager
async def office_over(
    folder: Path, *, settings: Settings | None = None, neighbour: Role = "harvest_admin"
) -> AsyncIterator[Portal]:
    """A portal over a feed `k` of six records, which Ada runs and for whose institution Grace decides.

    neighbour   what Eve is, of another institution
    """
    async with portal_over(folder, settings=settings) as portal:
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        add_person(portal.store, "grace", RoleGrant(role="institution_admin", institution="peer"))
        add_person(portal.store, "eve", RoleGrant(role=neighbour, institution="other"))
        # after the people, who bring their institutions: records are mapped with the names of these
        await filled(portal.store, 6)
        yield portal
        opened.close_stores()
