"""The unified record: which member's statement survives, field by field, and what departs from it.

`unify` is pure and total over the members an audience may see. Policies (design, linkage 9): `first` by rank; `union`
by URI, else by scheme and folded label, agents by name with all their roles; `most_precise` of overlapping dates;
`longest` per kind and language; `majority`; `each` member's own. Nothing that a member states is lost: what does not
survive stands as an alternative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from federation.linkage.member_records import MemberRecord, visible
from federation.linkage.statements import Speaker, Statement, many, single, sourced
from federation.linkage.united_agents import united
from mappings.schema.dates import HistoricalDate
from mappings.schema.folding import fold
from mappings.schema.identifiers import Identifier
from mappings.schema.record import Description, Digital, Language, OtherTitle, Place, Relation, Subject
from mappings.schema.text import Label
from mappings.schema.unified import Member, Sourced, UnifiedRecord

__all__ = ["MemberRecord", "unify"]

T = TypeVar("T")


def unify(members: Sequence[MemberRecord], *, cluster_id: str, audience: str, version: int) -> UnifiedRecord:
    """One thing as its members describe it, for one audience.

    members   live members in any order; those the audience may not see add nothing, not even a count
    version   `cluster_change.seq` of the state that was read
    raises    ValueError where the audience may see no member at all
    """
    seen = visible(members, audience)
    if not seen:
        raise ValueError(f"no member of {cluster_id} is visible to {audience}")
    return UnifiedRecord(
        id=cluster_id,
        audience=audience,
        version=version,
        members=tuple([_member(member) for member in sorted(seen, key=_pivot_order)]),
        **_survivors([Speaker(member) for member in sorted_by_rank(seen)]),
    )


def _survivors(speakers: Sequence[Speaker]) -> dict[str, Any]:
    """What survives of each field of which anybody states something."""
    once = {field: (single(speakers, field), survives) for field, survives in _SINGLE.items()}
    often = {field: (many(speakers, field), survives) for field, survives in _REPEATABLE.items()}
    return {field: survives(stated) for field, (stated, survives) in (once | often).items() if stated}


# --- who speaks first ---------------------------------------------------------------------------------------------


def sorted_by_rank(members: Sequence[MemberRecord]) -> list[MemberRecord]:
    """Feed priority, completeness, not ALL CAPITALS, newest datestamp, record id."""
    if len(members) == 1:
        return list(members)
    ordered = sorted(members, key=lambda m: m.record.id)
    ordered.sort(key=lambda m: m.record.source.datestamp, reverse=True)
    ordered.sort(key=lambda m: (-m.priority, -_completeness(m), m.record.title.value.isupper()))
    return ordered


def _completeness(member: MemberRecord) -> int:
    return member.record.quality.score if member.record.quality else 0


def _pivot_order(member: MemberRecord) -> tuple[bool, str, str]:
    return (member.first_seen is None, member.first_seen or "", member.record.id)


def _member(member: MemberRecord) -> Member:
    """The member as a row of holders shows it."""
    record = member.record
    return Member(
        record=record.id,
        feed=member.feed,
        institution=member.institution,
        institution_name=member.institution_name,
        native_id=record.source.native_id,
        level=record.level,
        title=record.title.value,
        dates="; ".join([d.text for d in record.dates if d.kind != "digitised"]),
        reference_code=next((h.reference_code for h in record.holding if h.reference_code), None),
        url=next((h.url for h in record.holding if h.url), None)
        or next((d.url for d in record.digital if d.role == "landing"), None),
        access=record.access,
        rights=record.rights,
        holding=record.holding,
        hierarchy=record.hierarchy,
        first_seen=member.first_seen,
        seq=member.seq,
    )


# --- policies -----------------------------------------------------------------------------------------------------


def _first(statements: list[Statement[T]]) -> Sourced[T]:
    return sourced(statements[0], statements[1:])


def _first_speaker(statements: list[Statement[T]]) -> tuple[Sourced[T], ...]:
    """All values of the first member that states any; what others say besides stands beside its first value."""
    leader = statements[0].speaker
    leading = [s for s in statements if s.speaker == leader]
    rest = [s for s in statements if s.speaker != leader]
    if not rest:
        return tuple([sourced(s) for s in leading])
    values = [s.value for s in leading]
    departing = [s for s in rest if s.value not in values]
    agreeing = [[s for s in rest if s.value == value] for value in values]
    return tuple([sourced(s, agreeing[n] + (departing if n == 0 else [])) for n, s in enumerate(leading)])


def _union(key: Callable[[T], Hashable]) -> Callable[[list[Statement[T]]], tuple[Sourced[T], ...]]:
    """Each thing once, in the words of the member that speaks first; `key` tells what counts as one thing."""

    def united(statements: list[Statement[T]]) -> tuple[Sourced[T], ...]:
        if len(statements) == 1:
            return (sourced(statements[0]),)
        groups: dict[Hashable, list[Statement[T]]] = {}
        for statement in statements:
            groups.setdefault(key(statement.value), []).append(statement)
        return tuple([sourced(group[0], group[1:]) for group in groups.values()])

    return united


def _each(statements: list[Statement[T]]) -> tuple[Sourced[T], ...]:
    return tuple([sourced(statement) for statement in statements])


def _majority(statements: list[Statement[str]]) -> Sourced[str]:
    votes = Counter(s.value for s in statements)
    winner = max(statements, key=lambda s: (votes[s.value], -s.speaker))
    return sourced(winner, [s for s in statements if s is not winner])


def _longest(statements: list[Statement[Description]]) -> tuple[Sourced[Description], ...]:
    """Per kind and language the texts of the member that says most; a member's own notes stay together."""
    groups: dict[tuple[str, str | None], list[Statement[Description]]] = {}
    for statement in statements:
        groups.setdefault((statement.value.kind, statement.value.lang), []).append(statement)
    return tuple([value for group in groups.values() for value in _first_speaker(_longest_first(group))])


