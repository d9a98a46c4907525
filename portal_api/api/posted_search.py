"""`POST /api/v1/search`: a search whose query is too long for an address, as JSON; it finds what the GET finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec
from aiohttp import web

from index.query.model import QueryNode
from portal_api.api.administration import as_json
from portal_api.api.catalogue import Found, going_on, hits_of, members_of
from portal_api.auth.requests import check_sender, read_body
from portal_api.errors import BodyInvalid, ParameterFault, ParametersInvalid
from portal_api.http.costs import SEARCH
from portal_api.http.parameters import NoParameters, read
from portal_api.http.spending import search_place
from portal_api.pages.public.asking import strict
from portal_api.views.search import ApiSearchParameters, going_back

P = TypeVar("P", bound=msgspec.Struct)
Value = str | int | bool
_BODY = msgspec.json.Decoder(dict[str, msgspec.Raw])
_VALUES = msgspec.json.Decoder(Value | list[Value])


#: the parameters of an address as members, with the tree as it is
SearchBody = msgspec.defstruct(
    "SearchBody",
    [
        *(
            (field.name, field.type, msgspec.field(default=field.default, name=field.encode_name))
            for field in msgspec.structs.fields(ApiSearchParameters)
            if field.name != "tree"
        ),
        ("tree", QueryNode | None, None),
    ],
    frozen=True,
    kw_only=True,
)


class FoundChanges(Found, frozen=True, kw_only=True):
    """What a search finds, with what to change for the pages behind and before it; null at either end."""

    next: dict[str, Value] | None
    prev: dict[str, Value] | None


async def search(request: web.Request) -> web.Response:
    """A search: members are the GET's parameters, `tree` the tree itself; `next`, `prev` hold what to change."""
    check_sender(request)
    strict(request, NoParameters)
    parameters = parameters_of(await read_body(request))
    async with search_place(request, SEARCH):
        answer, walk = await hits_of(request, parameters)
    behind, before = going_on(parameters, answer, walk.on), going_back(answer, walk.back)
    return as_json(FoundChanges(**members_of(answer), next=behind or None, prev=before or None))


def parameters_of(body: bytes) -> ApiSearchParameters:
    """The parameters of a JSON object; raises BodyInvalid where it is none, ParametersInvalid for their faults."""
    try:
        members = _BODY.decode(body)
        tree = bytes(members.pop("tree", b"")).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _no_object(error) from error
    return msgspec.structs.replace(read_members(members, ApiSearchParameters), tree=tree)


def read_members(members: Mapping[str, msgspec.Raw], kind: type[P]) -> P:
    """The parameters that members of a JSON object state; raises BodyInvalid, ParametersInvalid."""
    try:
        given = [pair for name, value in members.items() for pair in _pairs(name, value)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _no_object(error) from error
    parameters, faults = read(given, kind)
    if faults:
        raise ParametersInvalid(faults)
    return parameters


def _no_object(error: Exception) -> BodyInvalid:
    detail = f"expected a JSON object of the search's parameters, found something else: {error}"
    return BodyInvalid([ParameterFault(parameter="", code="body-invalid", detail=detail)])


def _pairs(name: str, value: msgspec.Raw) -> Iterator[tuple[str, str]]:
    stated = _VALUES.decode(value)
    for each in stated if isinstance(stated, list) else [stated]:
        yield name, str(each).lower() if isinstance(each, bool) else str(each)
