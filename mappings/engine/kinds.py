"""Words that faults of rules share: the kinds of values, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable

from mappings.said import Said, said

#: a transform's output or a type of the common record -> what people call it
KINDS = {
    "text": said("text"),
    "str": said("text"),
    "number": said("a number"),
    "float": said("a number"),
    "int": said("a whole number"),
    "bool": said("true or false"),
    "Access": said("access (Access)"),
    "AccessStatement": said("a statement of access (AccessStatement)"),
    "Agent": said("a person or body (Agent)"),
    "AgentIdentifier": said("an identifier of a person or body (AgentIdentifier)"),
    "CatalogueRecord": said("a record (CatalogueRecord)"),
    "Container": said("a container (Container)"),
    "Description": said("a description (Description)"),
    "Digital": said("a digital object (Digital)"),
    "Extent": said("an extent (Extent)"),
    "Extra": said("a further value (Extra)"),
    "HistoricalDate": said("a date (HistoricalDate)"),
    "Holding": said("a holding (Holding)"),
    "Identifier": said("an identifier (Identifier)"),
    "Institution": said("an institution (Institution)"),
    "Label": said("a label (Label)"),
    "Language": said("a language (Language)"),
    "OtherTitle": said("another title (OtherTitle)"),
    "Part": said("a part (Part)"),
    "Place": said("a place (Place)"),
    "Point": said("a point (Point)"),
    "ReferenceParts": said("the parts of a reference code (ReferenceParts)"),
    "Relation": said("a relation (Relation)"),
    "Rights": said("rights (Rights)"),
    "Secrecy": said("secrecy (Secrecy)"),
    "Subject": said("a subject (Subject)"),
    "Text": said("a text with its language (Text)"),
    "Title": said("a title (Title)"),
    "Variant": said("another form (Variant)"),
}


def kind(name: str) -> str | Said:
    """What people call a kind of value; its own name where they have no other."""
    return KINDS.get(name, name)


def about(name: str, why: Said) -> Said:
    """What is wrong with the thing of this name."""
    return said("%(name)s: %(why)s", name=name, why=why)


def unstated(name: str, table: object) -> Said:
    """An argument names a table that the crosswalk does not."""
    return said("%(name)s names the table %(table)s, which the crosswalk does not state", name=name, table=str(table))


def shown(text: str) -> str | Said:
    """What is typed, or that nothing is."""
    return text or said("nothing")


def without(of: str, name: str, known: Iterable[str]) -> Said:
    """A kind of value has no member of this name; it has others."""
    names = ", ".join(sorted(known))
    return said("%(kind)s has no %(name)s; it has %(names)s", kind=kind(of), name=shown(name), names=names)


def write(text: str) -> Said:
    """What to write instead."""
    return said("write %(text)s", text=text)
