"""The API as OpenAPI 3.1.0 tells it, from the route table and the shapes that its code reads and writes.

Nothing is written here twice: a summary is the first line of the handler's docstring, a shape is a record's own schema
(JSON Schema 2020-12, as msgspec makes it), a problem is a row of the table of problems.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from mappings.schema.published import SCHEMA_ID
from portal_api.http.doors import Door, Handler
from portal_api.http.parameters import NoParameters
from portal_api.http.problems import TABLE, Problem

PREFIX = "/api/v1/"
ADDRESS = f"{PREFIX}openapi.json"
#: the header by which a page leads to it (RFC 8631, 4.2)
LINK = f'<{ADDRESS}>; rel="service-desc"; type="application/json"'
#: makes it of the doors that an application has
OPENAPI: web.AppKey[Callable[[], dict[str, Any]]] = web.AppKey("openapi")

_REF = "#/components/schemas/{name}"
_PART = re.compile(r"{(\w+)(?::([^}]*))?}")
#: what any door may answer: a parameter, a key, a role, a budget, a fault, a rest
_ALWAYS = frozenset((400, 401, 403, 429, 500, 503))
#: that pass by themselves, and say when to ask again
_PASSING = frozenset((429, 503))
_RETRY_AFTER = {
    "required": False,
    "description": "Seconds after which to ask again, where they are known; `retry_after_seconds` of the body too.",
    "schema": {"type": "integer", "minimum": 1},
}
_HEADERS = {
    "Idempotency-Key": (False, "The same key with the same request acts once and is told of it again, for 24 hours."),
    "If-Match": (True, "The ETag of what was read."),
}


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """What one door is asked with, and what it answers where nothing is wrong."""

    #: record of the query's parameters
    asked: type[msgspec.Struct] = NoParameters
    #: type of a body in JSON; None = none is read
    body: Any = None
    #: media types of other bodies
    bodies: tuple[str, ...] = ()
    #: type of an answer in JSON; None = a file of `media`, or nothing
    answer: Any = None
    #: of a file
    media: str = ""
    status: int = 200
    #: that are read
    headers: tuple[str, ...] = ()
    #: parts of the address that are one of a few words
    choices: dict[str, tuple[str, ...]] = {}
    #: statuses besides those that follow from the method and the address
    also: tuple[int, ...] = ()


def described(doors: Sequence[Door], contracts: Mapping[Handler, Contract]) -> dict[str, Any]:
    """The document; raises KeyError where a door of the API has no contract."""
    told = [(each, contracts[each.handler]) for each in doors if each.path.startswith(PREFIX)]
    shapes = _Shapes([contract for _, contract in told])
    paths: dict[str, dict[str, Any]] = {}
    for each, contract in told:
        paths.setdefault(_PART.sub(r"{\1}", each.path), {})[each.method.lower()] = _operation(each, contract, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Archive exchange",
            "version": "1",
            "description": "What answers GET answers HEAD too. Version 1 only grows: skip what you do not know.",
        },
        "externalDocs": {"description": "JSON Schema of a catalogue record, as it is mapped.", "url": SCHEMA_ID},
        "paths": paths,
        "components": {
            "schemas": shapes.components,
            "responses": dict(_problems()),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A key of a program, with its scopes."},
                "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": "Who signed in."},
            },
        },
    }


class _Shapes:
    """The schemas of every type that the contracts name."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        kinds = [kind for each in contracts for kind in (each.asked, each.body, each.answer) if kind is not None]
        schemas, self.components = msgspec.json.schema_components([*kinds, Problem], ref_template=_REF)
        self._of = dict(zip(kinds, schemas, strict=False))
        # parameters are told one by one
        self._asked = {kind: self.components.pop(_name(self.of(kind))) for kind in {each.asked for each in contracts}}

    def of(self, kind: object) -> dict[str, Any]:
        """The schema of a body or an answer."""
        return self._of[kind]

    def parameters(self, kind: type[msgspec.Struct]) -> Iterator[dict[str, Any]]:
        """Every parameter of a record."""
        asked = self._asked[kind]
        for name, schema in asked["properties"].items():
            yield {"name": name, "in": "query", "required": name in asked["required"], "schema": schema}


