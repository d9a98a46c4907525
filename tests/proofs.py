"""`python -m tests.proofs NAME [--size N]`: the long proofs of harvesting and giving back, each by one command.

feeds        N loopback feeds of 1,000 records in one process: all end, none waits long, and memory stays within its bar
provider     N items at `/oai`: the strict checkers find nothing, and the last page of a list costs what the first does
harvesters   N random edits while five foreign harvesters work, each of which holds the store after one increment

The exit code is 0 where the proof holds; what was measured is printed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable

import msgspec

from tests.benchmarks import harvest

#: MiB above the idle process, whatever the number of feeds; how much longer a healthy feed may take among ten others,
#: by what those cost; by the clock it is only told, for there other work on the machine decides
MOST_MIB, MOST_AMONG = 300.0, 1.2
#: pages of each of them between two of its own
MOST_BETWEEN = 2
#: how much longer than the median the slowest of many equal feeds may take
MOST_SLOWEST = 2.0


def feeds(size: int) -> bool:
    """Whether so many feeds at once keep to the bars."""
    found = harvest.run(size * harvest.RECORDS)
    for result in found:
        print(msgspec.json.encode(result).decode(), flush=True)
    at_once, slowest, _, cpu, between = found
    fair = cpu.value <= MOST_AMONG and between.value <= MOST_BETWEEN * between.n
    return fair and at_once.peak_mib <= MOST_MIB and slowest.value <= MOST_SLOWEST


def provider(size: int) -> bool:
    """Whether lists of so many items are whole, strict, and as quick at their ends."""
    return _long("tests/portal_api/oai_provider/test_large.py", "data", EXCHANGE_TEST_ITEMS=str(size))


def harvesters(size: int) -> bool:
    """Whether foreign harvesters hold the store after so many edits."""
    return _long("tests/portal_api/oai_provider/test_harvesters.py", "perl", EXCHANGE_TEST_EDITS=str(size))


def _long(path: str, needs: str, **settings: str) -> bool:
    """Whether a long test passes; what is skipped for want of what it `needs` proves nothing."""
    asked = [sys.executable, "-m", "pytest", "-q", "-s", "-rs", "-m", "long", "--durations=10", path]
    environment = os.environ | settings | {"EXCHANGE_TEST_LONG": "1", "EXCHANGE_TEST_REQUIRE": needs}
    return subprocess.run(asked, env=environment, check=False).returncode == 0


#: name -> (what proves it, size where none is given)
PROOFS: dict[str, tuple[Callable[[int], bool], int]] = {
    "feeds": (feeds, 300),
    "provider": (provider, 1_000_000),
    "harvesters": (harvesters, 10_000),
}


def main() -> int:
    """Runs one proof."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.proofs", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=PROOFS)
    parser.add_argument("--size", type=int, default=0, help="feeds, items or edits; each proof has its own default")
    options = parser.parse_args()
    prove, usual = PROOFS[options.name]
    return 0 if prove(options.size or usual) else 1


if __name__ == "__main__":
    sys.exit(main())
