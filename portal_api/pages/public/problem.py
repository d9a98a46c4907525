"""The page of what went wrong: what it is, what can be done next, and a number to name it by."""

from __future__ import annotations

from aiohttp import web

from portal_api.errors import Withdrawn
from portal_api.http.problems import Problem, row_of
from portal_api.pages.render import page
from portal_api.views.told import sentences


async def problem_page(request: web.Request, error: Exception, problem: Problem) -> web.Response:
    """`problem` in words; of a withdrawn thing by whom and when, and nothing else of it."""
    return await page(
        request,
        "public/problem.html",
        status=problem.status,
        problem=problem,
        following=row_of(error).next,
        wrong=sentences(error),
        withdrawn=error if isinstance(error, Withdrawn) else None,
    )
