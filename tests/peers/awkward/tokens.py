"""Methods, encodings and tokens with a will of their own: rows 68 to 74 and 86 to 92 of the design's list."""

from __future__ import annotations

import gzip
from urllib.parse import unquote

from aiohttp import web

from tests.peers.awkward.peer import Asked, Behaviour, Expectation, Instead, Said
from tests.peers.courteous.repository import Item, page

BAD_TOKEN = '<error code="badResumptionToken"/>'


def _only(method: str) -> Instead:
    def instead(asked: Asked) -> Said:
        return None if asked.request.method == method else web.Response(status=405)

    return instead


def _packed(*, said: bool) -> Instead:
    def instead(asked: Asked) -> Said:
        body = gzip.compress(bytes(asked.peer.said(asked).body))  # type: ignore[arg-type]
        headers = {"Content-Encoding": "gzip"} if said else {}
        return web.Response(body=body, headers={"Content-Type": "text/xml", **headers})

    return instead


def _announced_but_plain(asked: Asked) -> Said:
    body = bytes(asked.peer.said(asked).body)  # type: ignore[arg-type]
    return web.Response(body=body, headers={"Content-Type": "text/xml", "Content-Encoding": "gzip"})


def _raw_token(asked: Asked) -> str:
    return asked.request.rel_url.raw_query_string.partition("resumptionToken=")[2]


def _only_verbatim(asked: Asked) -> Said:
    """Compares the token with the query as it was sent."""
    return None if _raw_token(asked) == asked.token else page(BAD_TOKEN)


def _only_encoded(asked: Asked) -> Said:
    raw = _raw_token(asked)
    return page(BAD_TOKEN) if raw and (raw == asked.token or unquote(raw) != asked.token) else None


def _wanted(asked: Asked) -> list[Item]:
    since, until = asked.query.get("from", ""), asked.query.get("until", "")
    return [item for item in asked.repository.records if since <= item.datestamp <= (until or "9")]


def _looping(asked: Asked) -> Said:
    """Every list gives 40 records, and then its second page for ever, by the same token."""
    return _second_page_for_ever(asked, "second")


def _second_page_for_ever(asked: Asked, token: str) -> Said:
    if not asked.is_list:
        return None
    if not asked.token:
        asked.peer.memory[:] = [item.identifier for item in _wanted(asked)]
    known = {item.identifier: item for item in asked.repository.records}
    wanted = [known[name] for name in asked.peer.memory]
    part = wanted[20:40] if asked.token else wanted[:20]
    if len(wanted) <= 20 or not part:
        return asked.repository.listed(part or wanted, "", len(wanted))
    return asked.repository.listed(part, token, len(wanted))


def _back_and_forth(asked: Asked) -> Said:
    """Token A leads to B, and B to A."""
    return _second_page_for_ever(asked, "B" if asked.token == "A" else "A")


def _new_tokens_for_one_page(asked: Asked) -> Said:
    return _second_page_for_ever(asked, f"token-{asked.number}")


def _expiring(asked: Asked) -> Said:
    """A token that is older than two requests is dead, and the third one of a list always is."""
    return page(BAD_TOKEN) if asked.start >= 60 else None


def _single_use(asked: Asked) -> Said:
    """A token may be used once; the answer to the second is lost on its way."""
    if not asked.token:
        return None
    if asked.token in asked.peer.memory:
        return page(BAD_TOKEN)
    asked.peer.memory.append(asked.token)
    if len(asked.peer.memory) == 2 and asked.request.transport is not None:
        asked.request.transport.abort()
        return web.Response()
    return None


LOOPS = Expectation(reason="counted", most_requests=40)

TOKENS = (
    Behaviour(name="68 POST refused", instead=_only("GET"), expected=Expectation(reason="counted", most_requests=6)),
    Behaviour(
        name="69 GET refused",
        instead=_only("POST"),
        expected=Expectation(reason="counted", most_requests=7, learned={"method": "POST"}),
    ),
    Behaviour(name="70 gzip unannounced", instead=_packed(said=False), expected=Expectation(most_requests=6)),
    Behaviour(name="71 gzip announced", instead=_packed(said=True), expected=Expectation(most_requests=6)),
    Behaviour(name="72 gzip announced but plain", instead=_announced_but_plain, expected=Expectation(most_requests=6)),
    Behaviour(
        name="73 token only verbatim",
        instead=_only_verbatim,
        expected=Expectation(reason="counted", most_requests=7, learned={"token_form": "verbatim"}),
    ),
    Behaviour(
        name="74 token only encoded",
        instead=_only_encoded,
        expected=Expectation(reason="counted", most_requests=6),
    ),
    Behaviour(name="86 same token for ever", instead=_looping, expected=LOOPS),
    Behaviour(name="87 tokens A, B, A", instead=_back_and_forth, expected=LOOPS),
    Behaviour(name="88 new tokens, same page", instead=_new_tokens_for_one_page, expected=LOOPS),
    Behaviour(name="89 expired", instead=_expiring, expected=Expectation(reason="counted", most_requests=15)),
    Behaviour(
        name="91 single-use token, answer lost",
        instead=_single_use,
        expected=Expectation(reason="counted", most_requests=15),
    ),
)
