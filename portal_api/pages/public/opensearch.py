"""The search box for browsers and other programs to take along (OpenSearch 1.1)."""

from __future__ import annotations

from aiohttp import web

from portal_api.exchange import EXCHANGE
from portal_api.http.languages import strings
from portal_api.http.marking import N_
from portal_api.http.origins import origin_of
from portal_api.oai_provider.envelope import text
from portal_api.settings import UI_LANGUAGES

_TYPE = "application/opensearchdescription+xml"
_URLS = (
    ("text/html", "results", "/search?q={searchTerms}&page={startPage?}"),
    ("application/atom+xml", "results", "/search.atom?q={searchTerms}"),
    ("application/x-suggestions+json", "suggestions", "/api/v1/suggest?q={searchTerms}&format=opensearch"),
)


_DESCRIPTION = N_("One search over the catalogues of libraries, archives and research institutions.")


def _described() -> str:
    """In every language: the standard has room for one description."""
    return " ".join(strings(language).gettext(_DESCRIPTION) for language in UI_LANGUAGES)


async def opensearch(request: web.Request) -> web.Response:
    """The description: where to search, and where suggestions come from."""
    base = origin_of(request, request.app[EXCHANGE].settings)
    urls = "".join(
        f'<Url type="{kind}" rel="{relation}" template="{text(base + template)}"/>'
        for kind, relation, template in _URLS
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>archive-exchange</ShortName><Description>{text(_described())}</Description>{urls}"
        "<InputEncoding>UTF-8</InputEncoding></OpenSearchDescription>\n"
    )
    return web.Response(text=body, content_type=_TYPE, headers={"Cache-Control": "public, max-age=3600"})
