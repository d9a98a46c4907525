"""What a feed lacks stays with it over its runs until it comes, and is asked for again on its days."""

from __future__ import annotations

from aiohttp import web

from federation.storage import quarantine
from federation.storage.engine import Store
from tests.harvester.days import Days, harvested_daily
from tests.harvester.test_awkward import held_of
from tests.peers.awkward import ends
from tests.peers.awkward.peer import Asked, Behaviour, Said

FAILING = "oai:peer:7"
#: a title that is too long to be read
UNREAD = b"<dc:title>" + b"x" * (11 << 20) + b"<"


def lacking(feed: Days) -> list[tuple[str | None, str]]:
    with feed.store.reading() as connection:
        return [(line.identifier, line.reason) for line in quarantine.lacking(connection, "k")]


class Failing:
    """A source that fails over one record wherever it stands, until it is mended."""

    def __init__(self) -> None:
        self.mended = False

    def __call__(self, asked: Asked) -> Said:
        said = asked.peer.said(asked).text or ""
        fails = f"<identifier>{FAILING}<" in said and "</metadata>" in said
        return web.Response(status=500) if fails and not self.mended else None


async def test_a_record_over_which_its_source_fails_is_asked_for_a_day_later(embedded: Store) -> None:
    source = Failing()
    async with harvested_daily(embedded, Behaviour(name="29", instead=source)) as feed:
        run = await feed.day(0)
        assert (run.verdict, run.missing, len(held_of(feed.store))) == ("incomplete", 1, 119)
        assert lacking(feed) == [(FAILING, "unfetchable")]
        source.mended = True
        assert (await feed.day(2)).verdict == "complete"
        assert FAILING in held_of(feed.store)
        assert lacking(feed) == []


async def test_a_list_that_is_cut_is_swept_though_one_of_its_records_cannot_be_read(embedded: Store) -> None:
    def cut(asked: Asked) -> Said:
        said = ends.stopping(asked) or asked.peer.said(asked)
        return web.Response(body=bytes(said.body).replace(b"<dc:title>Title 1<", UNREAD, 1))  # type: ignore[arg-type]

    async with harvested_daily(embedded, Behaviour(name="97 and 27", instead=cut)) as feed:
        run = await feed.day(0)
        assert (run.verdict, run.missing, len(held_of(feed.store))) == ("incomplete", 1, 119)
        assert [name for name, _ in lacking(feed)] == ["oai:peer:1"]


async def test_a_whole_list_of_which_all_can_be_read_ends_what_lacked(embedded: Store) -> None:
    barred = [True]

    def bar(asked: Asked) -> Said:
        return web.Response(status=401) if barred and asked.start >= 60 else None

    spoiled = Behaviour(
        name="27", instead=bar, spoil=lambda body, number: body.replace(b"<dc:title>Title 1<", UNREAD, 1)
    )
    async with harvested_daily(embedded, spoiled) as feed:
        assert (await feed.day(0)).verdict == "blocked"
        assert [name for name, _ in lacking(feed)] == ["oai:peer:1"]
        barred.clear()
        feed.peer.repository.records = feed.peer.repository.records[1:]
        assert (await feed.day(1)).verdict == "complete"
        assert lacking(feed) == []


async def test_what_a_list_of_all_headers_does_not_name_lacks_no_more(embedded: Store) -> None:
    spoiled = Behaviour(name="27", spoil=lambda body, number: body.replace(b"<dc:title>Title 1<", UNREAD, 1))
    async with harvested_daily(embedded, spoiled) as feed:
        await feed.day(0)
        feed.peer.repository.records = feed.peer.repository.records[1:]
        await feed.day(1)
        assert [name for name, _ in lacking(feed)] == ["oai:peer:1"]
        assert (await feed.day(8)).reason == "swept"
        assert lacking(feed) == []


async def test_what_such_a_list_names_and_cannot_be_read_lacks_still(embedded: Store) -> None:
    spoiled = Behaviour(name="27", spoil=lambda body, number: body.replace(b"<dc:title>Title 1<", UNREAD, 1))
    async with harvested_daily(embedded, spoiled) as feed:
        for day in (0, 1, 8, 9):
            await feed.day(day)
            assert [name for name, _ in lacking(feed)] == ["oai:peer:1"]


async def test_a_record_whose_name_was_unreadable_lacks_no_more_once_all_headers_came(embedded: Store) -> None:
    nameless = [b"<identifier>oai:peer:1</identifier>"]

    def spoil(body: bytes, number: int) -> bytes:
        return body.replace(nameless[0], b"", 1) if nameless and b"<ListRecords" in body else body

    async with harvested_daily(embedded, Behaviour(name="40", spoil=spoil)) as feed:
        await feed.day(0)
        assert [name for name, _ in lacking(feed)] == [None]
        nameless.clear()
        await feed.day(8)
        assert "oai:peer:1" in held_of(feed.store)
        assert lacking(feed) == []
