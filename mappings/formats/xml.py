"""The only XML parser call of the house.

No document type declaration is read, no entity is expanded, nothing is fetched, and a document is measured before it is
trusted (reliability chapter, 4). Depth (256) and the length of one text (10 MB) are libxml2's own bounds while
`huge_tree` is off. What the elements mean is left to the readers beside this file.
"""

from __future__ import annotations

import re

import msgspec
from lxml import etree

from mappings.errors import DocumentRefused
from mappings.formats.charset import decode
from mappings.formats.doctype import cut_doctype
from mappings.schema.issue import Issue, issue


class XmlLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one document may hold."""

    size_bytes: int
    elements: int
    #: of one element
    attributes: int = 200


#: one page of a list, up to thousands of records
PAGE = XmlLimits(size_bytes=64 << 20, elements=2_000_000)
#: one record of a library
RECORD = XmlLimits(size_bytes=4 << 20, elements=20_000)
#: one finding aid or METS document (real EAD3 files reach 27,966 elements)
TREE = XmlLimits(size_bytes=64 << 20, elements=2_000_000)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        encoding="utf-8",
        recover=recover,
    )


_STRICT = _parser(recover=False)
_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:\-]{1,40})[\"']")
#: bytes at whose `=` signs a page shows that it has many
_WINDOW = 16_384
_BOM = b"\xef\xbb\xbf"
_CHILDREN = etree.XPath("count(*[local-name() = $name])")
_TOO_MANY_ATTRIBUTES = etree.XPath("boolean(/descendant-or-self::*/@*[$most + 1])")


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """A tree and what had to be done to read it."""

    root: etree._Element
    #: `doctype_cut`; from the recovering parser also `xml_recovered`, one an error
    notes: tuple[Issue, ...] = ()


def read_xml(data: bytes | str, *, limits: XmlLimits = RECORD) -> etree._Element:
    """The root element of a well-formed document; comments and processing instructions are left out.

    raises  DocumentRefused: `doctype_refused`, `charset_refused`, `xml_broken`, `too_large`, `too_deep`
    """
    return parse(data, limits=limits).root


def count_children(element: etree._Element, name: str) -> int:
    """How many children have this local name, without a look at each from Python."""
    return int(_CHILDREN(element, name=name))


def written(element: etree._Element) -> str:
    """An element as text, with the namespaces that it needs."""
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def indented(element: etree._Element) -> str:
    """An element as text, laid out for reading; the element itself is changed by it."""
    etree.indent(element)
    return written(element)


def parse(data: bytes | str, *, limits: XmlLimits = RECORD) -> Parsed:
    """`read_xml` that also says whether a DOCTYPE was cut."""
    document, notes = _prepared(data, limits)
    try:
        root = etree.fromstring(document, _STRICT)
    except etree.XMLSyntaxError as error:
        raise _refusal(error) from None
    return Parsed(root=_measured(root, document, limits), notes=notes)


def parse_recovering(data: bytes | str, *, limits: XmlLimits = RECORD) -> Parsed:
    """What libxml2 can save of a broken document, every error noted; the page ladder's third rung.

    raises  DocumentRefused as `read_xml`, also past a bound, where the parser would drop the rest; `xml_broken` where
            nothing at all could be saved
    """
    document, notes = _prepared(data, limits)
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error) from None
    if root is None:
        raise DocumentRefused("xml_broken", "nothing of the document could be read", 1)
    errors = list(parser.error_log)
    if errors and (passed := _bound_passed(errors[-1].message, errors[-1].line)):
        raise passed
    found = tuple(issue("xml_recovered", excerpt=f"line {entry.line}: {entry.message}") for entry in errors[:20])
    return Parsed(root=_measured(root, document, limits), notes=notes + found)


def _prepared(data: bytes | str, limits: XmlLimits) -> tuple[bytes, tuple[Issue, ...]]:
    """UTF-8 bytes without DOCTYPE, within the limits that can be judged before parsing."""
    if len(data) > limits.size_bytes:
        raise DocumentRefused("too_large", f"{len(data)} bytes, at most {limits.size_bytes} are read")
    document = data.encode("utf-8", "replace") if isinstance(data, str) else _as_utf8(data)
    document, cut = cut_doctype(document)
    _count_elements(document, limits)
    return document, (issue("doctype_cut"),) if cut else ()


def _as_utf8(data: bytes) -> bytes:
    """`data` as UTF-8; only what is neither marked nor declared otherwise passes without decoding."""
    if data.startswith(_BOM):
        return data[3:]
    declared = _DECLARATION.match(data)
    other = declared is not None and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    if other or data[:2] in (b"\xff\xfe", b"\xfe\xff") or 0 in data[:4] or data.startswith(b"Lo\xa7\x94"):
        return decode(data).text.encode("utf-8", "replace")
    return data


def _count_elements(document: bytes, limits: XmlLimits) -> None:
    """Refuses a document with too many start tags before a tree of it is built."""
    if len(document) < limits.elements * len(b"<a/>") or document.count(b"<") <= limits.elements:
        return
    counter = etree.XMLParser(
        target=_Counter(limits.elements), resolve_entities=False, no_network=True, encoding="utf-8", recover=True
    )
    etree.fromstring(document, counter)


class _Counter:
    """A parser target that builds nothing and stops at the bound."""

    def __init__(self, most: int) -> None:
        self.left = most

    def start(self, tag: str, attributes: object) -> None:
        """One element more."""
        self.left -= 1
        if self.left < 0:
            raise DocumentRefused("too_large", "more elements than are read")

    def end(self, tag: str) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing is kept."""


def _measured(root: etree._Element, document: bytes, limits: XmlLimits) -> etree._Element:
    if _has_many(document, b"=", limits.attributes) and _TOO_MANY_ATTRIBUTES(root, most=limits.attributes):
        raise DocumentRefused("too_large", f"an element with more than {limits.attributes} attributes")
    return root


def _has_many(document: bytes, sign: bytes, most: int) -> bool:
    """Whether a document holds a sign more often than so; of a long one its beginning mostly tells."""
    if len(document) > _WINDOW and document.count(sign, 0, _WINDOW) > most:
        return True
    return document.count(sign) > most


def _refusal(error: etree.XMLSyntaxError) -> DocumentRefused:
    """libxml2's resource bounds by name, everything else `xml_broken`."""
    message, line = error.msg or "not well-formed", error.lineno or 0
    return _bound_passed(message, line) or DocumentRefused("xml_broken", message, line)


def _bound_passed(message: str, line: int) -> DocumentRefused | None:
    """The refusal that an error of libxml2 stands for where it is about one of its bounds, after which it stops."""
    if message.startswith("Excessive depth"):
        return DocumentRefused("too_deep", "elements nested more than 256 deep", line)
    if "XML_PARSE_HUGE" in message or "huge text node" in message:
        return DocumentRefused("too_large", "a text or attribute of more than 10 MB", line)
    return None
