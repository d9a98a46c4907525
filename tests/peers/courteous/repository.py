"""Lists with tokens and deletions; what it was asked is kept, and a test may make it answer otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.peers.loopback import listening

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-01-31T00:00:00Z</responseDate><request>http://127.0.0.1/</request>"
)
DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></oai_dc:dc>'
)
IDENTIFY = (
    "<Identify><repositoryName>Peer</repositoryName><baseURL>http://127.0.0.1/</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>peer@example.org</adminEmail>"
    "<earliestDatestamp>2020-01-01</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DD</granularity></Identify>"
)


@dataclass(frozen=True)
class Item:
    """One record of the repository."""

    identifier: str
    datestamp: str
    title: str
    deleted: bool = False
    #: setSpec of the set that it is in, if any
    set_spec: str = ""

    def header(self) -> str:
        """Its header as it stands on a page."""
        status = ' status="deleted"' if self.deleted else ""
        said = f"<identifier>{self.identifier}</identifier><datestamp>{self.datestamp}</datestamp>"
        named = f"<setSpec>{self.set_spec}</setSpec>" if self.set_spec else ""
        return f"<header{status}>{said}{named}</header>"

    def xml(self) -> str:
        """The record as it stands on a page."""
        metadata = "" if self.deleted else f"<metadata>{DC.format(title=self.title)}</metadata>"
        return f"<record>{self.header()}{metadata}</record>"


def items(count: int = 120, *, deleted_every: int = 20) -> list[Item]:
    """Records whose datestamps ascend a day at a time, one in `deleted_every` a tombstone."""
    return [
        Item(f"oai:peer:{n}", f"2020-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}", f"Title {n}", n % deleted_every == 0)
        for n in range(1, count + 1)
    ]


Answer = Callable[[web.Request], web.Response | None]


@dataclass
class Repository:
    """Serves `records` in pages; `before` may answer a request in its place."""

    records: Sequence[Item]
    page_size: int = 20
    states_size: bool = True
    before: Answer = lambda request: None
    asked: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """One request of the protocol."""
        self.asked.append(dict(request.query))
        return self.before(request) or self.reply(request.query)

    def reply(self, query: Mapping[str, str]) -> web.Response:
        """What is said to these arguments."""
        if query.get("verb") == "Identify":
            return page(IDENTIFY)
        if query.get("verb") == "GetRecord":
            return self._one(query["identifier"])
        if query.get("verb") == "ListSets":
            return self._sets()
        since, until, start = span_of(query)
        wanted = [item for item in self.records if since <= item.datestamp and (not until or item.datestamp <= until)]
        if not wanted:
            return page('<error code="noRecordsMatch"/>')
        rest = start + self.page_size < len(wanted)
        token = f"{since}{'/' if until else ''}{until}|{start + self.page_size}" if rest else ""
        part = wanted[start : start + self.page_size]
        return self.listed(part, token, len(wanted), verb=query.get("verb", "ListRecords"))

    def listed(self, part: Sequence[Item], token: str, size: int, *, verb: str = "ListRecords") -> web.Response:
        """A page of a list."""
        stated = f' completeListSize="{size}"' if self.states_size else ""
        body = "".join(item.header() if verb == "ListIdentifiers" else item.xml() for item in part)
        return page(f"<{verb}>{body}<resumptionToken{stated}>{token}</resumptionToken></{verb}>")

    def _sets(self) -> web.Response:
        names = sorted({item.set_spec for item in self.records} - {""})
        if not names:
            return page('<error code="noSetHierarchy"/>')
        told = "".join(f"<set><setSpec>{name}</setSpec><setName>{name}</setName></set>" for name in names)
        return page(f"<ListSets>{told}</ListSets>")

    def _one(self, identifier: str) -> web.Response:
        found = next((item for item in self.records if item.identifier == identifier), None)
        if found is None:
            return page('<error code="idDoesNotExist"/>')
        return page(f"<GetRecord>{found.xml()}</GetRecord>")


def span_of(query: Mapping[str, str]) -> tuple[str, str, int]:
    """`from`, `until` and the number of the first record that a request is about."""
    if "resumptionToken" not in query:
        return query.get("from", ""), query.get("until", ""), 0
    span, _, start = query["resumptionToken"].rpartition("|")
    since, _, until = span.partition("/")
    return since, until, int(start)


def page(content: str, status: int = 200) -> web.Response:
    """An OAI-PMH document around `content`."""
    return web.Response(text=f"{HEAD}{content}</OAI-PMH>", content_type="text/xml", status=status)


@asynccontextmanager
async def serving(repository: Repository) -> AsyncIterator[str]:
    """The repository's base URL while the block runs."""
    app = web.Application()
    app.router.add_get("/oai", repository.answer)
    async with listening(app) as root:
        yield f"{root}/oai"
