"""No public answer tells whether there is hidden material: two exchanges, with and without it, say the same bytes.

Every public address of the route table is asked, so a new door is in here from its first day; times and the exchange's
own port are all that may differ.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from federation.pipeline.export import export_batch
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.record_export import records_batch
from federation.pipeline.unifying import Clusters
from federation.storage import feeds
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from index.request import SearchRequest
from mappings.schema.access import EVERYONE, Visibility
from mappings.schema.record import CatalogueRecord
from portal_api.config import Settings
from portal_api.http.routes import PUBLIC_ROUTES
from portal_api.oai_provider.formats import WRITTEN
from portal_api.views.filters import API_FACETS
from tests.federation.linkage.records import catalogue_record
from tests.portal_api.pages.public.shown import SECRET, catalogue_portal, held_by, public_records
from tests.portal_api.staff import Browser, Portal

#: searches that the hidden records answer, among others
SEARCHES = (
    *("", "*", SECRET, "ledger", "strangers", "weaving", "1850", "winer", "quincunxail", f"{SECRET[:5]}*", "id:r7"),
    *(
        "id:oai:b:7",
        "code:SECRET/1",
        "lace -north",
        "zzz",
        "quincunxal",
        "ledgre secret atlas",
        "library b",
        "novel OR ledger",
        "title:(secret atlas)",
    ),
)
TYPED = ("quin", "led", "wea", "win", "lib", "SECRET", "sec", "北")
#: of the hidden records, of public ones, of nothing
IDS = ("c-r7", "r7", "c-r8", "r8", "c-r9", "r9", "c-r1", "r1", "r2", "c-r3", "c-r5", "r5", "c-r6", "r6", "c-none")
#: of the portals here; `oai:AUTHORITY:id` is an item
AUTHORITY = Settings().exchange.authority
_ANY_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
#: of a form, the visitor's own
_ANY_TOKEN = re.compile(r'name="form_token" value="[^"]*"')
#: the number that a fault is told as
_ANY_NUMBER = re.compile(r"\b[0-9a-f]{8}\b")


def hidden() -> list[CatalogueRecord]:
    """A hidden thing of its own, a hidden description of a public book, and a hidden edition of a public one."""
    return [
        held_by(catalogue_record(7, f"The {SECRET} ledger", authors=("Winer, Delsa",), feed="b", line="hidden",
                                 year="1850", reference_code="SECRET/1"), "b"),
        held_by(catalogue_record(8, "Almost strangers: a novel", authors=("Winer, Delsa",), year="2000", feed="c",
                                 line="hidden"), "b"),
        held_by(catalogue_record(9, "Weaving in the north, secret atlas", feed="b", year="1850", line="hidden"), "b"),
    ]  # fmt: skip


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[tuple[Portal, Portal]]:
    """An exchange with hidden records, and one that never had them."""
    for name in ("with", "without"):
        (tmp_path / name).mkdir()
    everything = [*public_records(), *hidden()]
    async with (
        catalogue_portal(tmp_path / "with", everything) as first,
        catalogue_portal(tmp_path / "without", public_records()) as second,
    ):
        for portal in (first, second):
            give_on(portal.store)
        await asyncio.sleep(1.1)  # the provider lists whole seconds that are past (OAI-PMH 2.0, 2.7.1)
        yield first, second


def give_on(store: Store) -> None:
    """Makes the rows of the OAI-PMH provider; every feed has a licence."""
    with store.transaction() as tx:
        for key in ("a", "b", "c", "feed-a"):
            feeds.add(tx, StoredFeed(key=key, name=key, institution="a", base_url=f"https://{key}.example/oai",
                                     metadata_licence="http://creativecommons.org/publicdomain/zero/1.0/"))  # fmt: skip
    settings = ExportSettings(authority=AUTHORITY)
    while export_batch(store, Clusters(store), settings, limit=100).behind:
        pass
    while records_batch(store, settings, limit=100).behind:
        pass


def addresses() -> Iterator[str]:
    """Every public address, filled in, with what may be asked of it."""
    for door in PUBLIC_ROUTES:
        for path in _filled(door.path):
            yield path
            for asked in _asked(door.path):
                yield f"{path}?{urlencode(asked)}"
    yield "/.well-known/resourcesync"
    for name in ("capabilitylist", "resourcelist", "changelist", "changelist-0-open"):
        yield from (f"/resourcesync/{scope}/{name}.xml" for scope in ("all", "institution:a", "institution:b"))
    yield from (f"/resourcesync/items/{id_}.xml" for id_ in IDS)
    for repository in ("/oai", "/oai/records"):
        for verb in ("Identify", "ListSets", "ListMetadataFormats"):
            yield f"{repository}?verb={verb}"
        for verb, prefix in itertools.product(("ListRecords", "ListIdentifiers"), WRITTEN):
            yield f"{repository}?verb={verb}&metadataPrefix={prefix}"
        for id_ in IDS:
            yield f"{repository}?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:{AUTHORITY}:{id_}"
            yield f"{repository}?verb=ListMetadataFormats&identifier=oai:{AUTHORITY}:{id_}"


def _filled(path: str) -> list[str]:
    plain = re.sub(r"{(\w+):[^}]*}", r"{\1}", path)
    if "{id}" in plain:
        return [plain.replace("{id}", id_).replace("{suffix}", "dc.xml") for id_ in IDS]
    if "{field}" in plain:
        return [plain.replace("{field}", field) for field in API_FACETS]
    return [plain.replace("{slug}", slug) for slug in ("a", "b", "c")] if "{slug}" in plain else [plain]


def _asked(path: str) -> list[dict[str, str]]:
    texts = [{"q": text} for text in SEARCHES]
    match path:
        case "/api/v1/search":
            every = {"histogram": "1", "page_size": "100"}
            members = [{"q": "", "view": "members", **every}, {"q": "", "sort": "title"}, {"q": "", "institution": "b"}]
            members += [{"q": "", "group": group, "sort": "code"} for group in ("fonds", "work")] + [
                {"not.institution": "a"}
            ]
            return [each | every for each in texts] + members + [{"cql": f"dc.title = {SECRET}"}]
        case "/oai/browse/items" | "/oai/browse/records/items":
            return [{"metadataPrefix": prefix} for prefix in WRITTEN] + [{"set": "institution:b"}]
        case "/oai/browse/item" | "/oai/browse/records/item":
            return [{"identifier": f"oai:{AUTHORITY}:{id_}"} for id_ in IDS]
        case "/search" | "/search.csv" | "/search.jsonl" | "/search.atom":
            return texts
        case "/api/v1/search/facets/{field}" | "/search/refine/{field}":
            return [{"contains": "win"}, {"q": "ledger"}, {"contains": SECRET}]
        case "/api/v1/suggest":
            return [{"q": typed} for typed in TYPED]
        case "/sru":
            return (
                [{"query": f'cql.serverChoice all "{each}"', "maximumRecords": "100"} for each in ("ledger", SECRET)]
                + [{"query": "cql.allRecords=1", "maximumRecords": "100"}]
                + [
                    {"scanClause": f'{index} = "a"', "maximumTerms": "100", "responsePosition": "50"}
                    for index in ("dc.creator", "dc.subject", "ax.institution", "ax.level", "dc.type", "ax.fonds")
                ]
            )
    return []


async def _told(browser: Browser, address: str) -> str:
    # what a monitor on this machine is told is no public answer
    elsewhere = {"X-Forwarded-For": "203.0.113.9"} if address == "/metrics" else {}
    answer = await browser.get(address, **elsewhere)
    port = browser.base.rpartition(":")[2]
    text = _ANY_TOKEN.sub("", answer.text)
    text = _ANY_NUMBER.sub("", _ANY_TIME.sub("", text.replace(browser.base, "").replace(f">{port}<", "><")))
    return f"{answer.status} {answer.leads_to} {text}"


@pytest.mark.parametrize("part", range(4))
async def test_hidden_material_changes_no_public_answer(both: tuple[Portal, Portal], part: int) -> None:
    differing = []
    async with both[0].browser() as first, both[1].browser() as second:
        for address in list(addresses())[part::4]:
            one, other = await asyncio.gather(_told(first, address), _told(second, address))
            if one != other:
                differing.append((address, one, other))
    assert [address for address, _, _ in differing] == []


@pytest.mark.parametrize(
    "address", ["/oai?verb=ListRecords&metadataPrefix=oai_dc", "/search?q=*", "/api/v1/clusters/c-r1"]
)
async def test_what_is_compared_holds_the_public_catalogue(both: tuple[Portal, Portal], address: str) -> None:
    async with both[0].browser() as browser:
        assert "Almost strangers" in (await browser.get(address)).text


async def test_its_holder_is_told_of_it(both: tuple[Portal, Portal]) -> None:
    """The comparison can fail: the first exchange holds what the second does not, and says so to who may know."""
    inside = Visibility(tokens=("public", "institution:b"))
    asked = [SearchRequest(visibility=visibility, text=SECRET) for visibility in (inside, EVERYONE)]
    assert [[portal.exchange.search.search(each).total for each in asked] for portal in both] == [[1, 0], [0, 0]]
