"""Records are found in a file's bytes, also among such as are never closed, in a fixed number of readings."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.files.xml_spans import MOST_UNCLOSED, Scan, Span, spans

ROOTS = frozenset({"lido"})
#: how often a file is read at most, whatever is broken in it
READINGS = 5


def found(data: bytes, place: int = 0) -> list[Span]:
    return list(spans(Scan(data, len(data)), ROOTS, place))


def told(data: bytes) -> list[str]:
    """Each span as it stands in the file; what is not closed begins with an exclamation mark."""
    return [("" if is_closed else "!") + data[start:end].decode() for start, end, is_closed in found(data)]


def test_a_record_that_is_never_closed_reaches_up_to_the_next() -> None:
    data = b"<all><record>1</record><record>2<record>3</record><lido>4</lido></all>"
    assert told(data) == ["<record>1</record>", "!<record>2", "<record>3</record>", "<lido>4</lido>"]


def test_what_stands_in_a_closed_record_of_another_name_leaves_nothing_open() -> None:
    data = b"<record>1 <lido>2<record></lido> <lido>3<record></lido> <record>4</record> <lido/>"
    assert told(data) == [
        "!<record>1 <lido>2", "!<record></lido> <lido>3", "!<record></lido> ", "<record>4</record>", "<lido/>",
    ]  # fmt: skip


def test_prefixes_keep_records_apart() -> None:
    data = b"<a:record>1<b:record>2</b:record></b:record><a:record>3</a:record>"
    assert told(data) == ["!<a:record>1<b:record>2</b:record></b:record>", "<a:record>3</a:record>"]


def test_behind_too_many_the_rest_is_one_span() -> None:
    data = b"<record>" * (MOST_UNCLOSED + 20) + b"<lido>1</lido>"
    last = found(data)[-1]
    assert (len(found(data)), last) == (MOST_UNCLOSED + 1, (MOST_UNCLOSED * len(b"<record>"), len(data), False))


@pytest.mark.parametrize("broken", [1, 10, MOST_UNCLOSED - 1, 10 * MOST_UNCLOSED])
@pytest.mark.parametrize("names", [1, 5, 1_000])
def test_however_many_are_never_closed_a_file_is_read_as_often(broken: int, names: int) -> None:
    whole = b"<lido>" + b"x" * 200 + b"</lido>"
    parts = [b"<n%d:record>%s" % (number % names, whole) for number in range(broken)]
    data = b"<all>" + b"".join(parts) + 2_000 * whole + b"</all>"
    scan = Scan(data, len(data))
    assert any(not is_closed for _, _, is_closed in spans(scan, ROOTS, 0))
    assert scan.read_bytes <= READINGS * len(data)


def test_a_whole_file_is_read_once() -> None:
    data = b"<all>" + 1_000 * b"<record><record/></record> <lido>x</lido>" + b"</all>"
    scan = Scan(data, len(data))
    assert len(list(spans(scan, ROOTS, 0))) == 2_000
    assert scan.read_bytes == len(data)


# --- against the plain way --------------------------------------------------------------------------------------------

_TAG = re.compile(rb"<(/?)((?:[a-z]:)?(?:record|lido))(/?)>")


def plainly(data: bytes) -> list[Span]:
    """The same, each record by itself read as far as its end, or that of the file."""
    tags, place, known = list(_TAG.finditer(data)), 0, list[Span]()
    while (first := next((tag for tag in tags if tag.start() >= place and not tag[1]), None)) is not None:
        behind = [tag for tag in tags if tag.start() >= first.end() and tag[2] == first[2]]
        end, inside = (first.end(), 0) if first[3] else _plain_end(behind)
        known.append((first.start(), end or inside or len(data), bool(end)))
        if not (place := end or inside):
            break
    return known


def _plain_end(behind: Sequence[re.Match[bytes]]) -> tuple[int, int]:
    depth, inside = 1, 0
    for tag in behind:
        depth += -1 if tag[1] else not tag[3]
        inside = inside or (0 if tag[1] or tag[3] else tag.start())
        if not depth:
            return tag.end(), inside
    return 0, inside


_PIECES = ("<record>", "</record>", "<lido>", "</lido>", "<a:record>", "</a:record>", "<record/>", "<lido/>", "x")


@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_any_tags_come_to_what_the_plain_way_finds(pieces: list[str]) -> None:
    data = "".join(pieces).encode()
    assert found(data) == plainly(data)
