"""The OAI-PMH harvesters of Perl: HTTP::OAI 4, which EPrints and the public validator use, and Catmandu::OAI."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.peers.oai_clients import Seen

#: its `next` sees the last page alone; a callback sees them all
_HTTP_OAI = """
use HTTP::OAI;
my ($url, %window) = @ARGV;
my $said = sub {
    my $record = shift;
    print join("\\t", $record->identifier, $record->datestamp, $record->is_deleted ? 1 : 0), "\\n";
};
my $harvester = HTTP::OAI::Harvester->new(baseURL => $url);
my $answer = $harvester->ListRecords(metadataPrefix => 'oai_dc', onRecord => $said, %window);
die $answer->code . ' ' . $answer->message unless $answer->is_success;
"""
_CATMANDU = """
use Catmandu::Importer::OAI;
my ($url, %window) = @ARGV;
my $importer = Catmandu::Importer::OAI->new(url => $url, metadataPrefix => 'oai_dc', %window);
$importer->each(sub {
    my $record = shift;
    print join("\\t", $record->{_identifier}, $record->{_datestamp}, $record->{_status} eq 'deleted' ? 1 : 0), "\\n";
});
"""


def read_by_http_oai(base_url: str, prefix: str = "oai_dc", **window: str) -> list[Seen]:
    """Every oai_dc record by HTTP::OAI; `window` holds `from`, `until` and `set`. Skips the test where it is absent."""
    return _read("HTTP::OAI", _HTTP_OAI, base_url, window)


def read_by_catmandu(base_url: str, prefix: str = "oai_dc", **window: str) -> list[Seen]:
    """Every oai_dc record by Catmandu::OAI 0.19; otherwise as `read_by_http_oai`."""
    return _read("Catmandu::OAI", _CATMANDU, base_url, window)


def _read(module: str, program: str, base_url: str, window: dict[str, str]) -> list[Seen]:
    perl = shutil.which("perl")
    if perl is None or subprocess.run([perl, f"-M{module}", "-e1"], capture_output=True, check=False).returncode:
        pytest.skip(f"Perl's {module} is not on this machine (Debian libhttp-oai-perl, libcatmandu-oai-perl)")
    asked = [part for pair in window.items() for part in pair]
    done = subprocess.run([perl, "-e", program, base_url, *asked], capture_output=True, text=True, check=True)
    lines = (line.split("\t") for line in done.stdout.splitlines())
    return [Seen(identifier, datestamp, deleted == "1") for identifier, datestamp, deleted in lines]


PERL = {"HTTP::OAI": read_by_http_oai, "Catmandu::OAI": read_by_catmandu}
