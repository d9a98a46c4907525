"""Which addresses a feed may be fetched from."""

from __future__ import annotations

import pytest

from harvester.egress import is_allowed
from harvester.feeds import Feed

FEED = Feed(key="k", base_url="http://example.org/", metadata_prefix="oai_dc")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1"),
        *("::1", "::127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1", "fe80::1%eth0"),
        *("fc00::1", "192.88.99.1", "2600::5efe:7f00:1", "2600::200:5efe:7f00:1", "ff02::1"),
    ],
)
def test_inside_addresses_are_refused_in_every_spelling(address: str) -> None:
    assert not is_allowed(address, 80, FEED)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_pass_on_the_usual_ports_alone(address: str) -> None:
    assert is_allowed(address, 443, FEED)
    assert not is_allowed(address, 6379, FEED)


def test_a_network_that_the_feed_names_passes() -> None:
    feed = Feed(key="k", base_url="http://x/", metadata_prefix="oai_dc", networks=("127.0.0.0/8",))
    assert is_allowed("127.0.0.1", 8080, feed)
    assert not is_allowed("10.0.0.1", 80, feed)
