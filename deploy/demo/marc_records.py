"""Library of Congress and GPO records: ISO 2709 in, MARCXML out, nothing changed between."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pymarc
from dublin_core import text

from portal_api.demo.records import DemoRecord


def read_marc(path: Path) -> list[pymarc.Record]:
    """Every readable record of a packed UTF-8 ISO 2709 file."""
    reader = pymarc.MARCReader(gzip.decompress(path.read_bytes()), to_unicode=True, force_utf8=True)
    return [record for record in reader if record is not None]


def subfields(record: pymarc.Record, tag: str, codes: str) -> str:
    """The first field `tag`'s subfields `codes`, in field order, joined by a space."""
    for field in record.get_fields(tag):
        return " ".join(sub.value.strip() for sub in field.subfields if sub.code in codes)
    return ""


def linked(record: pymarc.Record, tag: str, codes: str) -> str:
    """As `subfields`, of the first 880 that stands for `tag`: the vernacular form."""
    for field in record.get_fields("880"):
        if (field.get("6") or "").startswith(tag):
            return " ".join(sub.value.strip() for sub in field.subfields if sub.code in codes)
    return ""


def control_number(record: pymarc.Record) -> str:
    """Field 001 without its blanks."""
    return record["001"].data.strip()


def marcxml(record: pymarc.Record) -> str:
    """`record` as a MARCXML element, field for field."""
    body = [f"<leader>{text_kept(str(record.leader))}</leader>"]
    for field in record.fields:
        if field.control_field:
            body.append(f'<controlfield tag="{field.tag}">{text_kept(field.data)}</controlfield>')
        else:
            inner = "".join(
                f'<subfield code="{text(sub.code)}">{text_kept(sub.value)}</subfield>' for sub in field.subfields
            )
            one, two = field.indicators
            body.append(f'<datafield tag="{field.tag}" ind1="{one}" ind2="{two}">{inner}</datafield>')
    return f'<record xmlns="http://www.loc.gov/MARC21/slim">{"".join(body)}</record>'


def text_kept(value: str) -> str:
    """`value` escaped with its blanks kept: positions mean something in MARC."""
    return re.sub("[\x00-\x08\x0b-\x1f]", "", value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def datestamp(record: pymarc.Record) -> str:
    """Field 005 as a datestamp."""
    found = re.match(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", record["005"].data if "005" in record else "")
    return "{}-{}-{}T{}:{}:{}Z".format(*found.groups()) if found else "2020-01-01T00:00:00Z"


def harvestable(records: list[pymarc.Record], authority: str) -> Iterator[DemoRecord]:
    """Each record of `records` under `oai:<authority>:<001>`."""
    for record in records:
        yield DemoRecord(
            identifier=f"oai:{authority}:{control_number(record)}",
            datestamp=datestamp(record),
            metadata=marcxml(record),
        )
