"""What fields of UNIMARC and CNMARC say in a way of their own: embedded fields, parts of names, other scripts, pinyin.

The marks between the parts of a name or a title stand in no field; they are set here as ISBD and AFNOR set them.

A field in another script repeats its tag and names the same number in `$6` (UNIMARC Manual: `$6a01`); it becomes the
twin of the first. CNMARC writes the pinyin of `$a` in `$9` or `$A`, that of `$e`, `$f`, `$i` in `$E`, `$F`, `$I`.
"""

from __future__ import annotations

from collections.abc import Callable

from mappings.formats.marc_fields import MarcField, MarcRecord, Subfields

#: around what is left out in sorting, as ISO 6630 and as Unicode's own
_NOT_SORTED = str.maketrans("", "", "\x88\x89\x98\x9c")
#: embedded field and its subfield -> subfield of the standard technique of the 4XX fields
_EMBEDDED = {
    ("200", "a"): "t",
    ("200", "h"): "h",
    ("200", "i"): "i",
    ("200", "v"): "v",
    ("010", "a"): "y",
    ("011", "a"): "x",
    ("700", "a"): "a",
    ("710", "a"): "a",
}


def in_one_way(record: MarcRecord, *, pinyin: bool) -> MarcRecord:
    """The record with embedded fields unfolded, fields in another script as twins, and `pinyin` read as such."""
    fields = [_unfolded(_cleaned(field)) for field in record.fields]
    if pinyin:
        fields = [_with_pinyin(field) for field in fields]
    return MarcRecord(record.leader, record.control, _paired([_written(field) for field in fields]), record.dangling)


def _written(field: MarcField) -> MarcField:
    """A title, body or subject whose parts make one `$a`, its twin alike."""
    write = _WRITTEN.get(field.tag)
    if write is None:
        return field
    return field.saying(write(field.subfields), write(field.twin))


def _titles(subfields: Subfields) -> Subfields:
    """`La mer ; Pavane`: several works of one title page (200 $a, repeated)."""
    titles = [value for code, value in subfields if code == "a"]
    return subfields if len(titles) < 2 else _with_name(subfields, " ; ".join(titles), "a")


def _body(subfields: Subfields) -> Subfields:
    """`University. Library (Paris)`: $b a part of the body, $c what tells it from others, $d and so on of a meeting."""
    parts, additions = _named(subfields, "ab"), _named(subfields, "c")
    if not parts or len(parts) + len(additions) < 2:
        return subfields
    name = ". ".join(part.strip(" .") for part in parts)
    told = "".join(f" ({addition.strip(' ()')})" for addition in additions)
    return _with_name(subfields, name + told, "abc")


def _person(subfields: Subfields) -> Subfields:
    """`Louis XIV, 1638-1715`: $d a number, $b the rest of the name, $f the dates."""
    first, rest = _named(subfields, "ad"), _named(subfields, "bf")
    if not first or len(first) + len(rest) < 2:
        return subfields
    return _with_name(subfields, ", ".join([" ".join(first), *(part.strip(" ,()") for part in rest)]), "abdf")


def _named(subfields: Subfields, codes: str) -> list[str]:
    return [value for code in codes for held, value in subfields if held == code and value.strip()]


def _with_name(subfields: Subfields, name: str, codes: str) -> Subfields:
    """The subfields with `name` as their `$a`, which says what stood in `codes`."""
    others = [(code, value) for code, value in subfields if code not in codes]
    place = next(number for number, (code, _) in enumerate(subfields) if code == "a") if _named(subfields, "a") else 0
    before = [code for code, _ in subfields[:place] if code not in codes]
    return (*others[: len(before)], ("a", name), *others[len(before) :])


#: tag -> how what its parts say is written as one
_WRITTEN: dict[str, Callable[[Subfields], Subfields]] = {
    "200": _titles,
    **dict.fromkeys(("601", "710", "711", "712"), _body),
    **dict.fromkeys(("600", "602"), _person),
}


def _cleaned(field: MarcField) -> MarcField:
    if all(value.isprintable() for _, value in field.subfields):
        return field
    return field.saying(tuple([(code, value.translate(_NOT_SORTED)) for code, value in field.subfields]), field.twin)


def _unfolded(field: MarcField) -> MarcField:
    """A 4XX field with embedded fields (`$1200 1 $aTitle`) as one of the standard technique (`$tTitle`)."""
    if field.tag[:1] != "4" or all(code != "1" for code, _ in field.subfields):
        return field
    found: list[tuple[str, str]] = []
    tag = ""
    for code, value in field.subfields:
        if code == "1":
            tag = value[:3]
            if tag == "001":
                found.append(("0", value[3:]))
        elif known := _EMBEDDED.get((tag, code)):
            found.append((known, value))
    return field.saying(tuple(found), field.twin)


def _with_pinyin(field: MarcField) -> MarcField:
    """A field whose own subfields are Chinese and whose pinyin is its twin."""
    if not any(value > "\u2e80" for code, value in field.subfields if code.islower()):
        return field
    twin = tuple([("a" if code == "9" else code.lower(), value) for code, value in field.subfields if _is_pinyin(code)])
    if not twin or any(value > "\u0250" for _, value in twin):
        return field
    own: Subfields = tuple([(code, value) for code, value in field.subfields if not _is_pinyin(code)])
    return field.saying(own, twin)


def _is_pinyin(code: str) -> bool:
    return code == "9" or ("A" <= code <= "Z")


def _paired(fields: list[MarcField]) -> list[MarcField]:
    """The fields, those in another script as twins of the first of their tag and number."""
    places: dict[tuple[str, str], int] = {}
    found: list[MarcField] = []
    for field in fields:
        number = _number(field)
        if not number:
            found.append(field)
        elif (place := places.get((field.tag, number))) is None:
            places[field.tag, number] = len(found)
            found.append(field)
        elif found[place].twin:
            found.append(field)
        else:
            found[place] = found[place].saying(found[place].subfields, field.subfields)
    return found


def _number(field: MarcField) -> str:
    """The number by which fields in several scripts belong together; empty without."""
    linked = next((value for code, value in field.subfields if code == "6"), "")
    return linked[1:3] if linked[:1] == "a" else ""