def _longest_first(group: list[Statement[Description]]) -> list[Statement[Description]]:
    length: Counter[int] = Counter()
    for statement in group:
        length[statement.speaker] += len(statement.value.value)
    return sorted(group, key=lambda s: (-length[s.speaker], s.speaker)) if len(length) > 1 else group


def _most_precise(statements: list[Statement[HistoricalDate]]) -> tuple[Sourced[HistoricalDate], ...]:
    """Of one kind's overlapping dates of different members the one that says most; others stand beside it."""
    if len(statements) < 2 or statements[0].speaker == statements[-1].speaker:
        return _each(statements)
    groups: list[list[Statement[HistoricalDate]]] = []
    for statement in sorted(statements, key=lambda s: (_days(s.value), s.speaker)):
        home = next((group for group in groups if _same_date(group[0], statement)), None)
        if home is None:
            groups.append([statement])
        else:
            home.append(statement)
    return tuple([sourced(group[0], group[1:]) for group in groups])


def _same_date(a: Statement[HistoricalDate], b: Statement[HistoricalDate]) -> bool:
    if a.value.kind != b.value.kind or a.speaker == b.speaker:
        return False
    if a.value.start is None or b.value.start is None:
        return a.value.text == b.value.text
    return _bounds(a.value)[0] <= _bounds(b.value)[1] and _bounds(b.value)[0] <= _bounds(a.value)[1]


def _days(value: HistoricalDate) -> int:
    """Length of the span, so that less is more precise; open and unread ones come last."""
    start, end = _bounds(value)
    return end - start


def _bounds(value: HistoricalDate) -> tuple[int, int]:
    first = _day(value.start) if value.start else -(10**9)
    return first, _day(value.end) if value.end else 10**9


def _day(text: str) -> int:
    """A number that orders days; every month counts 31, so that no calendar's odd day can fail."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    year, month, day = [*digits.split("-"), "1", "1"][:3]
    return sign * int(year) * 372 + int(month) * 31 + int(day)


# --- what counts as one thing --------------------------------------------------------------------------------------


def _title_key(title: OtherTitle) -> Hashable:
    return (title.kind, fold(title.value))


def _label_key(label: Label) -> Hashable:
    return label.uri or (label.scheme, fold(label.label.value))


def _subject_key(subject: Subject) -> Hashable:
    return subject.uri or (subject.kind, subject.scheme, fold(subject.label.value))


def _place_key(place: Place) -> Hashable:
    return (place.role, place.uri or (place.scheme, fold(place.label.value)))


def _language_key(language: Language) -> Hashable:
    return (language.lang, language.script)


def _identifier_key(identifier: Identifier) -> Hashable:
    return (identifier.scheme, identifier.normalised or identifier.value)


def _digital_key(digital: Digital) -> Hashable:
    return (digital.url, digital.role)


def _relation_key(relation: Relation) -> Hashable:
    return (relation.type, relation.target)


# --- which policy a field has -------------------------------------------------------------------------------------

#: field that a record has at most once -> its policy, asked where anybody states something
_SINGLE: Mapping[str, Callable[[list[Statement[Any]]], Any]] = {
    "level": _first,
    "title": _first,
    "type": _majority,
    "edition": _first,
    "rights": _each,
    "access": _each,
}

#: repeatable field -> its policy
_REPEATABLE: Mapping[str, Callable[[list[Statement[Any]]], Any]] = {
    "titles": _union(_title_key),
    "genre": _union(_label_key),
    "extent": _first_speaker,
    "medium": _first_speaker,
    "agents": united,
    "dates": _most_precise,
    "subjects": _union(_subject_key),
    "places": _union(_place_key),
    "languages": _union(_language_key),
    "descriptions": _longest,
    "identifiers": _union(_identifier_key),
    "part": _first_speaker,
    "digital": _union(_digital_key),
    "relations": _union(_relation_key),
    "holding": _each,
}
