"""`/search/build`: a query made of rows, without learning any notation; it shows the query in each of them."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from portal_api.http.parameters import as_pairs
from portal_api.pages.admin.showing import moved
from portal_api.pages.public.asking import lenient
from portal_api.pages.render import page
from portal_api.views import building, vocabulary
from portal_api.views.building import FIELDS, JOINS, MOST_ROWS, RELATIONS, SPARE_ROWS, Row
from portal_api.views.page_size import PageParameters, on_page

#: of the button that leads to the results
_GO = "go"
_NAMES = ("join", "field", "relation", "value")


async def build(request: web.Request) -> web.Response:
    """The form, filled with the query of the address or with what was sent; the results, where these are asked for."""
    own = {f"{name}{number}" for name in _NAMES for number in range(1, MOST_ROWS + 1)} | {_GO}
    sent = {name: value for name, value in request.query.items() if name in own}
    parameters, _ = lenient(request, PageParameters)
    made = building.built(building.rows_in(sent) if sent else None, "" if sent else parameters.q)
    kept = [pair for pair in as_pairs(on_page(parameters)) if pair[0] not in ("q", "page", "ui")]
    if _GO in sent:
        return moved(f"/search?{urlencode([('q', made.text or '*'), *kept])}")
    return await page(
        request,
        "public/build.html",
        built=made,
        rows=(*made.rows, *(Row(),) * SPARE_ROWS)[:MOST_ROWS],
        kept=kept,
        joins=JOINS,
        fields=FIELDS,
        relations=RELATIONS,
        words=vocabulary,
        go=_GO,
    )
