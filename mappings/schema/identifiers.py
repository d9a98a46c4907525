"""Identifiers of material: scheme, value as written, one normal form, and whether it passes its check.

`normalise` trusts the scheme that a rule names; `recognise` finds it in the value's own shape and says nothing where a
shape is not enough: `1914-1918` passes for a date before it passes for an ISSN.
"""

from __future__ import annotations

import msgspec

from mappings.schema.normal_forms import NORMAL_FORMS, normal_form, scheme_by_shape, without_label


class Identifier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An identifier that a record states."""

    #: oai, ark, doi, handle, urn, isbn, issn, lccn, oclc, document_number, unified_book_number, url, local …
    scheme: str
    value: str
    #: one spelling per thing (an ISBN as 13 digits); None where the value fails its check
    normalised: str | None = None
    valid: bool = True


#: the schemes whose values are checked; any other is kept as written
SCHEMES: tuple[str, ...] = (*NORMAL_FORMS, "local")


def normalise(scheme: str, value: str) -> Identifier:
    """`value` as an identifier of `scheme`, with its one normal form, or not valid where it fails its check."""
    written = value.strip()
    normal = normal_form(scheme, written)
    return Identifier(scheme=scheme, value=written, normalised=normal, valid=normal is not None)


def recognise(value: str) -> Identifier | None:
    """The identifier that `value` is by its own shape; None where the shape alone does not say."""
    written = value.strip()
    scheme = scheme_by_shape(written)
    if not scheme:
        return None
    found = normalise(scheme, without_label(written))
    # a bare number that fails its check is no faulty ISBN, it is some other number
    return None if not found.valid and written[:1].isdecimal() else found
