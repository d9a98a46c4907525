"""Dublin Core elements as text: the one writer of every demonstration record that is not MARC."""

from __future__ import annotations

import html
import re

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_OAI_DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ '
    'http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
)
_QDC = (
    '<oai_qdc:qualifieddc xmlns:oai_qdc="http://worldcat.org/xmlschemas/qdc-1.0/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
)

#: (element with its prefix, value, language or empty)
Field = tuple[str, str, str]


def text(value: object) -> str:
    """`value` squeezed, fit for XML and escaped."""
    return html.escape(_ILLEGAL.sub("", " ".join(str(value).split())), quote=False)


def _elements(fields: list[Field]) -> str:
    kept = dict.fromkeys(field for field in fields if field[1] and str(field[1]).strip())
    return "".join(
        f"<{name}" + (f' xml:lang="{lang}"' if lang else "") + f">{text(value)}</{name}>" for name, value, lang in kept
    )


def oai_dc(fields: list[Field]) -> str:
    """An `oai_dc:dc` element (OAI-PMH 2.0, 5)."""
    return f"{_OAI_DC}{_elements(fields)}</oai_dc:dc>"


def qdc(fields: list[Field]) -> str:
    """An `oai_qdc:qualifieddc` element as content systems give it."""
    return f"{_QDC}{_elements(fields)}</oai_qdc:qualifieddc>"
