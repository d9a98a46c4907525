"""Documents of unified records."""

from __future__ import annotations

from index.display import unpack
from index.document import document_of
from mappings.schema.agents import Agent
from mappings.schema.record import Subject
from mappings.schema.text import Text
from tests import factories


def test_a_lone_record_is_one_document_of_both_views() -> None:
    (document,) = document_of(factories.unified_record())
    assert document.lookups["shown_as"] == ("merged", "members")
    assert document.columns["title"][0] == "⊢ parish register ⊢"
    assert unpack(document.display).title == "Parish register"


def test_several_members_have_a_document_each_beside_the_merged_one() -> None:
    other = factories.catalogue_record(native_id="oai:other:2")
    members = (factories.member(), factories.member(other, institution="other"))
    documents = document_of(factories.unified_record(members=members))
    assert [each.lookups["shown_as"] for each in documents] == [("merged",), ("members",), ("members",)]
    assert len({each.doc_id for each in documents}) == 3


def test_who_published_is_no_creator_and_a_class_number_no_subject() -> None:
    agents = tuple(
        Agent(name=Text(value=name), roles=roles)
        for name, roles in {"Knopf": ("pbl",), "Merwin": ("aut",), "Liveright": ("aut", "pbl")}.items()
    )
    subjects = (
        Subject(label=Text(value="Silk")),
        Subject(label=Text(value="813/.3"), notation="813/.3", kind="classification", scheme="ddc"),
    )
    record = factories.catalogue_record(agents=agents, subjects=subjects)
    (document,) = document_of(factories.unified_record(record))
    assert [each.label for each in document.facets["creator"]] == ["Merwin", "Liveright"]
    assert [each.label for each in document.facets["subject"]] == ["Silk"]
    assert unpack(document.display).creators == ("Merwin", "Liveright")
    assert {"knopf", "813"} <= set(" ".join(" ".join(column) for column in document.columns.values()).split())


def test_who_has_several_parts_in_a_thing_is_named_once() -> None:
    agents = tuple(Agent(name=Text(value="Orandi, Shahram"), roles=roles) for roles in (("aut",), ("edt",)))
    record = factories.catalogue_record(agents=agents)
    (document,) = document_of(factories.unified_record(record))
    assert unpack(document.display).creators == ("Orandi, Shahram",)
