"""A unified record as index documents: one for the cluster, and one for each member where there are several.

`document_of` is pure; the engine's own form of a document is its backend's affair. What withheld values an audience
must not meet is decided before: the unified record holds only what its audience may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from index.analysis.codes import code_key, code_paths
from index.analysis.pinyin import pinyin_tokens
from index.analysis.sorting import code_sort_key, name_sort_key, title_sort_key
from index.analysis.words import column_tokens, title_key
from index.display import Display, Line, Shown, pack
from index.document_facets import Labelled, facets_of, fonds_of
from index.document_keys import bucket_of, check_of, digest_of, doc_id_of
from index.document_times import added, date_numbers
from index.fields import ANCHOR, PINYIN, SEARCHED, SPOKEN
from index.results import HitInstitution
from index.works import works_of
from mappings.schema.access import LINE_ORDER, STATUS_ORDER
from mappings.schema.agents import is_maker
from mappings.schema.record import OtherTitle, Title
from mappings.schema.shown_date import shown_date
from mappings.schema.text import Text
from mappings.schema.unified import Member, Sourced, UnifiedRecord

T = TypeVar("T")
#: levels that lead a list of equals, and by how much
_LEAD = {"fonds": 1.10, "collection": 1.10, "series": 1.05}
_FIRST_CREATORS = 3
_DISPLAY_LENGTH = 20_000
#: records that a display names of a thing, and of those above it
_MOST_NAMED = 200


class IndexDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One document, engine-neutral: columns of tokens, look-ups, facets, numbers and what is shown."""

    doc_id: str
    cluster_id: str
    audience: str
    #: column -> its strings `exact` and `stem`
    columns: dict[str, tuple[str, str]]
    #: look-up field -> values
    lookups: dict[str, tuple[str, ...]]
    #: facet -> values with their labels
    facets: dict[str, tuple[Labelled, ...]]
    #: integer field -> values
    numbers: dict[str, tuple[int, ...]]
    #: multiplies the score by log2(2 + static)
    static: float
    display: bytes


def document_of(unified: UnifiedRecord, *, hidden_from: Sequence[str] = ()) -> tuple[IndexDocument, ...]:
    """The merged document, and a document for each member where there are several.

    hidden_from   audiences that have a unified record of their own of this cluster and must not meet this one
    """
    if len(unified.members) == 1:
        return (_document(unified, unified.members, ("merged", "members"), hidden_from),)
    merged = _document(unified, unified.members, ("merged",), hidden_from)
    return merged, *(_document(unified, (member,), ("members",), hidden_from) for member in unified.members)


def display_of(unified: UnifiedRecord) -> Display:
    """What is shown of the merged document, without its searchable texts."""
    return _display(unified, unified.members, None, {})


def _document(
    unified: UnifiedRecord, members: Sequence[Member], shown_as: tuple[str, ...], hidden_from: Sequence[str]
) -> IndexDocument:
    scope = None if "merged" in shown_as else members[0].record
    doc_id = doc_id_of(unified.id, unified.audience, scope)
    texts = texts_of(unified, members, scope)
    digest = digest_of(doc_id)
    spoken, initials = pinyin_tokens(each.value for column in SPOKEN for each in texts[column])
    title = members[0].title if scope else unified.title.value.value
    level = members[0].level if scope else unified.level.value
    return IndexDocument(
        doc_id=doc_id,
        cluster_id=unified.id,
        audience=unified.audience,
        columns={column: column_tokens(texts.get(column, ())) for column in SEARCHED} | {PINYIN: (spoken, ANCHOR)},
        lookups=_lookups(unified, members, scope, title)
        | {
            "initials": initials,
            "shown_as": shown_as,
            "hidden_from": tuple(hidden_from),
            "doc_id": (doc_id,),
            "bucket": (bucket_of(digest),),
            "title_sort": (f"{title_sort_key(title)}\0{doc_id}",),
            "creator_sort": (f"{name_sort_key(next(iter(_makers(unified, scope)), None))}\0{doc_id}",),
            "code_sort": (f"{code_sort_key(next(iter(_codes(members)), None))}\0{doc_id}",),
        },
        facets=facets_of(unified, members, scope),
        numbers=date_numbers(_all(unified.dates, scope), digest)
        | {
            "added_sort": (added(members),),
            "changed_sort": (max(member.seq for member in members),),
            "order_key": (int.from_bytes(digest[:6], "big"),),
            "version": (unified.version,),
            "check": (check_of(doc_id, unified.version),),
        },
        static=_static(level, digest),
        display=pack(_display(unified, members, scope, texts)),
    )


