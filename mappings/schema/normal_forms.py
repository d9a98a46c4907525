"""The one normal form of an identifier, with its check.

`normalise` trusts the scheme that a rule names; `recognise` finds it in the value's own shape and says nothing where a
shape is not enough: `1914-1918` passes for a date before it passes for an ISSN.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from stdnum import isni, issn

from mappings.schema.identifiers import Identifier

_ISBN = re.compile(r"(?<![\d-])(?:97[89][ -]?)?(?:\d[ -]?){9}[\dXx](?![\d-])")
_ISSN = re.compile(r"(?<![\d-])\d{4}[ -]?\d{3}[\dXx](?![\d-])")
_ISNI = re.compile(r"(?<!\d)(?:\d{4}[ -]?){3}\d{3}[\dXx](?!\d)")
_DOI = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*|info:doi/)?(10\.\d{4,9}(?:\.\d+)*/\S+)", re.IGNORECASE)
_HANDLE = re.compile(r"(?:https?://hdl\.handle\.net/|hdl:\s*|info:hdl/)?(\d[\d.]*/\S+)", re.IGNORECASE)
_ARK = re.compile(r"(?:https?://[^\s/]+/(?:[^\s]*/)?)?ark:/?(\d{5,9})/(\S+)", re.IGNORECASE)
_URN = re.compile(r"urn:([a-z0-9][a-z0-9-]{0,31}):(\S+)", re.IGNORECASE)
_OCLC = re.compile(r"(?:\(OCoLC\)|oclc:?|info:oclcnum/)?\s*(?:ocm|ocn|on)?0*([1-9]\d*)\s*/?", re.IGNORECASE)
_LCCN = re.compile(r"[a-z]{0,3}(?:\d{8}|\d{10})")
_OAI = re.compile(r"oai:[A-Za-z][A-Za-z0-9.-]*:\S+")
_UNIFIED = re.compile(r"(?:统一书号|統一書號)?[:\s]*(\d{4,5})\s*[·.・•‧∙\-]\s*(\d{1,6})")
_DOCUMENT = re.compile(r"[\[(〔【〈]\s*(\d{4})\s*[\])〕】〉]")


def _isbn(value: str) -> str | None:
    found = _ISBN.search(value)
    if found is None:
        return None
    digits: str = found.group().replace("-", "").replace(" ", "").upper()
    last = digits[-1:]
    if not digits[:-1].isascii() or not digits[:-1].isdecimal() or last not in "0123456789X":
        return None
    if len(digits) == 13:
        return digits if last != "X" and _checked_isbn(digits[:12]) == digits else None
    weighed = sum([(10 - place) * (ord(digit) - 48) for place, digit in enumerate(digits[:9])])
    is_right = (weighed + (10 if last == "X" else ord(last) - 48)) % 11 == 0
    return _checked_isbn(f"978{digits[:9]}") if is_right else None


def _checked_isbn(digits: str) -> str:
    """An ISBN of thirteen digits of its first twelve."""
    weighed = sum([(3 if place & 1 else 1) * (ord(digit) - 48) for place, digit in enumerate(digits)])
    return f"{digits}{-weighed % 10}"


def _issn(value: str) -> str | None:
    found = _ISSN.search(value)
    if found is None or not issn.is_valid(found.group()):
        return None
    digits = issn.compact(found.group())
    return f"{digits[:4]}-{digits[4:]}"


def _isni(value: str) -> str | None:
    found = _ISNI.search(value)
    return str(isni.compact(found.group())) if found and isni.is_valid(found.group()) else None


def _doi(value: str) -> str | None:
    found = _DOI.fullmatch(value)
    return found.group(1).lower() if found else None


def _handle(value: str) -> str | None:
    found = _HANDLE.fullmatch(value)
    return found.group(1) if found else None


def _ark(value: str) -> str | None:
    found = _ARK.fullmatch(value)
    if found is None:
        return None
    # hyphens carry no meaning in an ARK; inflections behind `?` ask about it
    name = found.group(2).split("?")[0].replace("-", "").rstrip("/.")
    return f"ark:{found.group(1)}/{name}" if name else None


def _urn(value: str) -> str | None:
    found = _URN.fullmatch(value)
    return f"urn:{found.group(1).lower()}:{found.group(2).lower()}" if found else None


def _oclc(value: str) -> str | None:
    found = _OCLC.fullmatch(value)
    return found.group(1) if found else None


def _lccn(value: str) -> str | None:
    """The Library of Congress's own normal form: no blanks, no suffix, the serial part padded to six digits."""
    written = "".join(value.split()).lower().removeprefix("lccn").split("/")[0]
    year, hyphen, serial = written.partition("-")
    if hyphen:
        if not serial.isdecimal() or len(serial) > 6:
            return None
        written = year + serial.zfill(6)
    return written if _LCCN.fullmatch(written) else None


