"""The ways in which repositories are wrong, by their numbers in the design's list."""

from __future__ import annotations

from aiohttp import web

from tests.peers.awkward.peer import Behaviour, Expectation, Instead, Spoil

HTML = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><p>Back soon</p></body></html>"
#: title of the record that is spoiled
FIRST = b"<dc:title>Title 1<"
OAI = b"http://www.openarchives.org/OAI/2.0/"
LOSES_ONE = Expectation(verdict="incomplete", held=119, missing=1)


def spoiled(name: str, spoil: Spoil, expected: Expectation | None = None, content_type: str = "text/xml") -> Behaviour:
    """A peer whose pages are wrong."""
    return Behaviour(name=name, spoil=spoil, expected=expected or Expectation(), content_type=content_type)


def titled(name: str, title: bytes, expected: Expectation) -> Behaviour:
    """A peer whose first record has such a title."""
    return spoiled(name, lambda body, number: body.replace(FIRST, b"<dc:title>" + title + b"<"), expected)


def answering(name: str, instead: Instead, expected: Expectation) -> Behaviour:
    """A peer that sometimes says something else."""
    return Behaviour(name=name, instead=instead, expected=expected)


def cleaned(title: str) -> Expectation:
    """One record was cleaned, and is titled so."""
    return Expectation(touched={"cleaned": 1}, title=("oai:peer:1", title))


def strict(title: str) -> Expectation:
    """Nothing was touched, and the first record is titled so."""
    return Expectation(title=("oai:peer:1", title))


def _status(status: int, *numbers: int, headers: dict[str, str] | None = None) -> Instead:
    """Requests of these numbers get the status; without numbers, all."""
    return lambda request, number: (
        web.Response(status=status, headers=headers) if not numbers or number in numbers else None
    )


def _body(body: bytes, *numbers: int) -> Instead:
    return lambda request, number: (
        web.Response(body=body, headers={"Content-Type": "text/xml"}) if not numbers or number in numbers else None
    )


def _reset(request: web.Request, number: int) -> web.StreamResponse | None:
    if number == 3 and request.transport is not None:
        request.transport.abort()
        return web.Response()
    return None