def values_of(sourced: Sourced[T], scope: str | None) -> list[T]:
    """The values of a sourced field, departing readings among them; with a record as `scope` only those it states."""
    if scope is None and not sourced.others:
        return [sourced.value]
    stated = [(sourced.value, sourced.origins), *((other.value, other.origins) for other in sourced.others)]
    if scope is None:
        return [value for value, _ in stated]
    return [value for value, origins in stated if any(origin.record == scope for origin in origins)]


def _all(fields: Iterable[Sourced[T]], scope: str | None) -> list[T]:
    return [value for each in fields for value in values_of(each, scope)]


def _both_orders(name: Text) -> list[Text]:
    last, comma, first = name.value.partition(",")
    turned = f"{first.strip()} {last.strip()}"
    return [name, msgspec.structs.replace(name, value=turned)] if comma and first.strip() else [name]


def texts_of(unified: UnifiedRecord, members: Sequence[Member], scope: str | None = None) -> dict[str, list[Text]]:
    """The searchable texts of each column as written; with a record as `scope` only those that it states."""
    titles: list[Title | OtherTitle] = [*values_of(unified.title, scope), *_all(unified.titles, scope)]
    agents = _all(unified.agents, scope)
    named = [Text(value=each.value, lang=each.lang) for each in titles]
    named += [Text(value=member.title) for member in members]
    named += [Text(value=variant.value, lang=variant.lang) for each in titles for variant in each.variants]
    creators = [name for agent in agents for name in _both_orders(agent.name)]
    creators += [Text(value=variant.value, lang=variant.lang) for agent in agents for variant in agent.variants]
    described = [Text(value=each.value, lang=each.lang) for each in _all(unified.descriptions, scope)]
    described += [Text(value=each.text) for each in _all(unified.extent, scope)]
    described += [each.label for each in _all(unified.medium, scope)]
    subjects = [each.label for each in _all(unified.subjects, scope)]
    subjects += [each.label for each in _all(unified.genre, scope)]
    codes = [Text(value=code) for code in (*_codes(members), *_identifiers(unified, members, scope))]
    return {
        "title": _distinct(named),
        "creator": _distinct(creators),
        "subject": _distinct(subjects),
        "place": _distinct([each.label for each in _all(unified.places, scope)]),
        "code_text": _distinct(codes),
        "description": _distinct(described),
        "context": _distinct([Text(value=title) for title in _ancestor_titles(members)]),
    }


def _distinct(texts: Iterable[Text]) -> list[Text]:
    return list({each.value: each for each in reversed(list(texts)) if each.value.strip()}.values())[::-1]


def _ancestor_titles(members: Sequence[Member]) -> list[str]:
    return [step.title for member in members if member.hierarchy for step in member.hierarchy.path if step.title]


def _codes(members: Sequence[Member]) -> list[str]:
    stated = [member.reference_code for member in members]
    stated += [holding.reference_code for member in members for holding in member.holding]
    return list(dict.fromkeys(code for code in stated if code))


def _identifiers(unified: UnifiedRecord, members: Sequence[Member], scope: str | None) -> list[str]:
    found = [member.native_id for member in members if member.native_id]
    for identifier in _all(unified.identifiers, scope):
        found += [identifier.value, identifier.normalised or identifier.value]
    return list(dict.fromkeys(found))


