"""Pages that are wrong: rows 1 to 28 and 35 to 41 of the design's list."""

from __future__ import annotations

import re

from tests.peers.awkward.peer import Asked, Behaviour, Expectation, Said, Spoil
from tests.peers.courteous.repository import Item, items

#: title of the record that is spoiled
FIRST = b"<dc:title>Title 1<"
CLAIM = re.compile(rb' completeListSize="\d+"')
STAMP = b"<datestamp>2020-01-02<"
OAI = b"http://www.openarchives.org/OAI/2.0/"
LOSES_ONE = Expectation(verdict="incomplete", reason="quarantined", held=119, missing=1)
CHINESE = "中国图书馆藏书目录与地方文献整理研究"


def spoiled(name: str, spoil: Spoil, expected: Expectation | None = None, content_type: str = "text/xml") -> Behaviour:
    """A peer whose pages are wrong."""
    headers = {"Content-Type": content_type}
    return Behaviour(name=name, spoil=spoil, expected=expected or Expectation(most_requests=6), headers=headers)


def replacing(name: str, old: bytes, new: bytes, expected: Expectation | None = None) -> Behaviour:
    """A peer whose pages say something else in one place."""
    return spoiled(name, lambda body, number: body.replace(old, new, 1), expected)


def titled(name: str, title: bytes, expected: Expectation) -> Behaviour:
    """A peer whose first record has such a title."""
    return replacing(name, FIRST, b"<dc:title>" + title + b"<", expected)


def held(title: str, **more: object) -> Expectation:
    """The first record is titled so."""
    return Expectation(texts={"oai:peer:1": f"<dc:title>{title}</dc:title>"}, most_requests=6, **more)  # type: ignore[arg-type]


def cleaned(title: str) -> Expectation:
    """One record was cleaned, and is titled so."""
    return held(title, touched={"cleaned": 1})


def flagged(code: str) -> Expectation:
    """All is held, and a record carries the issue."""
    return Expectation(issues=frozenset({code}), most_requests=6)


def _blank_token(body: bytes, number: int) -> bytes:
    return body.replace(b'">|', b'">\n  |').replace(b"</resumptionToken>", b"\n</resumptionToken>")


def _no_last_token(body: bytes, number: int) -> bytes:
    body = body.replace(b'<resumptionToken completeListSize="119"></resumptionToken>', b"")
    return body.replace(b' completeListSize="119"', b"")


def _prefixed(body: bytes, number: int) -> bytes:
    for name in (b"OAI-PMH", b"responseDate", b"request", b"ListRecords", b"resumptionToken", b"header", b"record"):
        body = body.replace(b"<" + name + b">", b"<o:" + name + b">").replace(b"<" + name + b" ", b"<o:" + name + b" ")
        body = body.replace(b"</" + name + b">", b"</o:" + name + b">")
    for name in (b"identifier", b"datestamp", b"metadata"):
        body = body.replace(b"<" + name + b">", b"<o:" + name + b">").replace(
            b"</" + name + b">", b"</o:" + name + b">"
        )
    return body.replace(b"xmlns=", b"xmlns:o=", 1)


def _overlapping(asked: Asked) -> Said:
    """Each page but the first begins with the last record of the page before."""
    if not asked.start:
        return None
    records, start = asked.repository.records, asked.start
    token = f"|{start + 20}" if start + 20 < len(records) else ""
    return asked.repository.listed(records[start - 1 : start + 20], token, len(records))


def _with_query(asked: Asked) -> Said:
    """A script that serves several repositories and knows them by its own argument."""
    from aiohttp import web

    return None if asked.query.get("repo") == "a b" else web.Response(status=404)


_ODD = "a+b/c=&d% "


def _odd_token(body: bytes, number: int) -> bytes:
    odd = _ODD.replace("&", "&amp;").encode()
    return re.sub(rb">(\|\d+)</resumptionToken>", rb">" + odd + rb"\1</resumptionToken>", body)


def _taking_odd_tokens(asked: Asked) -> Said:
    from tests.peers.courteous.repository import page

    if asked.token:
        if not asked.token.startswith(_ODD):
            return page('<error code="badResumptionToken"/>')
        asked.query["resumptionToken"] = asked.token.removeprefix(_ODD)
    return None


def _unclosed(body: bytes, number: int) -> bytes:
    end = body.index(b"</record>") if b"peer:1<" in body else -1
    return body if end < 0 else body[:end] + body[end + len(b"</record>") :]


def _recoded(charset: str, title: str) -> Spoil:
    return lambda body, number: body.replace(FIRST, b"<dc:title>" + title.encode(charset) + b"<")


ABOUT = b"<about><rights>one</rights></about><about><rights>two</rights></about>"


