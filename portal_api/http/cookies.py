"""The portal's cookies: session, visitor, language, and the message for the next page."""

from __future__ import annotations

import secrets

from aiohttp import web

SESSION, VISITOR, LANGUAGE, NOTICE = "session", "visitor", "language", "notice"
#: names that scripts may never read and other sites may never make a browser send along
_GUARDED = (SESSION, VISITOR, NOTICE)
_LIFETIMES = {SESSION: 7 * 86_400, VISITOR: 86_400, LANGUAGE: 365 * 86_400, NOTICE: 60}


def read(request: web.Request, name: str, *, secure: bool) -> str:
    """The cookie's value, empty where there is none; over https only the `__Host-` form counts."""
    return request.cookies.get(_full(name, secure=secure), "")


def write(response: web.StreamResponse, name: str, value: str, *, secure: bool) -> None:
    """Sets the cookie; an empty value clears it."""
    response.set_cookie(
        _full(name, secure=secure),
        value,
        max_age=_LIFETIMES[name] if value else 0,
        path="/",
        secure=secure,
        httponly=name in _GUARDED,
        samesite="Lax",
    )


def fresh_visitor() -> str:
    """A value that nobody guesses."""
    return secrets.token_urlsafe(32)


def _full(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name
