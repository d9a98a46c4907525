"""HTTP::OAI 4, the Perl client of EPrints and the protocol's own validator, as a harvester."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.peers.oai_clients import Seen

#: its `next` sees the last page alone; a callback sees them all
_HARVEST = """
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


def read_by_perl(base_url: str, **window: str) -> list[Seen]:
    """Every oai_dc record by HTTP::OAI; `window` holds `from`, `until` and `set`. Skips the test where it is absent."""
    perl = shutil.which("perl")
    if perl is None or subprocess.run([perl, "-MHTTP::OAI", "-e1"], capture_output=True, check=False).returncode:
        pytest.skip("Perl's HTTP::OAI is not on this machine (Debian libhttp-oai-perl)")
    asked = [part for pair in window.items() for part in pair]
    done = subprocess.run([perl, "-e", _HARVEST, base_url, *asked], capture_output=True, text=True, check=True)
    lines = (line.split("\t") for line in done.stdout.splitlines())
    return [Seen(identifier, datestamp, deleted == "1") for identifier, datestamp, deleted in lines]
