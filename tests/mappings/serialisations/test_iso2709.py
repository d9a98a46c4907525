"""MARC 21 as ISO 2709: what its four and five digits of length can say, and what is told apart."""

from __future__ import annotations

import pymarc
import pytest

from mappings.schema.record import Description
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.cover import FormatUnavailable
from mappings.serialisations.iso2709 import write
from tests import factories
from tests.mappings.serialisations.judging import full_record


def noted(*texts: str) -> UnifiedRecord:
    return factories.unified_record(full_record(descriptions=tuple(Description(value=text) for text in texts)))


def read(unified: UnifiedRecord) -> pymarc.Record:
    (record,) = pymarc.MARCReader(write(unified), to_unicode=True, permissive=False)
    assert record is not None
    return record


@pytest.mark.parametrize("word", ["letter", "书信"])
def test_a_note_longer_than_a_field_stands_in_several_and_loses_no_word(word: str) -> None:
    text = " ".join(f"{word}{number}" for number in range(4_000))
    notes = [field["a"] for field in read(noted(text)).get_fields("500")]
    assert len(notes) > 1
    assert " ".join(notes) == text


def test_a_word_longer_than_a_field_is_cut_between_characters() -> None:
    assert "".join(field["a"] for field in read(noted("书" * 9_000)).get_fields("500")) == "书" * 9_000


def test_a_record_longer_than_five_digits_can_say_is_told_apart() -> None:
    with pytest.raises(FormatUnavailable):
        write(noted(*(f"{number} " + "x" * 9_000 for number in range(12))))
