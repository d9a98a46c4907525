"""The protocol's own validator, HTTP::OAIPMH::Validator 1.07 of Perl, where a checkout of it is at hand.

No package has it: `EXCHANGE_VALIDATOR_DIR` names the folder that holds its `lib/`. Without that the tests that need it
are skipped by name; with it they must run, whatever modules of Perl it lacks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

SETTING = "EXCHANGE_VALIDATOR_DIR"
_MODULE = Path("lib", "HTTP", "OAIPMH", "Validator.pm")
_PROGRAM = r"""
use HTTP::OAIPMH::Validator;
$| = 1;
my $validator = HTTP::OAIPMH::Validator->new(base_url => $ARGV[0]);
$validator->log->fh(\*STDOUT);
eval { $validator->run_complete_validation; 1 } or print "\nnot run to its end: $@";
print "\nverdict: ", $validator->status, "\n";
"""
#: it asks a few dozen times, each answer at once
_SECONDS = 300


class Validated(msgspec.Struct, frozen=True, kw_only=True):
    """What the validator found."""

    #: COMPLIANT, FAILED …; empty where it did not run
    verdict: str
    #: all that it said
    log: str


def checkout() -> Path:
    """The folder of the validator; skips the test where there is none."""
    stated = os.environ.get(SETTING, "")
    if not stated or not (Path(stated) / _MODULE).is_file():
        pytest.skip(f"HTTP::OAIPMH::Validator 1.07 is not on this machine ({SETTING} names a checkout of it)")
    return Path(stated)


def validated(folder: Path, base_url: str) -> Validated:
    """The verdict on a repository."""
    perl = shutil.which("perl")
    assert perl is not None, "a validator is at hand, and Perl is not"
    asked = [perl, "-I", str(folder / "lib"), "-e", _PROGRAM, base_url]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=_SECONDS)
    last = next((line for line in reversed(done.stdout.splitlines()) if line.startswith("verdict: ")), "")
    return Validated(verdict=last.removeprefix("verdict: ").strip(), log=done.stdout + done.stderr)
