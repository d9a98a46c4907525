"""Identifiers that authority files give persons, bodies, places and terms: whose they are, and their one address.

Sources write the same one as an address, as a number behind the code of its keeper, as in `(DE-588)118540238` (MARC 21,
$0), or bare, with the keeper named elsewhere (EAD `source`). Codes are those of the MARC source lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec
from stdnum import isni
from stdnum.iso7064 import mod_11_2

from mappings.schema.agents import AgentIdentifier


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """One authority file."""

    scheme: str
    #: its address of a number, `{}` in the number's place
    address: str
    #: a number without what parts it for the eye, white space apart
    closed: Callable[[str], str] = str
    #: what it looks like then
    number: re.Pattern[str]
    #: whether the check digit of such a number is right, where its numbers have one
    checked: Callable[[str], bool] = bool
    #: the number as it stands in the address
    spelt: Callable[[str], str] = str
    #: other names of it: codes of keepers, codes of sources
    names: frozenset[str] = frozenset()
    #: hosts and paths in front of its numbers, beside its own address
    other: tuple[str, ...] = ()


def _number(shape: str) -> re.Pattern[str]:
    return re.compile(shape, re.IGNORECASE | re.ASCII)


def _weighed(digits: str) -> int:
    """The digits times their place counted from the right, the last of them in the second."""
    return sum(place * int(digit) for place, digit in enumerate(reversed(digits), start=2))


def _checks_ppn(number: str) -> bool:
    """Of a number of a production system (PPN), as in an ISBN of ten digits: the check digit makes up to elevens."""
    check = 10 if number[-1] in "Xx" else int(number[-1])
    return (_weighed(number[:-1]) + check) % 11 == 0


def _checks_gnd(number: str) -> bool:
    """The numbers with a hyphen, of the files of bodies and subjects that it came from, end in the remainder itself."""
    digits, hyphen, check = number.partition("-")
    return "0123456789X"[_weighed(digits) % 11] == check.upper() if hyphen else _checks_ppn(number)


def _checks_orcid(number: str) -> bool:
    return bool(mod_11_2.is_valid(number.replace("-", "").upper()))


def _spelt_orcid(number: str) -> str:
    return "-".join(re.findall("....", number.replace("-", "").upper()))


def _spelt_fast(number: str) -> str:
    return number.lower().removeprefix("fst").lstrip("0")


_FORM_OF_SUBDIVISION = re.compile(r"(?<=\d{8})-78\d$", re.ASCII)
#: the serial number of an LCCN, as it is written behind the year
_SERIAL = re.compile(r"-(\d{1,6})$", re.ASCII)


def _closed_lccn(number: str) -> str:
    """The Library of Congress's own normal form: nothing behind a slash, six digits behind a hyphen.

    What is written behind a whole number (`sh85101206-781`, the form for subdivisions) names no other authority.
    """
    number = _FORM_OF_SUBDIVISION.sub("", number)
    return _SERIAL.sub(lambda serial: serial[1].zfill(6), number.partition("/")[0])


def _without_hyphens(number: str) -> str:
    return number.replace("-", "")


_AUTHORITIES = (
    Authority(scheme="viaf", address="http://viaf.org/viaf/{}", number=_number(r"\d{1,22}")),
    Authority(
        scheme="gnd",
        address="https://d-nb.info/gnd/{}",
        number=_number(r"\d{8,9}[\dX]|\d{1,8}-[\dX]"),
        spelt=str.upper,
        checked=_checks_gnd,
        names=frozenset({"de-588"}),
    ),
    Authority(
        scheme="lcnaf",
        address="http://id.loc.gov/authorities/names/{}",
        number=_number(r"n[a-z]{0,2}\d{8}(?:\d\d)?"),
        closed=_closed_lccn,
        spelt=str.lower,
        names=frozenset({"naf", "lcna", "lacnaf", "dlc", "lcsh"}),
    ),
    Authority(
        scheme="lcsh",
        address="http://id.loc.gov/authorities/subjects/{}",
        number=_number(r"sh[a-z]?\d{8}(?:\d\d)?"),
        closed=_closed_lccn,
        spelt=str.lower,
        names=frozenset({"dlc", "naf", "lcnaf"}),
    ),
    Authority(
        scheme="fast",
        address="http://id.worldcat.org/fast/{}",
        number=_number(r"(?:fst)?0*\d{1,8}"),
        spelt=_spelt_fast,
        names=frozenset({"ocolc"}),
    ),
    Authority(
        scheme="ulan",
        address="http://vocab.getty.edu/ulan/{}",
        number=_number(r"5\d{8}"),
        names=frozenset({"gettyulan"}),
    ),
    Authority(
        scheme="aat",
        address="http://vocab.getty.edu/aat/{}",
        number=_number(r"3\d{8}"),
        names=frozenset({"gettyaat"}),
    ),
    Authority(
        scheme="tgn",
        address="http://vocab.getty.edu/tgn/{}",
        number=_number(r"[17]\d{6}"),
        names=frozenset({"gettytgn"}),
    ),
    Authority(
        scheme="wikidata",
        address="http://www.wikidata.org/entity/{}",
        number=_number(r"Q\d+"),
        spelt=str.upper,
        other=("www.wikidata.org/wiki/",),
    ),
    Authority(
        scheme="isni",
        address="https://isni.org/isni/{}",
        number=_number(r"\d{15}[\dX]"),
        closed=_without_hyphens,
        spelt=str.upper,
        checked=isni.is_valid,
        other=("isni.org/",),
    ),
    Authority(
        scheme="orcid",
        address="https://orcid.org/{}",
        number=_number(r"(?:\d{4}-?){3}\d{3}[\dX]"),
        spelt=_spelt_orcid,
        checked=_checks_orcid,
    ),
    Authority(
        scheme="geonames",
        address="https://sws.geonames.org/{}/",
        number=_number(r"\d{3,9}"),
        other=("www.geonames.org/",),
    ),
    Authority(
        scheme="bnf",
        address="https://data.bnf.fr/ark:/12148/cb{}",
        number=_number(r"\d{8}[0-9bcdfghjkmnpqrstvwxz]"),
        names=frozenset({"fr-pabnf"}),
        other=("catalogue.bnf.fr/ark:/12148/cb",),
    ),
    Authority(
        scheme="idref",
        address="https://www.idref.fr/{}/id",
        number=_number(r"\d{8}[\dX]"),
        spelt=str.upper,
        checked=_checks_ppn,
    ),
)
#: a keeper may have several files, whose numbers tell them apart, and finding aids write one for the other
_BY_NAME: dict[str, list[Authority]] = {_known.scheme: [_known] for _known in _AUTHORITIES}
for _known in _AUTHORITIES:
    for _name in sorted(_known.names):
        _BY_NAME.setdefault(_name, []).append(_known)
#: the code of a keeper in brackets, and what stands behind it
_CODED = re.compile(r"\(([^()]{1,40})\)\s*(\S.*)", re.DOTALL)
_ADDRESS = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_BEHIND_NUMBER = re.compile(r"[/?#.]")
#: what an address begins with behind its scheme, in lower case, and whose it is
_STARTS = tuple(
    (_ADDRESS.sub("", start, count=1).lower(), known)
    for known in _AUTHORITIES
    for start in (known.address.partition("{}")[0], *(f"http://{other}" for other in known.other))
)


def read_authority(text: str, source: str = "") -> AgentIdentifier | None:
    """The identifier that `text` is; None where it is a number, or the address of one, of a file that it cannot be of.

    source  whose number it is, where the text does not say so: a scheme, or its keeper's code
    """
    return _kept(text, source) if len(text) <= _LONGEST_KEPT else _read(text, source)


def _read(text: str, source: str) -> AgentIdentifier | None:
    text = " ".join(text.split())
    if coded := _CODED.fullmatch(text):
        keeper, text = coded[1], coded[2]
        source = "" if keeper.lower() == "uri" else keeper
    if _ADDRESS.match(text):
        return _at_address(text, source)
    files = _BY_NAME.get(source.strip().lower())
    if files is None:
        return AgentIdentifier(scheme=source.strip().lower() or "authority", value=text)
    for known in files:
        if number := _plain(known, text):
            return AgentIdentifier(scheme=known.scheme, value=known.address.format(number))
    return None


#: names come again with their numbers; a longer text is none that does
_LONGEST_KEPT = 256
_kept = lru_cache(16384)(_read)


def _at_address(text: str, source: str) -> AgentIdentifier | None:
    """An address, in the one spelling of its authority where it is known; None where no number of that stands in it."""
    rest, is_known = _ADDRESS.sub("", text, count=1), False
    lowered = f"{rest}/".lower()
    for start, known in _STARTS:
        if not lowered.startswith(start):
            continue
        is_known = True
        number = _plain(known, _BEHIND_NUMBER.split(rest[len(start) :], maxsplit=1)[0])
        if number:
            return AgentIdentifier(scheme=known.scheme, value=known.address.format(number))
    if is_known:
        return None
    named = _BY_NAME.get(source.strip().lower())
    return AgentIdentifier(scheme=named[0].scheme if named else "authority", value=text)


def _plain(known: Authority, text: str) -> str | None:
    """A number in the spelling of its address; None where it has another shape or a wrong check digit."""
    number = known.closed(text.replace(" ", ""))
    if not known.number.fullmatch(number) or not known.checked(number):
        return None
    return known.spelt(number) or None
