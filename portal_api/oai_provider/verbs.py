"""The six verbs over any repository: arguments in, a whole answer out. No input gives anything but an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from portal_api.oai_provider import arguments, envelope, tokens
from portal_api.oai_provider.arguments import Arguments, Pairs, Refusal
from portal_api.oai_provider.repositories import Repository, Row, Shape, View, Window
from portal_api.oai_provider.settings import ProviderSettings
from portal_api.oai_provider.tokens import Position, TokenInvalid

#: what a token promises; it is honoured for as long as its key is kept
_PROMISED = timedelta(days=30)
_SHAPES: dict[str, Shape] = {"ListIdentifiers": "headers", "ListRecords": "records"}


def answer(pairs: Pairs, repository: Repository, settings: ProviderSettings) -> str:
    """The answer to one request, an XML document."""
    with repository.view() as view:
        try:
            asked = arguments.read(pairs)
        except Refusal as refusal:
            return _document(view, settings, (), envelope.error(refusal.code, refusal.message))
        try:
            body = _body(asked, repository, view, settings)
        except Refusal as refusal:
            body = envelope.error(refusal.code, refusal.message)
            if refusal.code == "badArgument":
                return _document(view, settings, (), body)
        return _document(view, settings, asked.given, body)


def _document(view: View, settings: ProviderSettings, given: Sequence[tuple[str, str]], body: str) -> str:
    return envelope.document(view.response_date, settings.base_url, given, body)


def _body(asked: Arguments, repository: Repository, view: View, settings: ProviderSettings) -> str:
    match asked.verb:
        case "Identify":
            earliest = view.earliest() or view.response_date
            return envelope.identify(settings, earliest, f"oai:{settings.authority}:c-r00000000000000000000000000")
        case "ListMetadataFormats":
            return _formats(asked, repository, view)
        case "GetRecord":
            return _record(asked, repository, view)
        case "ListSets":
            if asked.resumption_token:
                raise Refusal("badResumptionToken", "there are no sets, so no list of them goes on")
            raise Refusal("noSetHierarchy", "this repository has no sets")
        case "ListIdentifiers" | "ListRecords":
            return _list(asked, repository, view, settings)


def _formats(asked: Arguments, repository: Repository, view: View) -> str:
    if not asked.identifier:
        return envelope.formats(repository.formats)
    prefixes = view.prefixes_of(asked.identifier)
    if not prefixes:
        raise Refusal("idDoesNotExist", "no such item")
    return envelope.formats([each for each in repository.formats if each.prefix in prefixes])


def _record(asked: Arguments, repository: Repository, view: View) -> str:
    if not view.prefixes_of(asked.identifier):
        raise Refusal("idDoesNotExist", "no such item")
    element = view.record(asked.identifier, asked.metadata_prefix)
    if element is None:
        raise Refusal("cannotDisseminateFormat", "the item does not stand in this format")
    return f"<GetRecord>{element}</GetRecord>"


def _list(asked: Arguments, repository: Repository, view: View, settings: ProviderSettings) -> str:
    if asked.resumption_token:
        return _next_page(asked, repository, view, settings)
    if asked.set_spec:
        raise Refusal("noSetHierarchy", "this repository has no sets")
    number = _format_number(asked.metadata_prefix, repository)
    window = Window(prefix=asked.metadata_prefix, since=asked.since, until=asked.until)
    rows, more = _rows(asked.verb, view, window, 0, settings)
    if not rows:
        raise Refusal("noRecordsMatch", "nothing here matches the request")
    if not more:
        return _page(asked.verb, rows, "")
    start = Position(
        verb=asked.verb,
        format_number=number,
        since=asked.since,
        until=asked.until,
        last=rows[-1].number,
        delivered=len(rows),
        size=view.count(window),
    )
    return _page(asked.verb, rows, _token(start, 0, view, settings))


def _format_number(prefix: str, repository: Repository) -> int:
    for number, each in enumerate(repository.formats):
        if each.prefix == prefix:
            return number
    raise Refusal("cannotDisseminateFormat", "no such format; ListMetadataFormats names those there are")


def _next_page(asked: Arguments, repository: Repository, view: View, settings: ProviderSettings) -> str:
    at = _position(asked, repository, settings)
    window = Window(prefix=repository.formats[at.format_number].prefix, since=at.since, until=at.until)
    rows, more = _rows(at.verb, view, window, at.last, settings)
    if not rows:
        rows = _newest_again(at.verb, view, window)
    delivered = at.delivered + len(rows)
    size = max(at.size, delivered + more)
    reached = Position(
        verb=at.verb,
        format_number=at.format_number,
        since=at.since,
        until=at.until,
        last=rows[-1].number,
        delivered=delivered,
        size=size,
    )
    if more:
        return _page(at.verb, rows, _token(reached, at.delivered, view, settings))
    return _page(at.verb, rows, envelope.resumption("", size=size, cursor=at.delivered, expires=""))


def _position(asked: Arguments, repository: Repository, settings: ProviderSettings) -> Position:
    try:
        at = tokens.read(asked.resumption_token, settings.token_key)
    except TokenInvalid as error:
        raise Refusal("badResumptionToken", "not a token of this repository") from error
    if at.verb != asked.verb or at.format_number >= len(repository.formats):
        raise Refusal("badResumptionToken", "a token of another list")
    return at


def _newest_again(verb: str, view: View, window: Window) -> list[Row]:
    """What a page holds whose rows have all left the window since its token was given: a page is never empty (3.5)."""
    newest = view.newest(_SHAPES[verb], window)
    if newest is None:
        raise Refusal("badResumptionToken", "what this list held has changed; start again")
    return [newest]


def _rows(verb: str, view: View, window: Window, after: int, settings: ProviderSettings) -> tuple[Sequence[Row], bool]:
    """A page of rows, and whether another row follows."""
    found = view.rows(_SHAPES[verb], window, after, settings.page_records + 1)
    kept = _fitting(found[: settings.page_records], settings.page_bytes)
    return kept, len(found) > len(kept)


def _fitting(rows: Sequence[Row], most: int) -> Sequence[Row]:
    total = 0
    for place, row in enumerate(rows):
        total += len(row.element)
        if total > most and place:
            return rows[:place]
    return rows


def _token(reached: Position, cursor: int, view: View, settings: ProviderSettings) -> str:
    expires = tokens.instant(datetime.fromisoformat(view.response_date) + _PROMISED)
    token = tokens.write(reached, settings.token_key)
    return envelope.resumption(token, size=max(reached.size, reached.delivered + 1), cursor=cursor, expires=expires)


def _page(verb: str, rows: Sequence[Row], token: str) -> str:
    return f"<{verb}>{''.join([row.element for row in rows])}{token}</{verb}>"
