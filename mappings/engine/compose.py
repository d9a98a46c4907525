"""From a draft to a catalogue record: access composed, defaults, mandatory fields, cuts, quality, and the hash."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from mappings.engine.access_composed import access_of, access_rules, covered
from mappings.engine.compiled import ENGINE_VERSION, Compiled
from mappings.engine.cuts import TEXT_BYTES, cut
from mappings.engine.draft import Draft
from mappings.engine.finishing import below, leaves_of, stated_members
from mappings.engine.held import Held
from mappings.engine.holdings import told, with_code
from mappings.engine.outcome import Context, MappedUnit
from mappings.engine.reigns_chosen import chosen_reigns
from mappings.engine.standing import INHERIT, Above, Standing, counted_closure
from mappings.engine.unit import Unit, UnitRejected
from mappings.quality import score
from mappings.schema.holding import Holding
from mappings.schema.ids import record_id
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import RawRecord
from mappings.schema.record import CatalogueRecord, Rules, Source, Title
from mappings.schema.rights import Rights

_NO_SOURCE = Source(
    feed="", native_id="", datestamp="", raw_sha256="", format="", crosswalk="", engine_version=ENGINE_VERSION
)
#: the part of a crosswalk that names the record above
PARENT = "parent"
_LEVEL_BY_DEFAULT = (("default:level", ""),)
_RIGHTS_BY_DEFAULT = (("default:rights", ""),)
_BY_INHERITANCE = ((INHERIT, ""),)
_encoder = msgspec.json.Encoder()


def compose(unit: Unit, raw: RawRecord, context: Context) -> MappedUnit:
    """The finished unit.

    raises  UnitRejected: `title_missing`, or what a rule requires
    """
    draft, compiled = unit.draft, unit.compiled
    rules: Rules = {}
    fields: dict[str, Any] = {}
    standing = unit.standing
    access, spoken = access_of(draft, compiled, standing.above if standing else None)
    if standing is not None and (lack := standing.missing) is not None:
        unit.issues.append(issue(lack.why, field="hierarchy", rule=PARENT, excerpt=standing.parent))
        access, spoken = covered(standing, access, spoken)
    fields["access"] = access
    _defaults(compiled, draft)
    _required(unit)
    _other_titles(draft)
    _reigns(draft)
    _lists(draft, fields, rules)
    _singles(draft, fields, rules)
    fields["holding"] = _holdings(draft, context, rules, standing)
    fields["rights"] = _rights(draft, context, rules, standing)
    access_rules(access, spoken, rules)
    _level(unit, fields, rules)
    fields["title"] = _title(draft, fields, rules)
    fields["id"] = standing.id if standing else record_id(raw.feed, raw.named)
    if standing is not None:
        fields["hierarchy"] = standing.hierarchy()
    _count_closure(unit, fields, rules, standing.above if standing else None)
    fields["source"] = _source(compiled, raw, standing.unit_path if standing else "")
    unit.issues.extend(
        issue("reference_parts_disagree", field=f"holding[0].parts.{part}", rule=rule)
        for part, rule in draft.disagreeing
    )
    if draft.cut:
        unit.issues.extend(issue("value_cut", field=field) for field in sorted(draft.cut))
    return _finished(fields, rules, unit.issues, long=len(raw.payload) > TEXT_BYTES and standing is None)


# --- the parts --------------------------------------------------------------------------------------------------------


def _defaults(compiled: Compiled, draft: Draft) -> None:
    for default in compiled.defaults:
        target = default.target
        if not (draft.has(target.field, target.index, target.leaf) if target.leaf else draft.has(target.field)):
            draft.put(target, default.value, default.origin)


def _required(unit: Unit) -> None:
    """`require` is judged after defaults."""
    for field, require, rule in unit.compiled.required:
        if unit.draft.has(field) or (field == "access" and unit.draft.access):
            continue
        found = issue(f"{field}_missing", field=field, rule=rule)
        if require == "reject":
            raise UnitRejected(found)
        unit.issues.append(found)


def _other_titles(draft: Draft) -> None:
    """A title that repeats the title proper is none beside it."""
    title, beside = draft.single.get("title"), draft.lists.get("titles")
    if title is None or not beside:
        return
    others = {other: entry for other, entry in beside.items() if other.value != title.value.value}
    if others:
        draft.lists["titles"] = others
    else:
        del draft.lists["titles"]


def _reigns(draft: Draft) -> None:
    """A date of a reign of several dynasties becomes the one that the agents choose, with the leaves of that."""
    entries = draft.lists.get("dates", {})
    chosen = chosen_reigns(entries, tuple(draft.lists.get("agents", ())))
    if chosen:
        draft.lists["dates"] = {
            chosen.get(date, date): (leaves_of(chosen.get(date, date)), origins)
            for date, (_, origins) in entries.items()
        }


def _lists(draft: Draft, fields: dict[str, Any], rules: Rules) -> None:
    for field, entries in draft.lists.items():
        if field == "holding":
            continue
        if field.isalpha():
            fields[field] = tuple(entries)
        for number, (leaves, origins) in enumerate(entries.values()):
            together = tuple(origins)
            for pointer in below(_prefix(field, number), leaves):
                rules[pointer] = together


@lru_cache(maxsize=16_384)
def _prefix(field: str, number: int) -> str:
    """JSON pointer of one value of a list; `rights.text[]` is a list inside of a field."""
    name = field.removesuffix("[]").replace("[", "/").replace("]", "").replace(".", "/")
    return f"/{name}/{number}"


def _singles(draft: Draft, fields: dict[str, Any], rules: Rules) -> None:
    for field, held in draft.single.items():
        fields[field] = held.value
        _note(rules, f"/{field}", held)


def _note(rules: Rules, prefix: str, held: Held) -> None:
    origins = tuple(held.origins)
    for pointer in below(prefix, held.leaves):
        rules[pointer] = origins


def _level(unit: Unit, fields: dict[str, Any], rules: Rules) -> None:
    """A level that nobody stated is an item's, or what the unit's place in its finding aid makes likely."""
    standing = unit.standing
    if "level" not in fields:
        rules["/level"] = _LEVEL_BY_DEFAULT
        fields["level"] = standing.likely_level() if standing else "item"
        fields["level_inferred"] = standing is not None
    if standing is not None and standing.breaks_order(fields["level"]):
        unit.issues.append(issue("level_order", field="level", excerpt=fields["level"]))


def _count_closure(unit: Unit, fields: dict[str, Any], rules: Rules, above: Above | None) -> None:
    """The end of a closure of so many years, counted from the unit's own dates or those of the nearest dated one."""
    unit.uncounted = fields["access"]
    if not unit.uncounted.closure_years:
        return
    ends = [found.end for found in fields.get("dates", ()) if found.end]
    end = max(ends) if ends else (above.end if above else None)
    fields["access"], is_counted = counted_closure(fields["access"], end)
    if not is_counted:
        unit.issues.append(issue("closure_end_unknown", field="access"))
    elif fields["access"].until:
        rules.setdefault("/access/until", rules.get("/access/closure_years", _BY_INHERITANCE))


