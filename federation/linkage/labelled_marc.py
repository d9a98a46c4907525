"""MARC in JSON, as labelled sets of libraries hold it, mapped as the exchange maps MARC and taken as features."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from federation.linkage.features import Features, features_of
from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord

_CONTEXT = Context(feed="labelled", institution=Institution(name="Labelled"))


def features_of_marc(entry: Mapping[str, Any]) -> Features:
    """The features of a record `{"leader": …, "fields": [{"tag", "value" | "subfields"}]}`; no title, no features."""
    payload = marcxml(entry)
    raw = RawRecord(
        feed=_CONTEXT.feed, identifier="labelled", datestamp="2000-01-01", payload_sha256="0" * 64, payload=payload,
        format="marc21",
    )  # fmt: skip
    outcome = apply(compiled("base/marc21"), raw, _CONTEXT)
    return features_of(outcome.units[0].record) if isinstance(outcome, Mapped) else Features(kind="book", titles=())


def marcxml(entry: Mapping[str, Any]) -> str:
    """The record as MARCXML."""
    fields = "".join(_field(field) for field in entry["fields"])
    leader = f"<leader>{escape(str(entry['leader']))}</leader>" if entry.get("leader") else ""
    return f'<record xmlns="http://www.loc.gov/MARC21/slim">{leader}{fields}</record>'


def _field(field: Mapping[str, Any]) -> str:
    tag = _quoted(field["tag"])
    if "subfields" not in field:
        return f"<controlfield tag={tag}>{escape(str(field.get('value') or ''))}</controlfield>"
    marks = " ".join(f"ind{n}={_quoted(field.get(f'ind{n}') or ' ')}" for n in (1, 2))
    parts = "".join(
        f"<subfield code={_quoted(part['code'])}>{escape(str(part['value']))}</subfield>"
        for part in field["subfields"]
        if part.get("value")
    )
    return f"<datafield tag={tag} {marks}>{parts}</datafield>"


def _quoted(value: object) -> str:
    return f'"{escape(str(value))}"'
