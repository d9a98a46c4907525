"""ListIdentifiers and ListRecords: a page of rows, and the token that leads to the next (OAI-PMH 2.0, 4.3 and 4.5)."""

from __future__ import annotations

from collections.abc import Sequence

from portal_api.oai_provider import going_on
from portal_api.oai_provider.arguments import Arguments, Refusal
from portal_api.oai_provider.repositories import Repository, Row, Shape, View, Window
from portal_api.oai_provider.settings import ProviderSettings
from portal_api.oai_provider.tokens import Position

_SHAPES: dict[str, Shape] = {"ListIdentifiers": "headers", "ListRecords": "records"}


def answer(asked: Arguments, repository: Repository, view: View, settings: ProviderSettings) -> str:
    """The element of a list; raises Refusal."""
    if asked.resumption_token:
        return _next_page(asked, repository, view, settings)
    number = _format_number(asked.metadata_prefix, repository)
    window = Window(
        prefix=asked.metadata_prefix, since=asked.since, until=asked.until, set_number=_set_number(asked, view)
    )
    rows, more = _rows(asked.verb, view, window, 0, settings)
    if not rows:
        raise Refusal("noRecordsMatch", "nothing here matches the request")
    if not more:
        return _page(asked.verb, rows, "")
    start = Position(
        verb=asked.verb,
        format_number=number,
        set_number=window.set_number,
        since=asked.since,
        until=asked.until,
        last=rows[-1].number,
        delivered=len(rows),
        size=view.count(window),
    )
    return _page(asked.verb, rows, going_on.token(start, 0, view.response_date, settings))


def _set_number(asked: Arguments, view: View) -> int:
    if not asked.set_spec:
        return 0
    number = view.set_number(asked.set_spec)
    if number is not None:
        return number
    if not view.count_sets():
        raise Refusal("noSetHierarchy", "this repository has no sets")
    raise Refusal("noRecordsMatch", "no such set; ListSets names those there are")


def _format_number(prefix: str, repository: Repository) -> int:
    for number, each in enumerate(repository.formats):
        if each.prefix == prefix:
            return number
    raise Refusal("cannotDisseminateFormat", "no such format; ListMetadataFormats names those there are")


def _next_page(asked: Arguments, repository: Repository, view: View, settings: ProviderSettings) -> str:
    at = going_on.position(asked, settings)
    if at.format_number >= len(repository.formats):
        raise Refusal("badResumptionToken", "a token of another list")
    prefix = repository.formats[at.format_number].prefix
    window = Window(prefix=prefix, since=at.since, until=at.until, set_number=at.set_number)
    rows, more = _rows(at.verb, view, window, at.last, settings)
    if not rows:
        rows = _newest_again(at.verb, view, window)
    delivered = at.delivered + len(rows)
    size = max(at.size, delivered + more)
    reached = Position(
        verb=at.verb,
        format_number=at.format_number,
        set_number=at.set_number,
        since=at.since,
        until=at.until,
        last=rows[-1].number,
        delivered=delivered,
        size=size,
    )
    if more:
        return _page(at.verb, rows, going_on.token(reached, at.delivered, view.response_date, settings))
    return _page(at.verb, rows, going_on.end(size, at.delivered))


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


def _page(verb: str, rows: Sequence[Row], token: str) -> str:
    return f"<{verb}>{''.join([row.element for row in rows])}{token}</{verb}>"