def _title(draft: Draft, fields: dict[str, Any], rules: Rules) -> Title:
    title: Title | None = fields.get("title")
    parts = draft.parts.get(("title", None), {})
    if title is None:
        title = _supplied(fields, rules, parts)
    changes = {}
    for name, held in parts.items():
        if f"/title/{name}" not in rules:
            changes[name] = held.value
            _note(rules, f"/title/{name}", held)
    return msgspec.structs.replace(title, **changes) if changes else title


def _supplied(fields: dict[str, Any], rules: Rules, parts: dict[str, Held]) -> Title:
    """A title for a unit that has none: its date, else its level with container or code, else none can be made."""
    if "value" in parts:
        _note(rules, "/title/value", parts["value"])
        return Title(value=parts["value"].value)
    dates = fields.get("dates", ())
    codes = [holding.reference_code for holding in fields["holding"] if holding.reference_code]
    codes = codes or [" ".join(f"{box.type} {box.number}" for box in fields["holding"][0].containers)]
    if dates:
        value, origin = dates[0].text, rules.get("/dates/0/text", ())
    elif codes[0]:
        value, origin = f"[{fields['level']}, {codes[0]}]", rules.get("/holding/0/reference_code", ())
        origin = origin or rules.get("/holding/0/containers/0/number", ())
    else:
        raise UnitRejected(issue("title_missing", field="title"))
    rules["/title/value"] = rules["/title/supplied"] = origin or (("default:title", ""),)
    return Title(value=value, supplied=True)