def _name(schema: Mapping[str, str]) -> str:
    return schema["$ref"].rpartition("/")[2]


def _operation(door: Door, contract: Contract, shapes: _Shapes) -> dict[str, Any]:
    part, *further = _PART.sub(r"{\1}", door.path).removeprefix(PREFIX).split("/")
    words = [each.strip("{}") for each in (part, *further)]
    told = {
        "operationId": "_".join((door.method.lower(), *words)).replace("-", "_").replace(".", "_"),
        "summary": (door.handler.__doc__ or "").partition("\n")[0],
        "tags": [part.partition(".")[0]],
        "security": _security(door),
        "parameters": [
            *_parts(door.path, contract.choices),
            *shapes.parameters(contract.asked),
            *(_header(name) for name in contract.headers),
        ],
        "responses": _answers(door, contract, shapes),
        "x-role": door.role,
        "x-points": door.cost,
    }
    body = _body(contract, shapes)
    return told | ({"requestBody": body} if body else {})


def _security(door: Door) -> list[dict[str, list[str]]]:
    """Nobody's name is needed, or a key with its scope, or a person at a browser."""
    ways: list[dict[str, list[str]]] = [{}] if door.role == "public" else [{"session": []}]
    return ways + ([{"key": [door.scope]}] if door.scope else [])


def _parts(path: str, choices: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    for name, pattern in _PART.findall(path):
        words = choices.get(name) or (pattern.split("|") if "|" in pattern else None)
        schema = {"type": "string"} | ({"enum": list(words)} if words else {})
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _header(name: str) -> dict[str, Any]:
    required, description = _HEADERS[name]
    schema = {"type": "string"}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


def _body(contract: Contract, shapes: _Shapes) -> dict[str, Any]:
    content: dict[str, Any] = {media: {} for media in contract.bodies}
    if contract.body is not None:
        content["application/json"] = {"schema": shapes.of(contract.body)}
    return {"content": content} if content else {}


def _answers(door: Door, contract: Contract, shapes: _Shapes) -> dict[str, Any]:
    """By status; `default` for what is not foreseen."""
    refused = _ALWAYS | {status for status in contract.also if status >= 400}
    refused |= {404} if "{" in door.path else set()
    refused |= {409} if door.method != "GET" else set()
    refused |= {413, 422} if contract.body is not None or contract.bodies else set()
    refused |= {412, 428} if "If-Match" in contract.headers else set()
    moved = {"301": {"description": "Its address now is in `Location`."}} if 301 in contract.also else {}
    problems = {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(refused)}
    default = {"default": {"$ref": "#/components/responses/default"}}
    return {str(contract.status): _answer(contract, shapes)} | moved | problems | default


def _answer(contract: Contract, shapes: _Shapes) -> dict[str, Any]:
    if contract.answer is not None:
        return {"description": "Done.", "content": {"application/json": {"schema": shapes.of(contract.answer)}}}
    return {"description": "Done."} | ({"content": {contract.media: {}}} if contract.media else {})


def _problems() -> Iterator[tuple[str, dict[str, Any]]]:
    """A response for each status of the table of problems, which names its codes."""
    content = {"application/problem+json": {"schema": {"$ref": _REF.format(name=Problem.__name__)}}}
    for status in sorted({row.status for row in TABLE.values()}):
        codes = dict.fromkeys(row.code for row in TABLE.values() if row.status == status)
        headers = {"headers": {"Retry-After": _RETRY_AFTER}} if status in _PASSING else {}
        yield str(status), {"description": ", ".join(codes), **headers, "content": content}
    yield "default", {"description": "Another problem.", "content": content}
