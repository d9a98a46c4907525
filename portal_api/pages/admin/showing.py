"""Renders a page of this area: the words for codes, and a token for its forms."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from portal_api.auth.requests import token_for
from portal_api.errors import NotFound, ParameterFault
from portal_api.pages.admin import reasons, run_words, words
from portal_api.pages.render import page

Faults = dict[str, str]
#: of a number in an address; every database keeps so many
MOST_DIGITS = 9


async def show(
    request: web.Request, template: str, *, status: int = 200, faults: Sequence[ParameterFault] = (), **values: object
) -> web.Response:
    """The page; `faults` are what is wrong with its form, each with the code of its words."""
    shared: dict[str, object] = {
        "words": words,
        "run_words": run_words,
        "reasons": reasons,
        "faults": first_faults(faults),
        "form_token": token_for(request),
    }
    response = await page(request, template, status=status, **(shared | values))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def first_faults(faults: Sequence[ParameterFault]) -> Faults:
    """The first fault of each field, by field."""
    return {fault.parameter: fault.code for fault in reversed(faults)}


def moved(address: str) -> web.Response:
    """Sends the browser on after a form did its work, so that loading again repeats nothing."""
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "private, no-store"})


def number_in(request: web.Request, name: str) -> int:
    """The number that a part of the address is; raises NotFound where it is none."""
    number = whole_number(request.match_info[name])
    if number is None:
        raise NotFound
    return number


def whole_number(text: str) -> int | None:
    """The number that stands in a text of at most `MOST_DIGITS` ASCII digits; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
