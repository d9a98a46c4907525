"""Parameters of an address that takes no others."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from aiohttp import web

from portal_api.errors import ParametersInvalid
from portal_api.http.parameters import read

P = TypeVar("P", bound=msgspec.Struct)


def parameters_of(request: web.Request, kind: type[P]) -> P:
    """The parameters of `kind`; raises ParametersInvalid with every fault."""
    found, faults = read(list(request.query.items()), kind)
    if faults:
        raise ParametersInvalid(faults)
    return found
