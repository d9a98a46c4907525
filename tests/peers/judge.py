"""An independent judge of OAI-PMH repositories: it asks over HTTP and knows nothing of the house's code.

It restates what public validators of the protocol ask: thirteen requests that must be refused with a named error, two
more about dates, and that lists are whole. Each finding is a sentence; no finding means that nothing was wrong.
"""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from lxml import etree

OAI = "{http://www.openarchives.org/OAI/2.0/}"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An erroneous request and the error codes that answer it."""

    query: str
    codes: tuple[str, ...]


#: namespaces below that of OAI-PMH, and their files
_SCHEMAS = (
    ("", "OAI-PMH.xsd"),
    ("oai_dc/", "oai_dc.xsd"),
    ("oai-identifier", "oai-identifier.xsd"),
    ("provenance", "provenance.xsd"),
)
_LIST = "verb=ListRecords&metadataPrefix=oai_dc"
_GET = "verb=GetRecord&metadataPrefix=oai_dc"
_EITHER = ("badArgument", "badResumptionToken")
#: `{id}` is an identifier that exists, `{early}` a day a year before the earliest datestamp
ERRORS: tuple[Asked, ...] = (
    Asked(query="junk", codes=("badVerb",)),
    Asked(query="verb=junk", codes=("badVerb",)),
    Asked(query=_GET, codes=("badArgument",)),
    Asked(query="verb=GetRecord&identifier={id}", codes=("badArgument",)),
    Asked(query=f"{_GET}&identifier=invalid%22id", codes=("badArgument", "idDoesNotExist")),
    Asked(query="verb=ListIdentifiers&until=junk", codes=("badArgument",)),
    Asked(query="verb=ListIdentifiers&from=junk", codes=("badArgument",)),
    Asked(query="verb=ListIdentifiers&resumptionToken=junk&until=2000-02-05", codes=_EITHER),
    Asked(query=f"{_LIST}&from=junk", codes=("badArgument",)),
    Asked(query="verb=ListRecords&resumptionToken=junk", codes=("badResumptionToken",)),
    Asked(query=f"{_LIST}&resumptionToken=junk&until=1990-01-10", codes=_EITHER),
    Asked(query=f"{_LIST}&until=junk", codes=("badArgument",)),
    Asked(query="verb=ListRecords", codes=("badArgument",)),
    Asked(query=f"{_LIST}&from=2002-02-05&until=2002-02-06T05:35:00Z", codes=("badArgument",)),
    Asked(query=f"{_LIST}&until={{early}}", codes=("noRecordsMatch",)),
    # what the protocol asks beyond those
    Asked(query="", codes=("badVerb",)),
    Asked(query="verb=Identify&verb=Identify", codes=("badVerb",)),
    Asked(query="verb=Identify&junk=1", codes=("badArgument",)),
    Asked(query="verb=GetRecord&identifier={id}&metadataPrefix=no_such", codes=("cannotDisseminateFormat",)),
    Asked(query=f"{_GET}&identifier=oai:no.example:such", codes=("idDoesNotExist",)),
)


class Judge:
    """Asks one repository; `schema` validates every answer where it is given."""

    def __init__(self, base_url: str, schema: etree.XMLSchema | None = None) -> None:
        self._base_url = base_url
        self._schema = schema

    def findings(self) -> list[str]:
        """Everything that is wrong."""
        checks: tuple[Callable[[], Iterator[str]], ...] = (self._identify, self._errors, self._lists, self._items)
        return [finding for check in checks for finding in check()]

    def ask(self, query: str, *, post: bool = False) -> tuple[etree._Element, list[str]]:
        """The answer's root, and what is wrong with it whatever was asked."""
        url = self._base_url if post or not query else f"{self._base_url}?{query}"
        request = urllib.request.Request(url, data=query.encode() if post else None)
        with urllib.request.urlopen(request) as answer:
            kind, body = answer.headers["Content-Type"], answer.read()
        root = etree.fromstring(body)
        wrong = [] if kind.startswith("text/xml") else [f"{query}: media type {kind}"]
        if self._schema is not None and not self._schema.validate(root):
            wrong.append(f"{query}: invalid: {self._schema.error_log.last_error}")
        if root.findtext(f"{OAI}request") != self._base_url:
            wrong.append(f"{query}: the request element does not name {self._base_url}")
        return root, wrong

    def _identify(self) -> Iterator[str]:
        root, wrong = self.ask("verb=Identify")
        yield from wrong
        stated = {child.tag: child.text for child in root.find(f"{OAI}Identify")}
        if stated.get(f"{OAI}baseURL") != self._base_url:
            yield f"Identify: baseURL is {stated.get(f'{OAI}baseURL')}"
        if stated.get(f"{OAI}protocolVersion") != "2.0":
            yield "Identify: protocolVersion is not 2.0"
        if "@localhost" in (stated.get(f"{OAI}adminEmail") or "@localhost"):
            yield "Identify: adminEmail is missing or local"

    def _errors(self) -> Iterator[str]:
        header = self.ask("verb=ListIdentifiers&metadataPrefix=oai_dc")[0].find(f".//{OAI}identifier")
        identifier = urllib.parse.quote(header.text, safe="")
        earliest = self.ask("verb=Identify")[0].findtext(f".//{OAI}earliestDatestamp")
        early = f"{int(earliest[:4]) - 1:04}-01-01"
        for asked in ERRORS:
            for post in (False, True):
                root, wrong = self.ask(asked.query.replace("{id}", identifier).replace("{early}", early), post=post)
                yield from wrong
                codes = {error.get("code") for error in root.iter(f"{OAI}error")}
                if not codes & set(asked.codes):
                    yield f"{asked.query or 'no arguments'}: {sorted(codes)} in place of {' or '.join(asked.codes)}"
                attributes = root.find(f"{OAI}request").attrib
                if codes & {"badVerb", "badArgument"} and attributes:
                    yield f"{asked.query}: the request element carries attributes"

    def _lists(self) -> Iterator[str]:
        """Both lists give each item once, hold what they say they hold, and end."""
        self._wrong: list[str] = []
        pages = {verb: list(self._pages(verb)) for verb in ("ListIdentifiers", "ListRecords")}
        seen = {verb: [item for page in found for item in page] for verb, found in pages.items()}
        for verb, items in seen.items():
            if len(set(items)) != len(items):
                yield f"{verb}: an item comes twice"
            if any(not page for page in pages[verb]):
                yield f"{verb}: an empty page"
        if seen["ListIdentifiers"] != seen["ListRecords"]:
            yield "the two lists differ"
        yield from self._wrong

    def _pages(self, verb: str) -> Iterator[list[str]]:
        query, given = f"verb={verb}&metadataPrefix=oai_dc", 0
        while query:
            root, wrong = self.ask(query)
            self._wrong += wrong
            items = [header.findtext(f"{OAI}identifier") or "" for header in root.iter(f"{OAI}header")]
            self._wrong += [wrong for record in root.iter(f"{OAI}record") for wrong in _tombstone_faults(record)]
            yield items
            token = root.find(f".//{OAI}resumptionToken")
            if token is not None and int(token.get("cursor", given)) != given:
                self._wrong.append(f"{verb}: cursor {token.get('cursor')} after {given} items")
            given += len(items)
            if token is not None and not token.text and int(token.get("completeListSize", given)) != given:
                self._wrong.append(f"{verb}: completeListSize {token.get('completeListSize')}, given {given}")
            more = token is not None and token.text
            query = f"verb={verb}&resumptionToken={urllib.parse.quote(token.text)}" if more else ""

    def _items(self) -> Iterator[str]:
        """A listed record is the record that GetRecord gives."""
        listed = self.ask("verb=ListRecords&metadataPrefix=oai_dc")[0]
        for record in list(listed.iter(f"{OAI}record"))[:10]:
            identifier = record.findtext(f"{OAI}header/{OAI}identifier") or ""
            query = f"verb=GetRecord&metadataPrefix=oai_dc&identifier={urllib.parse.quote(identifier, safe='')}"
            root, wrong = self.ask(query)
            yield from wrong
            got = root.find(f".//{OAI}record")
            if got is None or _canonical(got) != _canonical(record):
                yield f"GetRecord gives another {identifier} than ListRecords"


