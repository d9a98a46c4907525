"""Pages as they come: any bytes give a page or a named refusal, and what can be read is not lost."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import MalformedPage
from harvester.oaipmh.page import Page, parse_page
from mappings.errors import DocumentRefused
from mappings.formats.xml import read_xml
from tests.peers.courteous.repository import HEAD, items

RECORD = items(2)[0].xml()
#: a page that took minutes where each part of it was read to the end; seconds are room enough
MOST_SECONDS = 5.0


def read(content: str) -> Page:
    return parse_page(
        f"{HEAD}<ListRecords>{content}</ListRecords></OAI-PMH>".encode(), feed="k", metadata_prefix="oai_dc"
    )


def test_a_record_keeps_the_digest_of_its_bytes() -> None:
    page = read(RECORD + '<resumptionToken completeListSize="7">a&amp;b</resumptionToken>')
    assert [record.payload_sha256 for record in page.records] == [hashlib.sha256(RECORD.encode()).hexdigest()]
    assert (page.token, page.claim) == ("a&b", 7)
    assert page.records[0].quality == "strict"


def test_only_the_touched_record_is_cleaned() -> None:
    page = read(RECORD + items(2)[1].xml().replace("Title", "A & B\x0b"))
    assert [record.quality for record in page.records] == ["strict", "cleaned"]


def test_crossed_tags_cost_one_record_at_most() -> None:
    page = read(
        RECORD.replace("</dc:title>", "</dc:wrong>") + items(3)[1].xml() + "<resumptionToken>t</resumptionToken>"
    )
    assert page.size == 2
    assert [record.identifier for record in page.records if record.quality == "cleaned"] == []
    assert page.token == "t"


@pytest.mark.parametrize("token", ['<resumptionToken completeListSize="' + "9" * 5000 + '">t</resumptionToken>'])
def test_a_senseless_claim_is_none(token: str) -> None:
    assert (read(RECORD + token).token, read(RECORD + token).claim) == ("t", None)


def test_a_token_with_a_bare_ampersand_is_read() -> None:
    assert read(RECORD + "<resumptionToken>a&b</resumptionToken>").token == "a&b"


def test_the_last_record_if_never_closed_is_recovered() -> None:
    first, last = (item.xml() for item in items(3)[:2])
    page = read(first + last.replace("</record>", "") + "<resumptionToken>t</resumptionToken>")
    assert [record.quality for record in page.records] == ["strict", "recovered"]
    assert (page.records[1].identifier, page.token) == (items(3)[1].identifier, "t")


def test_a_recovered_record_is_kept_as_it_was_recovered() -> None:
    (record,) = read(items(1)[0].xml().replace("Title 1", "<b>Title 1")).records
    assert record.quality == "recovered"
    assert "<b>Title 1</b>" in record.payload
    assert read_xml(record.payload) is not None


@pytest.mark.parametrize(
    "content",
    [
        f"<resumptionToken>t</resumptionToken>{RECORD}{RECORD}",
        f"{RECORD}<resumptionToken>t</resumptionToken>{RECORD}",
        f"<resumptionToken/>{RECORD}<resumptionToken>t</resumptionToken>",
        f"<resumptionToken>t</resumptionToken>{RECORD}<resumptionToken/>",
        f"{RECORD}<!-- <resumptionToken/> --><resumptionToken>t</resumptionToken>",
        f"{RECORD}<resumptionToken>t</resumptionToken><!-- <resumptionToken>u</resumptionToken> -->",
        f"{RECORD}<resumptionToken><![CDATA[t]]></resumptionToken>",
    ],
)
def test_the_token_is_read_wherever_it_stands_outside_of_records(content: str) -> None:
    assert read(content).token == "t"


def test_a_token_in_a_record_is_part_of_the_record() -> None:
    inside = RECORD.replace("<dc:title>", "<resumptionToken>u</resumptionToken><dc:title>")
    assert read(inside).token is None


def test_tokens_that_are_never_closed_are_read_past_at_once() -> None:
    begun = time.process_time()
    read(RECORD + "<resumptionToken>" * 100_000)
    assert time.process_time() - begun < MOST_SECONDS


def test_a_record_nested_too_deep_is_set_aside_whole() -> None:
    deep = "<x>" * 400 + "t" + "</x>" * 400
    for text in (deep, "<a>" + deep):
        page = read(RECORD.replace("<dc:title>", f"<dc:title>{text}") + items(2)[1].xml())
        assert [each.reason for each in page.quarantined] == ["too_deep"]
        assert [record.identifier for record in page.records] == [items(2)[1].identifier]


def test_a_doctype_with_a_subset_is_refused_unread() -> None:
    with pytest.raises(DocumentRefused):
        parse_page(f'<!DOCTYPE x [<!ENTITY a "b">]>{HEAD[39:]}</OAI-PMH>'.encode(), feed="k", metadata_prefix="oai_dc")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"{HEAD}{text}</OAI-PMH>".encode()))
def test_any_bytes_give_a_page_or_a_named_refusal(body: bytes) -> None:
    with suppress(MalformedPage, DocumentRefused):
        assert isinstance(parse_page(body, feed="k", metadata_prefix="oai_dc"), Page)


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "gb18030"])
def test_the_digest_is_of_the_bytes_also_where_they_cannot_be_decoded(charset: str) -> None:
    record = RECORD.replace("Title", "河渠圖說 " * 20).encode("gb18030" if charset == "gb18030" else "utf-8")
    spoilt = record.replace(b"</dc:title>", b" \xff</dc:title>")
    body = HEAD.encode() + b"<ListRecords>" + spoilt + b"</ListRecords></OAI-PMH>"
    page = parse_page(body, feed="k", metadata_prefix="oai_dc", http_charset=charset)
    assert page.records[0].payload_sha256 == hashlib.sha256(spoilt).hexdigest()


HIDING = {
    "a comment": "<!-- <record><header/></record> -->",
    "CDATA": "<![CDATA[</record><record>]]>",
    "another record": '<record xmlns="urn:other"><header/></record>',
    "a prefixed record": '<m:record xmlns:m="urn:other"/>',
    "words": "of record /record &lt;record> see:record record/1",
}


@pytest.mark.parametrize("inside", HIDING.values(), ids=HIDING)
@pytest.mark.parametrize("prefix", ["", "oai:"])
def test_what_looks_like_a_record_inside_one_belongs_to_it(inside: str, prefix: str) -> None:
    record = RECORD.replace("<dc:title>", f"<dc:title>{inside}")
    for name in ("record", "header", "metadata", "identifier", "datestamp"):
        record = record.replace(f"<{name}>", f"<{prefix}{name}>").replace(f"</{name}>", f"</{prefix}{name}>")
    head = HEAD.replace("xmlns=", "xmlns:oai='http://www.openarchives.org/OAI/2.0/' xmlns=", 1)
    body = f"{head}<ListRecords>{record}{record}</ListRecords></OAI-PMH>".encode()
    page = parse_page(body, feed="k", metadata_prefix="oai_dc")
    assert [read.payload_sha256 for read in page.records] == [hashlib.sha256(record.encode()).hexdigest()] * 2


@pytest.mark.parametrize("count", [200, 201])
def test_an_element_may_have_200_attributes(count: int) -> None:
    attributes = " ".join(f'a{number}="1"' for number in range(count))
    page = read(RECORD.replace("<metadata>", f"<metadata {attributes}>") + "<x y='1'/>" * 300)
    assert [len(page.records), len(page.quarantined)] == ([1, 0] if count == 200 else [0, 1])


CROSSED = RECORD.replace("</dc:title>", "</dc:wrong>")


def read_as(prefix: str, *records: str) -> Page:
    body = f"{HEAD}<ListRecords>{''.join(records)}</ListRecords></OAI-PMH>".encode()
    return parse_page(body, feed="k", metadata_prefix=prefix)


def long_record(inside: str, root: str = "x") -> str:
    found = items(2)[1].xml()
    start, end = found.index("<metadata>"), found.index("</metadata>")
    return f"{found[:start]}<metadata><!-- as sent --><{root}>{inside}</{root}>{found[end:]}"


LONG = {"5 MB": "<b>Title</b>" + "text " * 1_000_000, "30,000 elements": "<b>Title</b>" * 30_000}


@pytest.mark.parametrize("inside", LONG.values(), ids=LONG)
@pytest.mark.parametrize("beside", [RECORD, CROSSED], ids=["beside a sound one", "beside crossed tags"])
@pytest.mark.parametrize(("prefix", "root"), [("ead", "x"), ("own", "mets")])
def test_a_finding_aid_is_as_long_as_its_format_may_be_whatever_stands_beside_it(
    prefix: str, root: str, beside: str, inside: str
) -> None:
    long = long_record(inside, root)
    page = read_as(prefix, beside, long)
    assert not page.quarantined
    assert [(each.quality, each.payload == long) for each in page.records[1:]] == [("strict", True)]


@pytest.mark.parametrize("inside", LONG.values(), ids=LONG)
@pytest.mark.parametrize("beside", [RECORD, CROSSED], ids=["beside a sound one", "beside crossed tags"])
def test_a_record_of_a_library_beyond_its_bounds_is_set_aside_whatever_stands_beside_it(
    beside: str, inside: str
) -> None:
    page = read_as("oai_dc", beside, long_record(inside))
    assert [(each.identifier, each.reason) for each in page.quarantined] == [(items(2)[1].identifier, "too_large")]
    assert len(page.records) == 1


@pytest.mark.parametrize(("more", "is_long"), [(0, False), (1, True)])
def test_a_record_of_as_many_elements_as_are_read_is_read(more: int, is_long: bool) -> None:
    own = RECORD.count("<") - RECORD.count("</")
    full = RECORD.replace("<dc:title>", "<dc:title>" + "<b/>" * (20_000 - own + more))
    for beside in (RECORD, CROSSED):
        assert bool(read_as("oai_dc", beside, full).quarantined) is is_long


@pytest.mark.parametrize("head", [HEAD, HEAD.replace("xmlns=", 'xmlns:p="urn:a%20b&amp;c" xmlns=', 1)])
def test_a_long_page_reads_as_its_parts_do(head: str) -> None:
    records = [item.xml() for item in items(21)]
    records[3] = records[3].replace("<dc:title>", "<dc:title>A & B ")
    filler = f"<dc:description>{'text ' * 100_000}</dc:description></oai_dc:dc>"
    records = [record.replace("</oai_dc:dc>", filler) for record in records]

    def parts(content: str) -> Page:
        end = '<resumptionToken completeListSize="21">t</resumptionToken></ListRecords></OAI-PMH>'
        return parse_page(f"{head}<ListRecords>{content}{end}".encode(), feed="k", metadata_prefix="oai_dc")

    whole, alone = parts("".join(records)), [parts(record) for record in records]
    single = [msgspec.structs.replace(each.records[0], ordinal=number) for number, each in enumerate(alone)]
    assert whole.records == tuple(single)
    assert whole.content_sha256 == tuple(each.content_sha256[0] for each in alone)
    assert (whole.token, whole.claim, whole.verb) == ("t", 21, "ListRecords")
    assert whole.response_date == alone[0].response_date


@pytest.mark.parametrize(
    ("charset", "title"),
    [("cp1252", "Grüße".encode("cp1252")), ("utf-8", b"\xff\xfe"), ("gb18030", "档案".encode("gb18030"))],
)
def test_a_record_is_set_aside_in_the_bytes_that_were_sent(charset: str, title: bytes) -> None:
    nested = b"<x>" * 400 + b"</x>" * 400
    sent = RECORD.encode().replace(b"<dc:title>", b"<dc:title>" + title + nested)
    body = HEAD.replace("UTF-8", charset).encode() + b"<ListRecords>" + sent + b"</ListRecords></OAI-PMH>"
    page = parse_page(body, feed="k", metadata_prefix="oai_dc", http_charset=charset)
    assert [(each.reason, each.body) for each in page.quarantined] == [("too_deep", sent)]


@pytest.mark.parametrize(
    ("before", "is_cut"),
    [
        ("<!DOCTYPE OAI-PMH>", True),
        ('<!-- a -- b --><?pi x?>\n<!doctype OAI-PMH SYSTEM "http://a.example/oai.dtd">', True),
        ("<!-- <!DOCTYPE OAI-PMH> -->", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("beside", ["", CROSSED])
def test_a_doctype_that_is_cut_is_told_of_each_record(before: str, is_cut: bool, beside: str) -> None:
    declaration, rest = HEAD.split("?>", 1)
    body = f"{declaration}?>{before}{rest}<ListRecords>{RECORD}{beside}</ListRecords></OAI-PMH>".encode()
    page, plain = parse_page(body, feed="k", metadata_prefix="oai_dc"), read(RECORD + beside)
    assert page.content_sha256 == plain.content_sha256
    told = [[each.code for each in record.repairs] for record in page.records]
    assert told == [[*["doctype_cut"] * is_cut, *(each.code for each in record.repairs)] for record in plain.records]
