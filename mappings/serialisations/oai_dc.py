"""Unqualified Dublin Core as OAI-PMH asks for it (OAI-PMH 2.0, 2.5), written as text.

Every repository harvested by an aggregator is asked for this format, most often for tens of thousands of records, so no
tree is built: values are escaped and joined. `access` is heeded first, by `cover`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mappings.schema.access import Access
from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.holding import Holding
from mappings.schema.languages import bcp47
from mappings.schema.rights import Rights
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.agents import dublin_core_element
from mappings.serialisations.cover import Cover, cover_of, one
from mappings.serialisations.markup import language_tag, words
from mappings.serialisations.one_line import access_words, holding_words

PREFIX = "oai_dc"
NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
VERSION = 1

#: what this format cannot say
LOSSES: tuple[str, ...] = (
    "hierarchy",
    "agents.roles",
    "agents.dates",
    "agents.ids",
    "titles.kind",
    "variants",
    "dates.kind",
    "dates.start",
    "dates.end",
    "subjects.uri",
    "places.role",
    "places.point",
    "descriptions.kind",
    "identifiers.scheme",
    "holding.parts",
    "holding.containers",
    "access.conditions",
    "relations.type",
    "part",
    "edition",
)

_OPEN = (
    f'<oai_dc:dc xmlns:oai_dc="{NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{NAMESPACE} {SCHEMA}">'
)
_CLOSE = "</oai_dc:dc>"

#: (element, value, ISO 639-3 of the value)
Statement = tuple[str, str, str | None]


def _element(statement: Statement) -> str:
    name, value, lang = statement
    tag = language_tag(lang)
    tagged = f' xml:lang="{tag}"' if tag else ""
    return f"<dc:{name}{tagged}>{words(value)}</dc:{name}>"


def _agent(agent: Agent) -> Statement:
    return dublin_core_element(agent), agent.name.value, agent.name.lang


def _date(date: HistoricalDate) -> Statement:
    return "date", date.edtf or date.text, None


def _holding(holding: Holding) -> Statement:
    return "source", holding_words(holding), None


def _rights(rights: Rights) -> list[Statement]:
    return [("rights", rights.uri, None), *(("rights", text.value, text.lang) for text in rights.text)]


def _reason(access: Access) -> Statement:
    return "rights", f"access: {access_words(access)}", "eng"


def _description(unified: UnifiedRecord, cover: Cover) -> list[Statement]:
    """What only a full line shows."""
    said: list[Statement] = [("title", title.value, title.lang) for title in cover.described((unified.title,))]
    said += [("title", title.value, title.lang) for title in cover.described(unified.titles)]
    said += [_agent(agent) for agent in cover.described(unified.agents)]
    said += [("subject", subject.label.value, subject.label.lang) for subject in cover.described(unified.subjects)]
    said += [("description", each.value, each.lang) for each in cover.described(unified.descriptions)]
    said += [("type", kind, None) for kind in cover.described(one(unified.type))]
    said += [("type", genre.label.value, genre.label.lang) for genre in cover.described(unified.genre)]
    said += [("format", extent.text, None) for extent in cover.described(unified.extent)]
    said += [("format", medium.label.value, medium.label.lang) for medium in cover.described(unified.medium)]
    said += [("language", bcp47(each.lang, each.script), None) for each in cover.described(unified.languages)]
    said += [("coverage", place.label.value, place.label.lang) for place in cover.described(unified.places)]
    said += [("relation", relation.label or relation.target, None) for relation in cover.described(unified.relations)]
    said += [("identifier", each.value, None) for each in cover.described(unified.identifiers)]
    said += [("identifier", link.url, None) for link in cover.linked(unified.digital)]
    said += [statement for rights in cover.described(unified.rights) for statement in _rights(rights)]
    return said


def _location(unified: UnifiedRecord, cover: Cover) -> list[Statement]:
    """What a reduced line shows too: level, dates, holder, code and reason."""
    said: list[Statement] = [("type", level, None) for level in cover.located((unified.level,))]
    said += [_date(date) for date in cover.located(unified.dates)]
    said += [_holding(holding) for holding in cover.located(unified.holding)]
    said += [_reason(access) for access in cover.located(unified.access)]
    return said


def _once(statements: Iterable[Statement]) -> list[Statement]:
    return [statement for statement in dict.fromkeys(statements) if statement[1].strip()]


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The `<oai_dc:dc …>` element of a record, with its namespaces and schema location.

    identifiers   addresses of the record here, written before its own identifiers
    raises        EntryHidden where the audience may see no line of it
    """
    cover = cover_of(unified)
    here: list[Statement] = [("identifier", identifier, None) for identifier in identifiers]
    said = _once((*here, *_description(unified, cover), *_location(unified, cover)))
    return f"{_OPEN}{''.join([_element(statement) for statement in said])}{_CLOSE}"