def _holdings(draft: Draft, context: Context, rules: Rules, standing: Standing | None) -> tuple[Holding, ...]:
    """Holdings as stated, each with an institution; without any, that of the unit above, else the feed's."""
    holder = _holder(context, standing)
    whole = told(list(draft.lists.get("holding", {}).items()))
    places = {index for field, index in draft.parts if field == "holding" and index is not None}
    holdings: list[Holding] = []
    for number in range(max([len(whole), *(place + 1 for place in places), 1])):
        parts = dict(draft.parts.get(("holding", number), {}))
        if number < len(whole):
            stated, (leaves, origins) = whole[number]
            parts = {name: held for name, held in parts.items() if not getattr(stated, name)}
            holding = msgspec.structs.replace(stated, **{name: held.value for name, held in parts.items()})
            _note(rules, f"/holding/{number}", Held(value=stated, leaves=leaves, origins=origins))
        else:
            if "institution" not in parts:
                parts["institution"] = holder
            holding = Holding(**{name: held.value for name, held in parts.items()})
        holding = with_code(holding, rules, number, parts)
        for name, held in parts.items():
            origins = tuple(held.origins)
            for leaf in held.leaves:
                rules.setdefault(f"/holding/{number}/{name}{leaf}", origins)
        holdings.append(holding)
    return tuple(holdings)


@lru_cache(maxsize=256)
def _feeds_of(institution: Any) -> Held:
    origin = ("default:holding", "feed:institution")
    return Held(value=institution, leaves=leaves_of(institution), origins=(origin,))


def _holder(context: Context, standing: Standing | None) -> Held:
    """Who holds what names nobody."""
    if standing is None or standing.above is None:
        return _feeds_of(context.institution)
    record = standing.above.record
    institution = record.holding[0].institution
    return Held(value=institution, leaves=leaves_of(institution), origins=((INHERIT, record.id),))


def _inherited_rights(above: Above, parts: dict[str, Held], *, has_text: bool) -> dict[str, Held]:
    """The parts of the unit above's rights of which the unit says nothing."""
    origins = ((INHERIT, above.record.id),)
    found = {}
    for name, value in stated_members(above.record.rights):
        if name not in parts and not (name == "text" and has_text):
            found[name] = Held(value=value, leaves=leaves_of(value), origins=origins)
    return found


def _rights(draft: Draft, context: Context, rules: Rules, standing: Standing | None) -> Rights:
    parts = draft.parts.get(("rights", None), {})
    if standing is not None and standing.above is not None:
        has_text = "rights.text[]" in draft.lists
        parts = {**parts, **_inherited_rights(standing.above, parts, has_text=has_text)}
    if context.metadata_licence and "metadata_licence" not in parts:
        origin = ("default:rights.metadata_licence", "feed:metadata_licence")
        licence = Held(value=context.metadata_licence, leaves=("",), origins=(origin,))
        parts = {**parts, "metadata_licence": licence}
    for name, held in parts.items():
        _note(rules, f"/rights/{name}", held)
    if not parts and "rights.text[]" not in draft.lists:
        rules["/rights/uri"] = _RIGHTS_BY_DEFAULT
    return Rights(**{name: held.value for name, held in parts.items()})


def _source(compiled: Compiled, raw: RawRecord, unit_path: str) -> Source:
    return Source(
        feed=raw.feed,
        native_id=raw.identifier,
        datestamp=raw.datestamp,
        raw_sha256=raw.payload_sha256,
        format=compiled.format.name,
        unit_path=unit_path,
        crosswalk=compiled.label,
        engine_version=ENGINE_VERSION,
        harvested=instant(raw.harvested) if raw.harvested else None,
    )


@lru_cache(maxsize=1024)
def instant(moment: datetime) -> str:
    """ISO 8601 UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# --- size, quality, hash ----------------------------------------------------------------------------------------------


def _finished(fields: dict[str, Any], rules: Rules, issues: list[Issue], *, long: bool) -> MappedUnit:
    record = CatalogueRecord(**fields)
    if long or (record.hierarchy is not None and len(_encoder.encode(record)) > TEXT_BYTES):
        record = cut(record, rules, issues)
    found = tuple(issues)
    record = msgspec.structs.replace(record, quality=score(record, found))
    return MappedUnit(record=record, rules=rules, output_hash=output_hash(record), issues=found)


def output_hash(record: CatalogueRecord) -> str:
    """Hex SHA-256 of the record's canonical JSON without `source`, `hierarchy.order` and `child_count`."""
    hierarchy = record.hierarchy
    if hierarchy is not None:
        hierarchy = msgspec.structs.replace(hierarchy, order=0, child_count=0)
    plain = msgspec.structs.replace(record, source=_NO_SOURCE, hierarchy=hierarchy)
    return hashlib.sha256(_encoder.encode(plain)).hexdigest()
