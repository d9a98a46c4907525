"""Packages are read one level deep and never beyond their bounds; any bytes come to an end."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.files.packages import PackageLimits, members
from harvester.files.reading import units_of
from harvester.files.units import FileRefused, Reading, Unit
from mappings.engine.inputs import Format
from tests.harvester.files.test_reading import DC, JSON, MARC, TABLE, marc, names, read, refusal


def zipped(files: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in files.items():
            package.writestr(name, body)
    return kept.getvalue()


def tarred(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as package:
        for entry, body in entries:
            entry.size = len(body)
            package.addfile(entry, io.BytesIO(body))
    return kept.getvalue()


def test_packages_are_read_one_level_deep(tmp_path: Path) -> None:
    tar = tarred((tarfile.TarInfo("a.mrc"), marc("1")), (tarfile.TarInfo("b.mrc"), marc("2")))
    for body in (zipped({"a.mrc": marc("1"), "sub/b.mrc": marc("2")}), tar, gzip.compress(tar)):
        assert names(read(tmp_path, body, MARC)) == ["1", "2"]
    assert names(read(tmp_path, gzip.compress(marc("1") + marc("2")), MARC)) == ["1", "2"]
    mixed = zipped({"a.mrc": marc("1"), "inner.zip": zipped({"x.mrc": marc("2")}), "read me.txt": b"hello"})
    assert names(read(tmp_path, mixed, MARC)) == ["1", "!package_nested@0", "!not_the_format@0"]


@pytest.mark.parametrize("name", ["/etc/passwd", "../../up", "a/../../b", "C:\\windows", "..\\up"])
def test_a_name_that_leads_out_refuses_the_package(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, zipped({"a.mrc": marc("1"), name: marc("2")}), MARC).reason == "package_name"
    assert refusal(tmp_path, tarred((tarfile.TarInfo(name), marc("1"))), MARC).reason == "package_name"


def test_a_link_refuses_the_package(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    assert refusal(tmp_path, tarred((link, b"")), MARC).reason == "package_link"


def test_bombs_are_met_while_they_are_unpacked(tmp_path: Path) -> None:
    bomb = b"\0" * (32 << 20)
    for body in (gzip.compress(bomb), zipped({"a": bomb})):
        assert refusal(tmp_path, body, MARC).reason == "package_bomb"
    many = tmp_path / "many"
    many.write_bytes(zipped({str(number): b"x" for number in range(20)}))
    with pytest.raises(FileRefused, match="package_bomb"):
        list(members(many, PackageLimits(entries=19)))


def test_a_cut_package_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, gzip.compress(marc("1"))[:-4], MARC).reason == "package_broken"
    assert refusal(tmp_path, zipped({"a.mrc": marc("1")})[:-30], MARC).reason == "package_broken"


@settings(max_examples=150, deadline=None)
@given(
    body=st.binary(max_size=400),
    kind=st.sampled_from([DC, MARC, TABLE, JSON]),
    start=st.sampled_from(["", "<a>", "[{", "id,b\n"]),
)
def test_any_bytes_give_units_or_a_named_refusal(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, kind: Format, start: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start.encode() + body)
    reasons = []
    try:
        reasons += [
            unit.name if isinstance(unit, Unit) else unit.reason for unit in units_of(path, Reading(format=kind))
        ]
    except FileRefused as refused:
        reasons.append(refused.reason)
    assert all(reasons)
