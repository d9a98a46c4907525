"""Each transform: what it makes of values, and what becomes of a value that it cannot take."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.catalogue import REGISTRY
from mappings.engine.chain import compile_chain
from mappings.engine.library import check_text
from mappings.engine.rules import Call
from mappings.engine.run_chain import run_chain
from mappings.engine.tables import Tables, shipped
from mappings.engine.transforms import Arguments, Function, TransformTaken, transform
from mappings.engine.values import Item
from mappings.engine.yaml_nodes import Plain

TABLES = Tables({"types": shipped("dcmi_types@1"), "phrases": shipped("access_phrases@1"), "l": shipped("marc_levels")})


def run(
    name: str, *texts: str, given: Plain | tuple[Plain, ...] = None, **named: Plain
) -> tuple[list[object], list[str]]:
    """Values and issue codes of one transform over texts; texts come back as `str`."""
    arguments: dict[str, Plain | tuple[Plain, ...]] = dict(named)
    if given is not None:
        arguments[""] = given
    chain, faults = compile_chain([Call(name=name, arguments=arguments)], TABLES)
    assert not faults, faults
    ran = run_chain(chain, [Item(text=text) for text in texts])
    values = [value.text if isinstance(value, Item) else value for value in ran.values]
    return values, [note.code for note in ran.notes]


def values(name: str, *texts: str, given: Plain | tuple[Plain, ...] = None, **named: Plain) -> list[object]:
    return run(name, *texts, given=given, **named)[0]


def built(name: str, text: str, **named: Plain) -> object:
    (value,) = values(name, text, **named)
    return msgspec.to_builtins(value)


@pytest.mark.parametrize(
    ("name", "given", "text", "expected"),
    [
        ("squeeze", None, " a \n\tb\u3000c ", ["a b c"]),
        ("strip", "[]", "[a]", ["a"]),
        ("strip", None, " a ", ["a"]),
        ("strip_start", "0", "007", ["7"]),
        ("strip_end", " /:;", "Title :", ["Title"]),
        ("strip_end", "x", "xxx", []),
        ("isbd", None, "Letters /", ["Letters"]),
        ("isbd", None, "不動產 登記法 ／", ["不動產 登記法"]),
        ("isbd", None, "New York :", ["New York"]),
        ("isbd", None, "History of the town.", ["History of the town"]),
        ("isbd", None, "Achenbach, Paul R.", ["Achenbach, Paul R."]),
        ("isbd", None, "Smith & Co.", ["Smith & Co."]),
        ("isbd", None, "And then ...", ["And then ..."]),
        ("isbd", None, "呐喊.", ["呐喊"]),
        ("extract", r"\d+", "box 12", ["12"]),
        ("extract", r"\d+", "box", []),
        ("case", "lower", "AbC", ["abc"]),
        ("case", "upper", "abc", ["ABC"]),
        ("case", "title", "ab cd", ["Ab Cd"]),
        ("case", "first", "ab Cd", ["Ab Cd"]),
        ("unicode", "NFKC", "ﬁ", ["fi"]),
        ("unescape", None, "R &amp;amp; D", ["R &amp; D"]),
        ("html_text", None, "<p>a <b>b</b> &amp; c</p><script>x</script>", ["a b & c"]),
        ("html_text", None, "3 < 4", ["3 < 4"]),
        ("split", ";", "a; b;;c", ["a", "b", "c"]),
        ("split", ("; ", "；"), "a; b；c", ["a", "b", "c"]),
        ("split_names", None, "Ada; Bob|Cy", ["Ada", "Bob", "Cy"]),
        ("split_names", "chinese", "鲁迅、茅盾；巴金", ["鲁迅", "茅盾", "巴金"]),
        ("lines", None, "a\n\nb", ["a", "b"]),
        ("drop", ("unknown", "n/a"), "Unknown", []),
        ("drop", ("unknown",), "known", ["known"]),
        ("lookup", "types", "Still Image", ["StillImage"]),
        ("script", None, "鲁迅", ["Hani"]),
        ("script", None, "12 Лев", ["Cyrl"]),
        ("script", None, "12", []),
        ("level", None, "Series", ["series"]),
        ("level", "l", "c", ["collection"]),
        ("level", None, "shelf", []),
        ("relator", None, "translator.", ["trl"]),
        ("relator", None, "http://id.loc.gov/vocabulary/relators/ill", ["ill"]),
        ("relator", None, "编", ["edt"]),
        ("relator", None, "juggler", []),
        ("rights_uri", None, "https://rightsstatements.org/page/InC/1.0/?language=en", ["http://rightsstatements.org/vocab/InC/1.0/"]),
        ("rights_uri", None, "See (http://creativecommons.org/licenses/by/4.0/).", ["http://creativecommons.org/licenses/by/4.0/"]),
        ("rights_uri", None, "All rights reserved", []),
        ("url", None, "https://x.test/a?b=1", ["https://x.test/a?b=1"]),
        ("url", None, "javascript:alert(1)", []),
        ("url", None, "http://x.test/a b", []),
        ("url", None, "ftp://x.test/", []),
        ("url", None, "https://", []),
        ("personal_name", None, "Espina, Concha, 1869-1955.", ["Espina, Concha"]),
        ("span", None, "1869-1955", ["1869/1955"]),
        ("span", None, "1950-", ["1950/.."]),
        ("span", None, "b. 1920", ["1920/"]),
        ("span", None, "ca. 1500-1570", ["1500~/1570"]),
        ("span", None, "no years", []),
        ("number", None, "12,5 m", [12.5]),
        ("number", "cm", "12 m", []),
        ("chinese_number", None, "一百二十三", [123]),
        ("chinese_number", None, "二〇〇五", [2005]),
        ("chinese_number", None, "三万零五十", [30050]),
        ("chinese_number", None, "多少", []),
    ],
)  # fmt: skip
def test_one_value(name: str, given: Plain | tuple[Plain, ...], text: str, expected: list[object]) -> None:
    assert values(name, text, given=given) == expected


def test_replace_wrap_and_slice_take_named_arguments() -> None:
    assert values("replace", "a-b", pattern="(a)-(b)", **{"with": r"\2-\1"}) == ["b-a"]
    assert values("wrap", "x", before="(", after=")") == ["(x)"]
    assert values("slice", "abcdef", start=1, length=3) == ["bcd"]
    assert values("personal_name", "Ada Byron Lovelace", order="given_first") == ["Lovelace, Ada Byron"]


def test_transforms_of_the_whole_stream() -> None:
    assert values("join", "a", "b", given="--") == ["a--b"]
    assert values("unique", "Café", "cafe", "tea") == ["Café", "tea"]
    assert values("unique", "Café", "cafe", by="exact") == ["Café", "cafe"]
    assert values("first", "a", "b", "c", given=2) == ["a", "b"]


def test_a_lookup_says_what_it_missed() -> None:
    assert run("lookup", "zzz", given="types") == ([], ["lookup_missed"])
    assert run("lookup", "zzz", table="types", miss="none") == ([], [])
    assert run("lookup", "zzz", table="types", **{"else": "text"}) == (["zzz"], ["lookup_missed"])


def test_languages_become_iso_639_3_and_no_language_is_left_out() -> None:
    assert [getattr(value, "lang", "") for value in values("language", "eng", "en_US", "German", "汉语", "zxx")] == [
        "eng", "eng", "deu", "zho",
    ]  # fmt: skip
    assert run("language", "Klingonese")[1] == ["language_unread"]
    assert run("language", "und") == ([], [])


def test_dates_keep_their_text_when_they_cannot_be_read() -> None:
    assert built("edtf", "1921", kind="issued") == {
        "text": "1921", "edtf": "1921", "start": "1921-01-01", "end": "1921-12-31", "kind": "issued",
    }  # fmt: skip
    assert built("edtf", "n.d.") == {"text": "n.d.", "flags": ("undated",)}
    assert run("edtf", "when the cows came home")[1] == ["date_unread"]
    assert built("edtf", "when the cows came home") == {"text": "when the cows came home", "flags": ("unread",)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s1970", [("1970", "issued")]),
        ("t19981997", [("1998", "issued"), ("1997", "copyright")]),
        ("r20011890", [("2001", "issued"), ("1890", "created")]),
        ("m18671945", [("1867/1945", "issued")]),
        ("c19809999", [("1980/..", "issued")]),
        ("i18671945", [("1867/1945", "created")]),
        ("q19201930", [("[1920..1930]", "issued")]),
        ("e20040512", [("2004-05-12", "issued")]),
        ("s19uu", [("19XX", "issued")]),
        ("nuuuuuuuu", []),
        ("|||||||||", []),
        ("b", []),
    ],
)
def test_coded_dates_of_marc(text: str, expected: list[tuple[str, str]]) -> None:
    found = values("marc_dates", text)
    assert [(getattr(date, "edtf", ""), getattr(date, "kind", "")) for date in found] == expected


@pytest.mark.parametrize(
    ("text", "name", "dates", "roles", "kind"),
    [
        ("Espina, Concha, 1869-1955", "Espina, Concha", "1869/1955", ("cre",), "person"),
        ("Brien, John Smith (1807-1876)", "Brien, John Smith", "1807/1876", ("cre",), "person"),
        ("Doe, Jane (editor)", "Doe, Jane", None, ("edt",), None),
        ("Brady Studio (Washington, D.C.)", "Brady Studio (Washington, D.C.)", None, ("cre",), None),
        ("Committee of 1945", "Committee of 1945", None, ("cre",), None),
        ("鲁迅", "鲁迅", None, ("cre",), None),
    ],
)
def test_agents(text: str, name: str, dates: str | None, roles: tuple[str, ...], kind: str | None) -> None:
    (agent,) = values("agent", text, role="cre")
    assert msgspec.structs.asdict(agent) == {  # type: ignore[arg-type]
        "name": msgspec.convert({"value": name}, type(agent.name)),  # type: ignore[attr-defined]
        "kind": kind, "roles": roles, "dates": dates, "ids": (), "variants": (),
    }  # fmt: skip


def test_extents_points_identifiers_and_institutions() -> None:
    assert built("extent", "3 v. (bound)") == {"text": "3 v. (bound)", "number": 3.0, "unit": "v."}
    assert built("extent", "a box") == {"text": "a box"}
    assert built("extent", "12 boxes and a map")["unit"] == "boxes"  # type: ignore[index]
    assert built("extent", "4 x 6 in.") == {"text": "4 x 6 in."}
    assert built("extent", "25,000 prints")["number"] == 25_000.0  # type: ignore[index]
    assert built("extent", ".2 linear feet")["number"] == 0.2  # type: ignore[index]
    assert built("extent", "2,5 m")["number"] == 2.5  # type: ignore[index]
    assert built("extent", "82 p. front., port.")["unit"] == "p."  # type: ignore[index]
    assert built("extent", "5 cu. ft.")["unit"] == "cu. ft"  # type: ignore[index]
    assert built("container", "Box 3a") == {"type": "Box", "number": "3a"}
    assert run("container", "Box 3, Folder 4") == ([], [])
    assert built("point", "35.96, -83.92") == {"lat": 35.96, "lon": -83.92}
    assert run("point", "135, 200") == ([], ["point_unread"])
    assert built("identifier", "doi:10.1000/ABC")["scheme"] == "doi"  # type: ignore[index]
    assert built("identifier", "A-17")["scheme"] == "local"  # type: ignore[index]
    assert run("identifier", "12", scheme="isbn")[1] == ["identifier_invalid"]
    assert built("institution", "DE-12") == {"name": "DE-12", "isil": "DE-12"}
    assert built("institution", "Town library") == {"name": "Town library"}


def test_the_twin_goes_through_the_same_transforms() -> None:
    chain, _ = compile_chain(
        [Call(name="squeeze"), Call(name="isbd"), Call(name="split", arguments={"": " = "})], TABLES
    )
    ran = run_chain(chain, [Item(text="Na han  = Call /", twin="呐喊 = 喚 /")])
    assert [(item.text, item.twin) for item in ran.values] == [("Na han", "呐喊"), ("Call", "喚")]


def test_every_transform_is_documented_and_tells_its_types() -> None:
    assert len(REGISTRY) >= 35
    for known in REGISTRY.values():
        assert known.summary, known.name
        assert known.gives


@given(st.sampled_from(sorted(REGISTRY)), st.text(max_size=60))
def test_no_transform_raises_on_any_text(name: str, text: str) -> None:
    needed: dict[str, Plain] = {"table": "types" if name == "lookup" else "phrases", "pattern": "(a|b)*", "on": ";"}
    needed |= {"to": "lower", "start": 1, "values": "x"}
    names = {parameter.name for parameter in REGISTRY[name].parameters if parameter.needed}
    run(name, text, text[::-1], **{key: value for key, value in needed.items() if key in names})


def test_of_the_addresses_of_the_web_those_of_named_schemes_are_taken() -> None:
    found = run("url", "http://a.example/1", "https://a.example/2", given=("https",))
    assert found == (["https://a.example/2"], ["url_refused"])
    assert run("url", "http://a.example/1")[0] == ["http://a.example/1"]


def test_an_address_that_readers_cannot_follow_is_no_scheme_of_url() -> None:
    _, faults = compile_chain([Call(name="url", arguments={"schemes": ("https", "javascript")})], TABLES)
    assert [fault.code for fault in faults] == ["argument_wrong"]


def test_an_identifier_of_an_authority_stands_at_an_agent_and_as_an_address() -> None:
    text = """crosswalk: t
input: {format: oai_dc}
rules:
  - {id: t, from: dc:title, to: title}
  - {id: who, each: dc:creator, to: "agents[]", make: {name: {from: "."}, ids: {from: "@q", do: [authority: gnd]}}}
  - {id: what, each: dc:subject, to: "subjects[]", make: {label: {from: "."}, uri: {from: "@q", do: [authority: lcsh]}}}
tests:
  - input: {inline: "<dc:creator q='118540238'>G</dc:creator><dc:subject q='sh85082139'>M</dc:subject>"}
    expect:
      agents[0].ids[0].scheme: gnd
      agents[0].ids[0].value: "https://d-nb.info/gnd/118540238"
      subjects[0].uri: "http://id.loc.gov/authorities/subjects/sh85082139"
"""
    assert check_text(text, file="t.yaml") == ()


def test_a_transform_of_a_package_cannot_take_the_name_of_another() -> None:
    def build(arguments: Arguments, tables: Tables) -> Function:
        return str

    build.__module__ = "package.of.another"
    with pytest.raises(TransformTaken):
        transform("squeeze")(build)