def _lookups(
    unified: UnifiedRecord, members: Sequence[Member], scope: str | None, title: str
) -> dict[str, tuple[str, ...]]:
    codes = _codes(members)
    identifiers = [unified.id, *(member.record for member in members), *_identifiers(unified, members, scope)]
    paths = [path for code in codes for path in code_paths(code)]
    return {
        "cluster_id": (unified.id,),
        "record_id": tuple(member.record for member in members),
        "feed": tuple(dict.fromkeys(member.feed for member in members)),
        "title_key": tuple(dict.fromkeys(title_key(each)[:500] for each in (title, *(m.title for m in members)))),
        "identifier": tuple(dict.fromkeys(map(code_key, identifiers))),
        "code": tuple(dict.fromkeys(map(code_key, codes))),
        "code_path": tuple(dict.fromkeys(paths)),
        "ancestors": _above(members),
        "audience": (unified.audience,),
    }


def _above(members: Sequence[Member]) -> tuple[str, ...]:
    """Records of the units above."""
    return tuple(dict.fromkeys(step.id for member in members if member.hierarchy for step in member.hierarchy.path))


def _static(level: str, digest: bytes) -> float:
    weight = _LEAD.get(level, 1.0) + 0.0005 * int.from_bytes(digest[:4], "big") / 2**32
    return float(2.0**weight) - 2.0


def _display(
    unified: UnifiedRecord, members: Sequence[Member], scope: str | None, texts: dict[str, list[Text]]
) -> Display:
    title = unified.title.value
    languages = [each.lang for each in _all(unified.languages, scope)]
    kinds = values_of(unified.type, scope) if unified.type else []
    path = members[0].hierarchy.path if members[0].hierarchy else ()
    works = works_of(unified, members)
    return Display(
        id=unified.id,
        record=members[0].record if len(members) == 1 else None,
        level=members[0].level if scope else unified.level.value,
        title=members[0].title if scope else title.value,
        title_lang=title.lang if scope is None or members[0].title == title.value else None,
        dates=_dates(unified, members, scope),
        creators=tuple(_makers(unified, scope)[:_FIRST_CREATORS]),
        institutions=tuple(_institutions(members)),
        members=len(members),
        ancestors=tuple(step.title or "" for step in path),
        type=kinds[0] if kinds else None,
        languages=tuple(dict.fromkeys(languages)),
        status=min((member.access.status for member in members), key=STATUS_ORDER.index),
        line=min((member.access.line for member in members), key=LINE_ORDER.index),
        online=bool(_all(unified.digital, scope)),
        records=tuple(member.record for member in members[:_MOST_NAMED]),
        above=_above(members)[:_MOST_NAMED],
        fonds=fonds_of(members[0])[0],
        work=works[0].key if works else "",
        lines=() if scope or len(members) == 1 else tuple(map(_line, members[:_MOST_NAMED])),
        texts=tuple(_shown(texts)),
    )


def _line(member: Member) -> Line:
    return Line(member.institution, member.title, member.dates, member.level)


def _makers(unified: UnifiedRecord, scope: str | None) -> list[str]:
    """Names of those who made the thing, each once: one person may have several parts in it."""
    return list(dict.fromkeys(each.name.value for each in _all(unified.agents, scope) if is_maker(each)))


def _dates(unified: UnifiedRecord, members: Sequence[Member], scope: str | None) -> str:
    """The date of the line, by which it is put in order too."""
    shown = shown_date(_all(unified.dates, scope))
    return shown.text if shown else next((each.dates for each in members if each.dates), "")


def _institutions(members: Sequence[Member]) -> Iterable[HitInstitution]:
    for member in members:
        yield HitInstitution(
            slug=member.institution,
            name=member.institution_name,
            reference_code=member.reference_code,
            url=member.url,
        )


def _shown(texts: dict[str, list[Text]]) -> Iterable[Shown]:
    for column, values in texts.items():
        room = _DISPLAY_LENGTH
        for value in values:
            if room <= 0:
                break
            yield Shown(column, value.value[:room])
            room -= len(value.value)
