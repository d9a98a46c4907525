"""Rights in the material: a URI of rightsstatements.org or Creative Commons, and what was written."""

from __future__ import annotations

import re

import msgspec

from mappings.schema.text import Text

#: "Copyright not evaluated": what stands where a source gives no URI
NOT_EVALUATED = "http://rightsstatements.org/vocab/CNE/1.0/"

_STATEMENTS = {
    "inc": "InC",
    "inc-ow-eu": "InC-OW-EU",
    "inc-edu": "InC-EDU",
    "inc-nc": "InC-NC",
    "inc-ruu": "InC-RUU",
    "noc-cr": "NoC-CR",
    "noc-nc": "NoC-NC",
    "noc-oklr": "NoC-OKLR",
    "noc-us": "NoC-US",
    "cne": "CNE",
    "und": "UND",
    "nkc": "NKC",
}
#: statements of Europeana's that were replaced by those of rightsstatements.org in 2015
_OF_EUROPEANA = {
    "rr-f": "inc",
    "rr-p": "inc",
    "rr-r": "inc",
    "unknown": "cne",
    "orphan-work-eu": "inc-ow-eu",
    "out-of-copyright-non-commercial": "noc-nc",
}
_LICENCES = ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")
_NAMES = {
    "in copyright": "rs:InC",
    "in copyright - educational use permitted": "rs:InC-EDU",
    "in copyright - non-commercial use permitted": "rs:InC-NC",
    "in copyright - rights-holder(s) unlocatable or unidentifiable": "rs:InC-RUU",
    "in copyright - eu orphan work": "rs:InC-OW-EU",
    "no copyright - contractual restrictions": "rs:NoC-CR",
    "no copyright - non-commercial use only": "rs:NoC-NC",
    "no copyright - other known legal restrictions": "rs:NoC-OKLR",
    "no copyright - united states": "rs:NoC-US",
    "copyright not evaluated": "rs:CNE",
    "copyright undetermined": "rs:UND",
    "no known copyright": "rs:NKC",
    "public domain mark": "cc:pdm",
    "public domain mark 1.0": "cc:pdm",
    "cc0": "cc:zero",
    "cc0 1.0": "cc:zero",
}

_STATEMENT_URI = re.compile(
    r"https?://(?:www\.)?rightsstatements\.org/(?:vocab|page|data)/([A-Za-z-]+)(?:/1\.0)?/?(?:\?\S*)?", re.IGNORECASE
)
_EUROPEANA_URI = re.compile(r"https?://(?:www\.)?europeana\.eu/rights/([a-z-]+)/?", re.IGNORECASE)
_LICENCE_URI = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]+)(?:/(\d\.\d)(?:/([a-z]{2}))?)?/?"
    r"(?:(?:deed|legalcode)\S*)?",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"(rs|cc):([A-Za-z-]+|cc0)(?:/(\d\.\d))?/?", re.IGNORECASE)
_LICENCE_NAME = re.compile(r"CC[ -](BY(?:-(?:SA|ND|NC(?:-SA|-ND)?))?)(?:[ -](\d\.\d))?", re.IGNORECASE)


class Rights(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Rights in the material and in its metadata."""

    uri: str = NOT_EVALUATED
    text: tuple[Text, ...] = ()
    holder: str | None = None
    #: licence URI of the description itself
    metadata_licence: str | None = None


def _statement(code: str) -> str | None:
    known = _STATEMENTS.get(code.lower())
    return f"http://rightsstatements.org/vocab/{known}/1.0/" if known else None


def _licence(code: str, version: str | None, place: str | None = None) -> str | None:
    code = code.lower()
    if code in ("zero", "cc0"):
        return "http://creativecommons.org/publicdomain/zero/1.0/"
    if code in ("mark", "pdm"):
        return "http://creativecommons.org/publicdomain/mark/1.0/"
    if code not in _LICENCES:
        return None
    ported = f"{place.lower()}/" if place else ""
    return f"http://creativecommons.org/licenses/{code}/{version or '4.0'}/{ported}"


def rights_uri(text: str) -> str | None:
    """The URI of rightsstatements.org or Creative Commons that `text` names, in its canonical spelling.

    Takes the URI itself in any spelling, `rs:InC`, `cc:by-sa/4.0` (4.0 where no version stands), and the statements'
    own English names; None for anything else.
    """
    written = " ".join(text.split()).replace("–", "-")
    written = _NAMES.get(written.lower().rstrip("."), written)
    if found := _STATEMENT_URI.fullmatch(written):
        return _statement(found.group(1))
    if found := _EUROPEANA_URI.fullmatch(written):
        return _statement(_OF_EUROPEANA.get(found.group(1).lower(), ""))
    if found := _LICENCE_URI.fullmatch(written):
        return _licence(found.group(2), found.group(3), found.group(4))
    if found := _ABBREVIATION.fullmatch(written):
        named = found.group(1).lower() == "rs"
        return _statement(found.group(2)) if named else _licence(found.group(2), found.group(3))
    if found := _LICENCE_NAME.fullmatch(written):
        return _licence(found.group(1), found.group(2))
    return None