def _no_metadata(body: bytes, number: int) -> bytes:
    return re.sub(rb"(oai:peer:1</identifier>.*?</header>)<metadata>.*?</metadata>", rb"\1", body, count=1)


def _again(title: str, *, deleted: bool = False, stamp: str = "2020-01-02") -> tuple[Item, ...]:
    """All records, and later one more under the identifier of the first."""
    records = items()
    return (*records[:50], Item("oai:peer:1", stamp, title, deleted), *records[50:])


def _claims(body: bytes, number: int) -> bytes:
    return body.replace(b'"121"', b'"120"')


TEXTS = (
    spoiled("01 plain", lambda body, number: body),
    spoiled("02 prefixes", _prefixed),
    spoiled("03 byte order mark", lambda body, number: b"\xef\xbb\xbf" + body),
    spoiled("04 blanks round the token", _blank_token),
    spoiled(
        "05 empty last token",
        lambda body, number: body.replace(b' completeListSize="120"', b""),
        Expectation(reason="swept", most_requests=24),
    ),
    Behaviour(
        name="06 no last token",
        spoil=_no_last_token,
        records=tuple(items(119)),
        expected=Expectation(held=119, reason="swept", most_requests=24),
    ),
    Behaviour(name="07 page overlap", instead=_overlapping, expected=Expectation(reason="counted", most_requests=6)),
    Behaviour(
        name="08 query in base URL",
        instead=_with_query,
        base_query="?repo=a+b",
        expected=Expectation(most_requests=6),
    ),
    Behaviour(
        name="09 token of +/=&% and blank",
        spoil=_odd_token,
        instead=_taking_odd_tokens,
        expected=Expectation(most_requests=6),
    ),
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
    titled(
        "21 bad UTF-8 bytes",
        CHINESE.encode() + b"\xff",
        held(CHINESE + "\ufffd", issues=frozenset({"bytes_undecodable"})),
    ),
    titled(
        "22 Latin-1 as UTF-8", "Müller, Köln".encode("latin-1"), held("Müller, Köln", learned={"charset": "cp1252"})
    ),
    titled("23 GB18030 as UTF-8", CHINESE.encode("gb18030"), held(CHINESE, learned={"charset": "gb18030"})),
    titled(
        "24 UTF-8 encoded twice",
        "Müller".encode().decode("cp1252").encode(),
        held("MÃ¼ller", issues=frozenset({"double_encoded"})),
    ),
    replacing(
        "25 crossed tags",
        b"Title 1</dc:title>",
        b"<dc:creator>Title 1</dc:title></dc:creator>",
        Expectation(touched={"recovered": 1}, most_requests=6),
    ),
    titled(
        "25 element inside a record never closed",
        b"<never>Title",
        Expectation(touched={"recovered": 1}, most_requests=6),
    ),
    spoiled("26 record never closed", _unclosed, Expectation(touched={"recovered": 1}, most_requests=6)),
    titled("27 12 MB text", b"x" * 12_000_000, LOSES_ONE),
    titled("28 400 levels", b"<x>" * 400 + b"deep" + b"</x>" * 400, LOSES_ONE),
    replacing("35 impossible datestamp", STAMP, b"<datestamp>2020-02-31<", flagged("datestamp_invalid")),
    replacing("35 local datestamp", STAMP, b"<datestamp>02.01.2020<", flagged("datestamp_invalid")),
    replacing("36 fraction", STAMP, b"<datestamp>2020-01-02T01:02:03.5Z<", flagged("datestamp_invalid")),
    replacing("36 offset", STAMP, b"<datestamp>2020-01-02T01:02:03+08:00<", flagged("datestamp_invalid")),
    replacing(
        "37 two about",
        b"</metadata>",
        b"</metadata>" + ABOUT,
        Expectation(texts={"oai:peer:1": ABOUT.decode()}, most_requests=6),
    ),
    Behaviour(
        name="38 identifier deleted after it lived, as new",
        records=_again("", deleted=True),
        spoil=_claims,
        expected=Expectation(texts={"oai:peer:1": "<dc:title>Title 1<"}, most_requests=7),
    ),
    Behaviour(
        name="38 identifier deleted after it lived, and newer",
        records=_again("", deleted=True, stamp="2020-05-01"),
        spoil=_claims,
        expected=Expectation(texts={"oai:peer:1": 'status="deleted"'}, most_requests=7),
    ),
    spoiled("39 no metadata", _no_metadata),
    replacing("40 empty identifier", b"<identifier>oai:peer:1<", b"<identifier><", LOSES_ONE),
    Behaviour(
        name="41 identifier twice with other text",
        records=_again("Other"),
        spoil=_claims,
        expected=Expectation(
            texts={"oai:peer:1": "<dc:title>Other<"}, issues=frozenset({"identifier_repeated"}), most_requests=7
        ),
    ),
)
