"""MARCXML from ISO 2709: every field in its order, nothing interpreted (MARC21slim).

What XML cannot hold becomes U+FFFD.
"""

from __future__ import annotations

import re
from html import escape

from mappings.formats.iso2709 import all_fields

NAMESPACE = "http://www.loc.gov/MARC21/slim"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(data: bytes, *, charset: str = "") -> str:
    """One record as a `<record>` element; raises Iso2709Refused as `read_iso2709`."""
    leader, fields = all_fields(data, charset=charset)
    parts = [f'<record xmlns="{NAMESPACE}"><leader>{_text(_as_unicode(leader))}</leader>']
    for tag, content in fields:
        if isinstance(content, str):
            parts.append(f'<controlfield tag="{_text(tag)}">{_text(content)}</controlfield>')
            continue
        first, second = content.indicators[:1], content.indicators[1:2]
        inside = "".join(
            f'<subfield code="{_text(code)}">{_text(value)}</subfield>' for code, value in content.subfields
        )
        parts.append(f'<datafield tag="{_text(tag)}" ind1="{_text(first)}" ind2="{_text(second)}">{inside}</datafield>')
    return "".join([*parts, "</record>"])


def _as_unicode(leader: str) -> str:
    """The leader of a record that is Unicode now (place 9)."""
    return f"{leader[:9]}a{leader[10:]}"


def _text(value: str) -> str:
    return escape(_ILLEGAL.sub("\ufffd", value), quote=True)
