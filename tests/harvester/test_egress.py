"""Which addresses a feed may be fetched from."""

from __future__ import annotations

import pytest
from aiohttp import web

from harvester.egress import forbidden, session
from harvester.feeds import Feed
from harvester.oaipmh.client import fetch_page
from harvester.oaipmh.requests import IDENTIFY
from harvester.refusals import Refusals
from harvester.retry import Failure
from harvester.settings import Limits
from tests.federation.pipeline.test_harvest import PatientClock, parse
from tests.peers.awkward.peer import Asked, Behaviour, Peer, Said, serving

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
    assert forbidden(address, 80, FEED) == "address"


@pytest.mark.parametrize(
    ("agent", "contact"), [("x/1 (+mailto:ada@archive.example)", "ada@archive.example"), ("x", None)]
)
async def test_a_source_is_told_whom_to_write_to(agent: str, contact: str | None) -> None:
    told: list[str | None] = []

    def noted(asked: Asked) -> Said:
        told.append(asked.request.headers.get("From"))
        return None

    async with serving(Peer(Behaviour(name="plain", instead=noted))) as url:
        feed = Feed(key="k", base_url=url, metadata_prefix="oai_dc", networks=("127.0.0.0/8",))
        async with session(feed, user_agent=agent) as connections:
            await fetch_page(feed, IDENTIFY, session=connections, parser=parse, clock=PatientClock(), limits=Limits())
    assert told == [contact]


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_pass_on_the_usual_ports_alone(address: str) -> None:
    assert forbidden(address, 443, FEED) is None
    assert forbidden(address, 6379, FEED) == "port"


def test_a_network_that_the_feed_names_passes_on_its_own_port_and_those_that_are_named() -> None:
    feed = Feed(key="k", base_url="http://x:8080/", metadata_prefix="oai_dc", networks=("127.0.0.0/8",), ports=(9000,))
    assert not any(forbidden("127.0.0.1", port, feed) for port in (80, 443, 8080, 9000))
    assert forbidden("127.0.0.1", 6379, feed) == "port"
    assert forbidden("10.0.0.1", 80, feed) == "address"


def test_the_port_of_an_address_that_anybody_names_is_not_its_own() -> None:
    feed = Feed(key="k", base_url="http://x:8080/", metadata_prefix="oai_dc", takes_own_port=False)
    assert forbidden("93.184.216.34", 8080, feed) == "port"


async def test_a_redirect_inside_an_allowed_network_leads_to_no_other_port_of_it() -> None:
    inside = Peer(Behaviour(name="inside"))
    async with serving(inside, host="127.0.0.3") as target:

        def led(asked: Asked) -> Said:
            return web.Response(status=302, headers={"Location": f"{target}?{asked.request.query_string}"})

        async with serving(Peer(Behaviour(name="here", instead=led))) as url:
            feed = Feed(key="k", base_url=url, metadata_prefix="oai_dc", networks=("127.0.0.0/8",))
            refusals = Refusals()
            async with session(feed, user_agent="test", refusals=refusals) as connections:
                found = await fetch_page(
                    feed, IDENTIFY, session=connections, parser=parse, clock=PatientClock(), limits=Limits()
                )
    assert isinstance(found, Failure)
    assert (found.reason, inside.asked) == ("address_refused", [])
    assert "one of its setting `ports`" in found.detail
    assert refusals.counts() == {"port": 1}
