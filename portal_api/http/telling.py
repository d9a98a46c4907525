"""A problem as programs are told of it."""

from __future__ import annotations

import msgspec
from aiohttp import web

from portal_api.http.languages import strings
from portal_api.http.problems import Problem


def as_json(problem: Problem, language: str) -> web.Response:
    """A problem for programs, its title in `language` (RFC 9457, 3.1.3)."""
    told = msgspec.structs.replace(problem, title=strings(language).gettext(problem.title))
    headers = {"Content-Language": language, "Vary": "Accept, Accept-Language, Cookie, Authorization"}
    body = msgspec.json.encode(told)
    return web.Response(body=body, status=problem.status, content_type="application/problem+json", headers=headers)
