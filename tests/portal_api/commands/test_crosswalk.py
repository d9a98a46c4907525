"""`crosswalk` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from federation.storage import feeds
from harvester.files.units import FileRefused
from mappings.errors import CrosswalkInvalid, DocumentRefused
from mappings.schema.published import json_schema
from portal_api.commands.entry import app, main
from portal_api.wiring import open_store
from tests.federation.pipeline.test_harvest import add_feed
from tests.harvester.files.test_mapping import PAGE
from tests.json_schemas import faults
from tests.mappings.formats.test_iso2709 import TITLE

FAULTY = """crosswalk: x
input: {format: oai_dc}
rules:
  - {id: title, from: "dc:title", do: [squeese], to: titel}
  - {id: date, from: "nix:date", to: "dates[]", when: {matchs: x}}
"""
TANGLED = """crosswalk: x
version: 1
extends: base/oai_dc@1
drop: [nothing]
rules:
  - {id: a, from: dc:title, to: titl}
  - {id: a, from: dc:title, to: title, do: [nope]}
  - {id: c, to: title}
"""
AID = """<ead xmlns="http://ead3.archivists.org/schema/"><control><recordid>a</recordid></control>
<archdesc level="fonds">
<did><unittitle>Parish</unittitle><unitid>P</unitid><unitdate>1850-1900</unitdate></did>
<accessrestrict><p>Closed until 2040.</p></accessrestrict><dsc><c level="file"><did><unittitle>Letters</unittitle>
<container localtype="Box">3</container></did></c></dsc></archdesc></ead>"""
OWN = """crosswalk: own
extends: base/oai_dc@1
rules:
  - {id: hidden, when: {from: dc:title, equals: One}, const: hidden, to: access.line}
