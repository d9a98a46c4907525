"""Repositories that are odd from one harvest to the next: rows 104 to 111 of the design's list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web

from tests.peers.courteous.repository import Item, Repository, items, page

RECORDS = 120
#: days after the first harvest: the next, the first list of everything, the one after it, and a month on
NEXT, WHOLE, AGAIN, MONTH = 1, 7, 8, 39

#: (repository) -> what it is from then on
Change = Callable[[Repository], None]


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What the last of the harvests ends with."""

    #: of the last run; a held one has neither
    verdict: str = "complete"
    is_held: bool = False
    mapped: int = RECORDS
    deleted: int = 0
    held: int = 0
    #: text -> how many of the records that are held have it
    texts: tuple[tuple[str, int], ...] = ()
    #: field of the profile -> what the harvests taught of it
    taught: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unfolding:
    """One row of the list: what changes, and on which days there is a harvest after the first."""

    name: str
    #: day -> what the repository becomes before that day's harvest
    changes: dict[int, Change]
    days: tuple[int, ...] = (NEXT, WHOLE, AGAIN)
    expected: Outlook = Outlook()
    records: Sequence[Item] = tuple(items(RECORDS, deleted_every=1_000))


def _restamp_backwards(repository: Repository) -> None:
    """A restored backup: 115 records carry datestamps of long ago, five of them with another title."""
    old = [replace(each, datestamp="2019-06-01") for each in repository.records[:115]]
    changed = [replace(each, title="Restored") for each in old[:5]]
    repository.records = [*changed, *old[5:], *repository.records[115:]]


def _visible_late(repository: Repository) -> None:
    """A record of the day before the first harvest is shown after it."""
    repository.records = [*repository.records, Item("oai:peer:late", "2026-01-30", "Late")]


def _lose(count: int) -> Change:
    """So many records are gone, and nothing says so."""

    def lose(repository: Repository) -> None:
        repository.records = repository.records[count:]

    return lose


def _withdraw(repository: Repository) -> None:
    repository.records = [
        replace(each, deleted=True, datestamp="2026-02-01") if n < 3 else each
        for n, each in enumerate(repository.records)
    ]


def _return(repository: Repository) -> None:
    repository.records = [
        replace(each, deleted=False, datestamp="2026-02-07") if each.deleted else each for each in repository.records
    ]


def _bring_back(repository: Repository) -> None:
    repository.records = items(RECORDS, deleted_every=1_000)


def _clock_ahead(hours: int) -> Change:
    """Every answer of the next day is dated so many hours on; new records are stamped by that clock."""

    def ahead(repository: Repository) -> None:
        def answer(request: web.Request) -> web.Response:
            body = repository.reply(request.query).text or ""
            return web.Response(
                text=body.replace("2026-01-31T00", f"2026-02-02T{hours + 1:02}"), content_type="text/xml"
            )

        repository.before = answer
        repository.records = [*repository.records, Item("oai:peer:skewed", "2026-01-31", "Skewed")]

    return ahead


def _empty(repository: Repository) -> None:
    """A list without a record and without a token, of everything that is asked for."""

    def nothing(request: web.Request) -> web.Response | None:
        verb = request.query["verb"]
        if verb == "GetRecord":
            return page('<error code="idDoesNotExist"/>')
        return page(f"<{verb}></{verb}>") if verb.startswith("List") else None

    repository.before = nothing


def _given_yet(repository: Repository) -> None:
    """Three records stand in no list and are given when they are asked for."""
    hidden = {each.identifier: each for each in repository.records[:3]}
    _lose(3)(repository)

    def given(request: web.Request) -> web.Response | None:
        found = hidden.get(request.query.get("identifier", ""))
        return None if found is None else page(f"<GetRecord>{found.xml()}</GetRecord>")

    repository.before = given


def rename(repository: Repository, *, restamped: bool = True, announced: bool = False) -> None:
    """Every identifier begins otherwise from now on; with `announced` the old ones are tombstones."""
    old = repository.records
    stamp = {"datestamp": "2026-02-01"} if restamped else {}
    new = [replace(each, identifier=each.identifier.replace("oai:peer:", "oai:moved:"), **stamp) for each in old]
    gone = [replace(each, deleted=True, datestamp="2026-02-01") for each in old] if announced else []
    repository.records = [*gone, *new]


def _add_namesakes(repository: Repository) -> None:
    """A second collection numbers its records as the first does."""
    more = [replace(each, identifier=f"oai:two:{n}", datestamp="2026-02-01") for n, each in enumerate(_KNOWN, 1)]
    repository.records = [*repository.records, *more]


_KNOWN = items(RECORDS, deleted_every=1_000)

LATER = (
    Unfolding(
        name="104 most records restamped backwards",
        changes={NEXT: _restamp_backwards},
        expected=Outlook(texts=(("Restored", 5),)),
    ),
    Unfolding(
        name="105 a change visible late",
        changes={NEXT: _visible_late},
        days=(NEXT,),
        expected=Outlook(mapped=RECORDS + 1, texts=(("Late", 1),)),
    ),
    Unfolding(
        name="106 clock three hours off",
        changes={NEXT: _clock_ahead(3)},
        days=(NEXT,),
        expected=Outlook(mapped=RECORDS + 1, texts=(("Skewed", 1),), taught=(("skew_seconds", 10_800),)),
    ),
    Unfolding(
        name="107 deletion without tombstone",
        changes={NEXT: _lose(4)},
        expected=Outlook(mapped=RECORDS - 4, deleted=4),
    ),
    Unfolding(name="107 seen gone once is not gone", changes={NEXT: _lose(4)}, days=(NEXT, WHOLE)),
    Unfolding(name="107 in no list, and given all the same", changes={NEXT: _given_yet}),
    Unfolding(name="108 deleted returns", changes={NEXT: _withdraw, WHOLE: _return}, days=(NEXT, WHOLE, AGAIN)),
    Unfolding(
        name="108 gone without a word returns",
        changes={NEXT: _lose(4), MONTH: _bring_back},
        days=(NEXT, WHOLE, AGAIN, MONTH),
    ),
    Unfolding(
        name="109 half the identifiers vanish",
        changes={NEXT: _lose(60)},
        expected=Outlook(is_held=True, mapped=RECORDS - 60, held=60),
    ),
    Unfolding(
        name="110 list empty",
        changes={NEXT: _empty},
        expected=Outlook(is_held=True, mapped=0, held=RECORDS),
    ),
    Unfolding(
        name="111 identifiers change their prefix",
        changes={NEXT: rename},
        days=(NEXT,),
        expected=Outlook(is_held=True, mapped=RECORDS, held=RECORDS),
    ),
    Unfolding(
        name="111 the same, under the old datestamps",
        changes={NEXT: partial(rename, restamped=False)},
        days=(NEXT, WHOLE),
        expected=Outlook(is_held=True, mapped=RECORDS, held=RECORDS),
    ),
    Unfolding(
        name="111 a second collection with the same numbers",
        changes={NEXT: _add_namesakes},
        days=(NEXT, NEXT + 1),
        expected=Outlook(mapped=2 * RECORDS),
    ),
)
