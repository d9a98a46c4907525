"""Which format an element is in: by its name and namespace, and by its fields where it is MARC."""

from __future__ import annotations

from typing import Any

from mappings.engine.inputs import FORMATS
from mappings.engine.marc_walk import Dialect
from mappings.formats.marc_fields import MarcRecord
from mappings.formats.marcxml import read_marcxml


def format_of(element: Any) -> str | None:
    """The format whose root and namespace the element has; a bare name is not enough for what others use too."""
    namespace, _, local = element.tag.rpartition("}")
    for name, known in FORMATS.items():
        named = namespace[1:]
        is_known = known.any_namespace or named in known.prefixes.values() or (named and named in known.namespaces)
        if local not in known.roots or not is_known:
            continue
        if known.walk == "marc":
            return dialect_of(read_marcxml(element, lambda _: True))
        if not known.mark or element.find(f".//{{*}}{known.mark}") is not None:
            return name
    return None


def dialect_of(record: MarcRecord) -> Dialect:
    """The family of a MARC record: the title stands in 245, or in 200; China's has fields of its own."""
    tags = {field.tag for field in record.fields}
    if "200" not in tags or "245" in tags:
        return "marc21"
    described_in = [value[22:25] for field in record.fields if field.tag == "100" for value in field.values("a")]
    from_china = any(field.tag == "801" and "CN" in field.values("a") for field in record.fields)
    is_chinese = from_china or "chi" in described_in or bool(tags & {"091", "690", "692", "905"})
    return "cnmarc" if is_chinese else "unimarc"