def _tombstone_faults(record: etree._Element) -> Iterator[str]:
    header = record.find(f"{OAI}header")
    deleted = header.get("status") == "deleted"
    if deleted == (record.find(f"{OAI}metadata") is not None):
        yield f"{header.findtext(f'{OAI}identifier')}: a tombstone with metadata, or a record without"


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n")


def oai_schema(schemas: Path, copies: Path) -> etree.XMLSchema:
    """OAI-PMH, oai_dc, oai-identifier and provenance in one schema, from the local files in `schemas`.

    copies   an empty folder: the files are copied there with their imports turned to one another, so that no network
             is asked
    """
    files = [*(schemas / "oai").glob("*.xsd"), schemas / "shared" / "xml.xsd"]
    for file in files:
        local = re.sub(r'schemaLocation="https?://[^"]*/([^"/]+)"', r'schemaLocation="\1"', file.read_text("utf-8"))
        (copies / file.name).write_text(local, "utf-8")
    imports = "".join(
        f'<xs:import namespace="http://www.openarchives.org/OAI/2.0/{name}" schemaLocation="{file}"/>'
        for name, file in _SCHEMAS
    )
    whole = copies / "whole.xsd"
    whole.write_text(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>', "utf-8")
    return etree.XMLSchema(etree.parse(whole))
