"""Documents of unified records."""

from __future__ import annotations

from index.display import unpack
from index.document import document_of
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
