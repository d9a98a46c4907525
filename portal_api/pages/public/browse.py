"""What the OAI-PMH repositories give, for people: sets, items, records, by the answers that harvesters get.

An address here has the arguments of the protocol under their own names.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from portal_api.exchange import EXCHANGE
from portal_api.http.marking import N_
from portal_api.oai_provider.formats import OAI_DC
from portal_api.oai_provider.routes import PATH, RECORDS
from portal_api.oai_provider.verbs import answer
from portal_api.pages.render import page
from portal_api.views.oai_answers import Answer, read

_BROWSE = "/oai/browse"
PAGE_ITEMS = 50
_LIST = ("metadataPrefix", "set", "from", "until")
#: why nothing is shown, by the protocol's code
REASONS = {
    "noRecordsMatch": N_("Nothing here matches."),
    "noSetHierarchy": N_("Nothing is given on yet."),
    "badResumptionToken": N_("This place in the list is no longer known. Begin again."),
    "badArgument": N_("A date, a set or a format is not written as the protocol asks."),
    "cannotDisseminateFormat": N_("It is not given in this format."),
    "idDoesNotExist": N_("There is no such item."),
}
_STATUS = {"idDoesNotExist": 404, "badResumptionToken": 400, "badArgument": 400, "cannotDisseminateFormat": 400}


async def repository(request: web.Request) -> web.Response:
    """What a repository is, in which formats it gives, and its sets."""
    said = await _asked(request, "Identify")
    formats = await _asked(request, "ListMetadataFormats")
    sets = await _asked(request, "ListSets", "resumptionToken")
    more = _address(request, resumptionToken=sets.token) if sets.token else ""
    return await _page(request, "browse.html", sets, identity=said.identity, formats=formats.formats, more=more)


async def items(request: web.Request) -> web.Response:
    """A page of a list of items."""
    if not request.query.get("resumptionToken"):
        found = await _asked(request, "ListIdentifiers", *_LIST, metadataPrefix=OAI_DC.prefix)
    else:
        found = await _asked(request, "ListIdentifiers", "resumptionToken")
    formats = await _asked(request, "ListMetadataFormats")
    kept = {name: request.query.get(name, "") for name in _LIST}
    kept["metadataPrefix"] = kept["metadataPrefix"] or OAI_DC.prefix
    more = _address(request, "/items", **kept, resumptionToken=found.token) if found.token else ""
    return await _page(request, "browse_items.html", found, formats=formats.formats, kept=kept, more=more)


async def item(request: web.Request) -> web.Response:
    """One record in one format, as XML."""
    asked = {"identifier": request.query.get("identifier", "")[:2_000]}
    prefix = request.query.get("metadataPrefix") or OAI_DC.prefix
    found = await _asked(request, "GetRecord", "identifier", "metadataPrefix", metadataPrefix=OAI_DC.prefix)
    formats = await _asked(request, "ListMetadataFormats", "identifier")
    return await _page(
        request, "browse_item.html", found, formats=formats.formats, prefix=prefix, shown_at=_shown_at(found), **asked
    )


def _shown_at(found: Answer) -> str:
    """The page of a living item; it is its identifier's local part."""
    if not found.headers or found.headers[0].deleted:
        return ""
    local = found.headers[0].identifier.rpartition(":")[2]
    return f"/r/{local}" if local.startswith("c-") else f"/m/{local}"


def _path(request: web.Request) -> str:
    """Of the repository that is looked at."""
    return RECORDS if request.path.startswith(f"{_BROWSE}/records") else PATH


def _address(request: web.Request, page_name: str = "", **arguments: str) -> str:
    """A page of the same repository."""
    given = urlencode({name: value for name, value in arguments.items() if value})
    below = "/records" if _path(request) == RECORDS else ""
    return f"{_BROWSE}{below}{page_name}" + (f"?{given}" if given else "")


async def _asked(request: web.Request, verb: str, *taken: str, **otherwise: str) -> Answer:
    """The repository's answer to `verb` with those arguments of the page's own that it takes.

    otherwise   what holds for an argument that the page has not
    """
    found, settings = await asyncio.to_thread(request.app[EXCHANGE].provider.open_to_all, request, _path(request))
    values = otherwise | {name: request.query[name] for name in taken if request.query.get(name)}
    pairs = [("verb", verb), *values.items()]
    smaller = msgspec.structs.replace(settings, page_records=PAGE_ITEMS)
    return read(await asyncio.to_thread(answer, pairs, found, smaller))


async def _page(request: web.Request, template: str, found: Answer, **values: object) -> web.Response:
    """The page; `oai` is the address of the repository itself, `at` makes addresses of pages."""
    return await page(
        request,
        f"public/{template}",
        status=_STATUS.get(found.error, 200),
        found=found,
        reasons=REASONS,
        oai=_path(request),
        merged=_path(request) == PATH,
        at=lambda name="", **arguments: _address(request, name, **arguments),
        **values,
    )
