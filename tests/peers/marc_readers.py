"""Two readers of MARC that others wrote: yaz-marcdump, which libraries move their files with, and Catmandu::MARC."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

#: (tag, text), or (tag, indicators, ((code, value), …))
Field = tuple[str, str] | tuple[str, str, tuple[tuple[str, str], ...]]

_CATMANDU = """
use Catmandu::Importer::MARC;
use JSON::PP;
binmode STDOUT, ':utf8';
my $json = JSON::PP->new->canonical;
Catmandu::Importer::MARC->new(file => $ARGV[0], type => 'ISO')->each(sub {
    print $json->encode($_[0]->{record}), "\\n";
});
"""


def read_by_yaz(path: Path, charset: str) -> list[list[Field]]:
    """Every record by yaz-marcdump; `charset` is `marc8` or `utf8`. Skips the test where it is absent."""
    program = shutil.which("yaz-marcdump")
    if program is None:
        pytest.skip("yaz-marcdump is not on this machine (Debian yaz)")
    asked = [program, "-f", charset, "-t", "utf8", "-o", "marcxml", str(path)]
    sent = subprocess.run(asked, capture_output=True, check=True).stdout
    # control characters of a record come as they are, which no XML may hold
    root = etree.fromstring(sent, etree.XMLParser(huge_tree=True, recover=True))
    return [_of_xml(record) for record in root.iterchildren("*")]


def _of_xml(record: etree._Element) -> list[Field]:
    fields: list[Field] = [(each.get("tag", ""), each.text or "") for each in record.iterchildren("{*}controlfield")]
    for each in record.iterchildren("{*}datafield"):
        subfields = tuple((part.get("code", ""), part.text or "") for part in each)
        fields.append((each.get("tag", ""), each.get("ind1", "") + each.get("ind2", ""), subfields))
    return fields


def read_by_catmandu(path: Path) -> list[list[Field]]:
    """Every record of a file in UTF-8 by Catmandu::MARC. Skips the test where it is absent."""
    perl = shutil.which("perl")
    tried = perl and subprocess.run([perl, "-MCatmandu::Importer::MARC", "-e1"], capture_output=True, check=False)
    if perl is None or not tried or tried.returncode:
        pytest.skip("Perl's Catmandu::Importer::MARC is not on this machine (Debian libcatmandu-marc-perl)")
    done = subprocess.run([perl, "-e", _CATMANDU, str(path)], capture_output=True, text=True, check=True)
    return [[_of_row(row) for row in json.loads(line) if row[0] != "LDR"] for line in done.stdout.split("\n") if line]


def _of_row(row: list[str]) -> Field:
    tag, first, second, *rest = row
    if rest[0] == "_":
        return tag, rest[1]
    return tag, first + second, tuple(zip(rest[::2], rest[1::2], strict=True))