def _cut(body: bytes, number: int) -> bytes:
    return body[: len(body) // 2] if number == 3 else body


def _blank_token(body: bytes, number: int) -> bytes:
    return body.replace(b'">|', b'">\n  |').replace(b"</resumptionToken>", b"\n</resumptionToken>")


def _no_last_token(body: bytes, number: int) -> bytes:
    return body.replace(b'<resumptionToken completeListSize="120"></resumptionToken>', b"")


def _prefixed(body: bytes, number: int) -> bytes:
    for name in (b"OAI-PMH", b"responseDate", b"request", b"ListRecords", b"resumptionToken", b"header", b"record"):
        body = body.replace(b"<" + name + b">", b"<o:" + name + b">").replace(b"<" + name + b" ", b"<o:" + name + b" ")
        body = body.replace(b"</" + name + b">", b"</o:" + name + b">")
    for name in (b"identifier", b"datestamp", b"metadata"):
        body = body.replace(b"<" + name + b">", b"<o:" + name + b">").replace(
            b"</" + name + b">", b"</o:" + name + b">"
        )
    return body.replace(b"xmlns=", b"xmlns:o=", 1)


def _deep(body: bytes, number: int) -> bytes:
    return body.replace(FIRST, b"<dc:title>" + b"<x>" * 400 + b"deep" + b"</x>" * 400 + b"<")


BEHAVIOURS = (
    spoiled("01 plain", lambda body, number: body),
    spoiled("02 prefixes", _prefixed),
    spoiled("03 byte order mark", lambda body, number: b"\xef\xbb\xbf" + body),
    spoiled("04 blanks round the token", _blank_token),
    spoiled("05 empty last token", lambda body, number: body.replace(b' completeListSize="120"', b"")),
    spoiled("06 no last token", _no_last_token),
    titled("10 vertical tab", b"Ti\x0btle", cleaned("Ti\ufffdtle")),
    titled("11 reference to a control character", b"Ti&#3;tle", cleaned("Ti\ufffdtle")),
    titled("12 bare ampersand", b"Salt & Pepper", cleaned("Salt &amp; Pepper")),
    titled("13 name of HTML", b"A&nbsp;B", cleaned("A\xa0B")),
    titled("14 surrogate references, paired", b"&#xD83D;&#xDCD6;", cleaned("\U0001f4d6")),
    titled("14 surrogate reference, lone", b"a&#xD83D;b", cleaned("a\ufffdb")),
    spoiled("15 notice after the root", lambda body, number: body + b"\nWarning: out of memory in /var/www\n"),
    spoiled("16 blank line before the declaration", lambda body, number: b"\n\n" + body),
    spoiled("17 namespace with https", lambda body, number: body.replace(OAI + b'"', b"https" + OAI[4:] + b'"', 1)),
    spoiled("18 namespace without slash", lambda body, number: body.replace(OAI + b'"', OAI[:-1] + b'"', 1)),
    spoiled("19 no namespace", lambda body, number: body.replace(b' xmlns="' + OAI + b'"', b"", 1)),
    spoiled("20 text/html", lambda body, number: body, content_type="text/html"),
    titled("22 Latin-1 as UTF-8", "Müller, Köln".encode("latin-1"), Expectation(title=("oai:peer:1", "Müller, Köln"))),
    titled("an element inside a record never closed", b"<never>Title", Expectation(touched={"recovered": 1})),
    spoiled("28 400 levels", _deep, LOSES_ONE),
    answering("43 empty 200 once", _body(b"", 3), Expectation(most_requests=8)),
    answering("44 HTML once", _body(HTML.encode(), 3), Expectation(most_requests=8)),
    answering("45 reset once", _reset, Expectation(most_requests=8)),
    spoiled("42 truncated once", _cut, Expectation(most_requests=8)),
    answering("53 500 once", _status(500, 3), Expectation(most_requests=7)),
    answering(
        "53 502 for ever",
        _status(502, *range(3, 999)),
        Expectation(verdict="blocked", reason="unavailable", held=40, most_requests=8),
    ),
    answering(
        "57 HTML always",
        _body(HTML.encode()),
        Expectation(verdict="blocked", reason="not_a_repository", held=0),
    ),
    answering(
        "57 HTML from the third request on",
        _body(HTML.encode(), *range(3, 99)),
        Expectation(verdict="blocked", reason="bot_wall", held=40),
    ),
    answering(
        "79 busy for ever",
        _status(503, *range(3, 999), headers={"Retry-After": "3600"}),
        Expectation(verdict="blocked", reason="unavailable", held=40, most_requests=33),
    ),
    answering("79 Retry-After 2", _status(503, 3, headers={"Retry-After": "2"}), Expectation(most_requests=7)),
    answering(
        "80 Retry-After as a date",
        _status(503, 3, headers={"Retry-After": "Sat, 31 Jan 2026 00:00:30 GMT"}),
        Expectation(most_requests=7),
    ),
    answering("81 Retry-After 86400", _status(503, 3, headers={"Retry-After": "86400"}), Expectation(most_requests=7)),
    answering("82 Retry-After 10^9", _status(503, 3, headers={"Retry-After": "1000000000"}), Expectation()),
    answering("83 Retry-After junk", _status(503, 3, headers={"Retry-After": "soon"}), Expectation()),
    answering(
        "84 Retry-After past",
        _status(503, 3, headers={"Retry-After": "Sat, 31 Jan 2015 00:00:30 GMT"}),
        Expectation(most_requests=7),
    ),
    answering("85 bare 503", _status(503, 3), Expectation(most_requests=7)),
)