"""


def run(*arguments: object) -> list[Any]:
    result = CliRunner().invoke(app, ["crosswalk", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def refusal(*arguments: object) -> BaseException | None:
    return CliRunner().invoke(app, ["crosswalk", *map(str, arguments)]).exception


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_descriptions_of_people_are_refused_as_such(tmp_path: Path) -> None:
    path = file(tmp_path, "people.xml", "<eac-cpf xmlns='urn:isbn:1-933666-21-7'><cpfDescription/></eac-cpf>")
    for chosen in ((), ("--crosswalk", "base/ead3")):
        refused = refusal("apply", path, *chosen)
        assert isinstance(refused, DocumentRefused | FileRefused)
        assert "not_a_record_format" in (getattr(refused, "code", ""), getattr(refused, "reason", ""))


def test_check_names_all_faults_at_once_with_line_and_hint(tmp_path: Path) -> None:
    error = refusal("check", file(tmp_path, "faulty.yaml", FAULTY))
    assert isinstance(error, CrosswalkInvalid)
    found = {(fault.line, fault.code) for fault in error.faults}
    assert found >= {(4, "field_unknown"), (4, "argument_wrong"), (5, "prefix_unknown"), (5, "field_unknown")}
    assert any("squeeze" in fault.hint for fault in error.faults)


def test_a_faulty_rule_hides_no_other_and_faults_come_by_line(tmp_path: Path) -> None:
    path = file(tmp_path, "tangled.yaml", TANGLED)
    error = refusal("check", path)
    assert isinstance(error, CrosswalkInvalid)
    found = [(fault.line, fault.rule, fault.code) for fault in error.faults]
    assert found == [
        (4, "", "parent_rule_unknown"),
        (6, "a", "field_unknown"),
        (7, "a", "yaml_invalid"),
        (7, "a", "argument_wrong"),
        (8, "c", "yaml_invalid"),
    ]
    result = CliRunner().invoke(app, ["crosswalk", "check", str(path), "--json"])
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["line"] for each in told] == [4, 6, 7, 7, 8]
    assert set(told[0]) == {"code", "message", "rule", "file", "line", "column", "hint"}
    assert told[0]["message"] == "the parent has no rule nothing"


def test_a_fault_is_printed_with_file_line_column_rule_and_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(tmp_path, "tangled.yaml", TANGLED)
    monkeypatch.setattr("sys.argv", ["archive-exchange", "crosswalk", "check", str(path)])
    with pytest.raises(SystemExit):
        main()
    first = capsys.readouterr().err.splitlines()[1]
    assert first.startswith(f"{path}:6:5: ")
    assert " in rule a [field_unknown]" in first


def test_check_runs_the_crosswalks_own_tests(tmp_path: Path) -> None:
    failing = OWN + 'tests:\n  - {input: {inline: "<dc:title>A</dc:title>"}, expect: {title.value: B}}\n'
    error = refusal("check", file(tmp_path, "own.yaml", failing))
    assert isinstance(error, CrosswalkInvalid)
    assert [fault.code for fault in error.faults] == ["test_failed"]
    run("check", file(tmp_path, "own.yaml", OWN))


def test_what_opens_everything_is_warned_of_and_is_no_fault(tmp_path: Path) -> None:
    opening = OWN + "defaults: {access.status: open}\n"
    result = CliRunner().invoke(app, ["crosswalk", "check", str(file(tmp_path, "own.yaml", opening))])
    assert result.exit_code == 0
    assert "default_opens" in result.stderr
    assert "no faults" in result.stdout


def test_preview_tells_each_rule_of_one_record(tmp_path: Path) -> None:
    (trace,) = run("preview", file(tmp_path, "own.yaml", OWN), file(tmp_path, "page.xml", PAGE))
    assert trace["outcome"]["units"][0]["record"]["access"]["line"] == "hidden"
    rules = {rule["rule"]: rule for rule in trace["rules"]}
    assert rules["title"]["read"] == [["dc:title[1]", "One"]]
    (second,) = run("preview", file(tmp_path, "own.yaml", OWN), file(tmp_path, "page.xml", PAGE), "--number", 2)
    assert second["outcome"]["type"] == "deleted"


def test_preview_and_apply_hide_what_stands_below_a_record_that_is_not_in_the_file(tmp_path: Path) -> None:
    below = file(
        tmp_path, "below.yaml", "crosswalk: own\nextends: base/oai_dc@1\nparent: {from: dc:title}\nrules: []\n"
    )
    page = file(tmp_path, "page.xml", PAGE)
    (trace,) = run("preview", below, page)
    assert trace["outcome"]["units"][0]["record"]["access"]["line"] == "hidden"
    mapped, *_ = run("apply", page, "--crosswalk", below)
    assert mapped["record"]["access"]["line"] == "hidden"


def test_apply_prints_a_line_a_unit_and_the_sums_last(tmp_path: Path) -> None:
    mapped, deleted, sums = run("apply", file(tmp_path, "page.xml", PAGE))
    assert mapped["record"]["title"]["value"] == "One"
    assert mapped["rules"]["/title/value"] == [["title", "dc:title[1]"]]
    assert deleted == {"identifier": "oai:x:2", "outcome": "deleted"}
    assert sums["sums"]["raw"] == 2 == sums["sums"]["mapped"] + sums["sums"]["deleted"]


@pytest.mark.parametrize(("name", "content"), [("page.xml", PAGE), ("books.mrc", TITLE), ("aid.xml", AID)])
def test_apply_prints_records_of_the_published_shape(tmp_path: Path, name: str, content: str | bytes) -> None:
    schema = json.loads(json_schema())
    shape = {key: value for key, value in schema.items() if not key.startswith("$")}
    records = [line["record"] for line in run("apply", file(tmp_path, name, content)) if "record" in line]
    assert [wrong for record in records for wrong in faults(record, shape, schema["$defs"])] == []
    assert records
    assert faults(records[0] | {"level": "shelf"}, shape, schema["$defs"])


def test_apply_finds_the_format_and_takes_another_crosswalk(tmp_path: Path) -> None:
    marc = file(tmp_path, "books.mrc", TITLE + TITLE[:40])
    mapped, broken, sums = run("apply", marc)
    assert mapped["record"]["title"]["value"] == "Na han"
    assert (broken["outcome"], broken["issue"]["code"]) == ("rejected", "truncated")
    assert sums["issues"]["truncated"] == 1
    own = file(tmp_path, "own.yaml", OWN)
    assert run("apply", file(tmp_path, "page.xml", PAGE), "--crosswalk", own)[0]["record"]["access"]["line"] == "hidden"


@pytest.mark.parametrize("name", ["k", "Peer", "own"])
def test_apply_takes_what_a_feed_of_an_exchange_lives_by(tmp_path: Path, name: str) -> None:
    here, page = tmp_path / "data", file(tmp_path, "page.xml", PAGE)
    with open_store(here) as store:
        store.create_schema()
        feed = add_feed(store, "http://127.0.0.1/oai")
        with store.transaction() as tx:
            feeds.change(tx, msgspec.structs.replace(feed, crosswalk="own", crosswalk_text=OWN))
    assert run("apply", page, "--crosswalk", name, "--data", here)[0]["record"]["access"]["line"] == "hidden"
    assert isinstance(refusal("apply", page, "--crosswalk", "nobody", "--data", here), SystemExit)


@pytest.mark.parametrize("content", ["nothing of the kind", "<html><body>404</body></html>", ""])
def test_apply_refuses_a_file_that_no_base_reads(tmp_path: Path, content: str) -> None:
    assert isinstance(refusal("apply", file(tmp_path, "x", content)), DocumentRefused)


TABLE = """归档文件目录,,,,
档号,题名,责任者,日期,密级
X001-WS·2003·Y-0001,关于档案工作的意见,示例市档案局,20030318,
X001-WS·2003·Y-0002,关于任免的通知,示例市档案局,民国三十八年四月,秘密
,无档号,,,
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_apply_knows_a_chinese_archival_table_by_its_columns(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "mulu.csv"
    path.write_bytes(TABLE.encode(encoding))
    first, secret, faulty, sums = run("apply", path)
    assert first["record"]["holding"][0]["parts"]["category"] == "WS"
    assert first["rules"]["/dates/0/edtf"] == [["dates", "col:日期"]]
    assert secret["record"]["dates"][0]["edtf"] == "1949-04"
    assert secret["record"]["access"]["line"] == "hidden"
    assert (faulty["identifier"], faulty["issue"]["code"]) == ("row 5", "identifier_empty")
    assert sums["sums"] == {
        "raw": 3, "mapped": 2, "deleted": 0, "rejected": 1, "skipped": 0, "units_mapped": 2, "units_refused": 0,
    }  # fmt: skip


def test_an_unknown_crosswalk_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["crosswalk", "apply", str(file(tmp_path, "p", PAGE)), "--crosswalk", "base/x"])
    assert result.exit_code == 2
    assert "base/oai_dc" in result.stderr.replace("\n", "")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=80), st.text(max_size=80).map(lambda text: OWN.encode() + text.encode())))
def test_any_bytes_as_a_crosswalk_are_checked_to_the_end(tmp_path: Path, content: bytes) -> None:
    error = refusal("check", file(tmp_path, "any.yaml", content))
    assert error is None or isinstance(error, CrosswalkInvalid)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80), st.sampled_from(["base/oai_dc", "base/qdc", "base/marc21"]))
def test_any_bytes_as_a_payload_have_an_outcome(tmp_path: Path, content: bytes, base: str) -> None:
    error = refusal("apply", file(tmp_path, "any", content), "--crosswalk", base)
    assert error is None or isinstance(error, FileRefused)
