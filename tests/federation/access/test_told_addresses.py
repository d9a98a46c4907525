"""The address of content that is not open is told nowhere: not as a page, nor in another field."""

from __future__ import annotations

import pytest

from federation.access.told_addresses import tells, untold
from mappings.schema.access import Access, Line, Status
from mappings.schema.identifiers import Identifier
from mappings.schema.record import CatalogueRecord, Digital, DigitalRole
from tests.factories import catalogue_record

URL = "https://archive.example/1.pdf"


def led(status: Status, role: DigitalRole, *, line: Line = "full", named: bool = False) -> CatalogueRecord:
    """A record that leads to one address."""
    named_by = (Identifier(scheme="url", value=URL),) if named else ()
    access = Access(status=status, line=line)
    return catalogue_record(access=access, digital=(Digital(url=URL, role=role),), identifiers=named_by)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (led("closed", "file"), led("closed", "landing"), True),
        (led("restricted", "manifest"), led("restricted", "thumbnail"), True),
        (led("closed", "file"), led("closed", "file", named=True), True),
        (led("closed", "file", line="reduced"), led("closed", "landing", line="reduced"), False),
        (led("closed", "file", named=True), led("closed", "landing"), False),
        (led("closed", "file"), led("closed", "manifest"), False),
        (led("open", "file"), led("open", "landing"), False),
        (led("closed", "landing"), led("closed", "thumbnail"), False),
    ],
)
def test_what_was_untold_and_would_be_told(before: CatalogueRecord, after: CatalogueRecord, told: bool) -> None:
    assert tells(after, untold([before])) is told