def _oai(value: str) -> str | None:
    return value if _OAI.fullmatch(value) else None


def _url(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or any(character.isspace() for character in value):
        return None
    standard = {"http": 80, "https": 443}[parts.scheme.lower()]
    address = f"[{host}]" if ":" in host else host
    netloc = address if port in (None, standard) else f"{address}:{port}"
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", parts.query, ""))


def _unified_book_number(value: str) -> str | None:
    found = _UNIFIED.fullmatch(unicodedata.normalize("NFKC", value))
    return f"{found.group(1)}·{found.group(2)}" if found else None


def _document_number(value: str) -> str | None:
    """文号: brackets around the year in one form, no blanks."""
    written = "".join(unicodedata.normalize("NFKC", value).split())
    # an accent that stood alone joins the letter before its blank
    written = unicodedata.normalize("NFKC", written)
    return _DOCUMENT.sub(r"〔\1〕", written) or None


def _as_written(value: str) -> str | None:
    return " ".join(unicodedata.normalize("NFC", value).split()) or None


_NORMAL_FORMS: dict[str, Callable[[str], str | None]] = {
    "isbn": _isbn,
    "issn": _issn,
    "isni": _isni,
    "doi": _doi,
    "handle": _handle,
    "ark": _ark,
    "urn": _urn,
    "oclc": _oclc,
    "lccn": _lccn,
    "oai": _oai,
    "url": _url,
    "unified_book_number": _unified_book_number,
    "document_number": _document_number,
}


#: the schemes whose values are checked; any other is kept as written
SCHEMES: tuple[str, ...] = (*_NORMAL_FORMS, "local")


def normalise(scheme: str, value: str) -> Identifier:
    """`value` as an identifier of `scheme`, with its one normal form, or not valid where it fails its check."""
    written = value.strip()
    form = _NORMAL_FORMS.get(scheme)
    normal = form(written) if form is not None else _as_written(written)
    return Identifier(scheme=scheme, value=written, normalised=normal, valid=normal is not None)


#: shapes that leave no doubt, in the order in which they are tried
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("doi", re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*|info:doi/)?10\.\d{4,9}\S*/\S", re.IGNORECASE)),
    ("handle", re.compile(r"(?:https?://hdl\.handle\.net/|hdl:|info:hdl/)", re.IGNORECASE)),
    ("ark", re.compile(r"(?:https?://\S+/)?ark:/?\d{5}", re.IGNORECASE)),
    ("isbn", re.compile(r"(?:urn:)?ISBN(?:-1[03])?[:\s]*(?=[\dXx])|97[89][ -]?(?:\d[ -]?){9}\d(?!\d)", re.IGNORECASE)),
    ("issn", re.compile(r"(?:urn:)?(?:[ep]-?)?ISSN(?:-L)?[:\s]*(?=\d)|\d{4}-\d{3}[Xx]$", re.IGNORECASE)),
    ("isni", re.compile(r"(?:https?://(?:www\.)?isni\.org/(?:isni/)?|ISNI[:\s]*)(?=\d)", re.IGNORECASE)),
    ("oclc", re.compile(r"\(OCoLC\)|oclc:|info:oclcnum/|ocm\d{8}|ocn\d{9}|on\d{10}", re.IGNORECASE)),
    ("lccn", re.compile(r"lccn[:\s]", re.IGNORECASE)),
    ("urn", re.compile(r"urn:", re.IGNORECASE)),
    ("oai", re.compile(r"oai:[A-Za-z]")),
    ("url", re.compile(r"https?://", re.IGNORECASE)),
    ("unified_book_number", re.compile("统一书号|統一書號")),
)
#: whether any of them may fit
_ANY_SHAPE = re.compile("|".join(f"(?:{shape.pattern})" for _, shape in _SHAPES), re.IGNORECASE)
_LABEL = re.compile(r"(?:lccn[:\s]+|https?://(?:www\.)?isni\.org/(?:isni/)?)", re.IGNORECASE)


def recognise(value: str) -> Identifier | None:
    """The identifier that `value` is by its own shape; None where the shape alone does not say."""
    written = value.strip()
    scheme = _scheme_by_shape(written)
    if not scheme:
        return None
    found = normalise(scheme, _LABEL.sub("", written))
    # a bare number that fails its check is no faulty ISBN, it is some other number
    return None if not found.valid and written[:1].isdecimal() else found


def _scheme_by_shape(written: str) -> str:
    """Empty where the shape alone tells none."""
    if _ANY_SHAPE.match(written):
        for scheme, shape in _SHAPES:
            if shape.match(written):
                return scheme
    return ""
