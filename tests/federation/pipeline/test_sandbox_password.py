"""An address with a name and password in it is not tried, and what stands in it is not repeated."""

from __future__ import annotations

from federation.pipeline.sandbox import NotTried
from federation.pipeline.sandbox_address import Address, read_address
from tests.federation.pipeline.test_harvest import PatientClock, parse


async def test_a_password_in_an_address_is_neither_sent_nor_repeated() -> None:
    wanted = Address(url="http://bob:s3cret@127.0.0.1:9/oai")
    told = await read_address(
        wanted, networks=["127.0.0.0/8"], takes_own_port=True, parse=parse, clock=PatientClock(), user_agent="test"
    )
    assert isinstance(told, NotTried)
    assert told.failure == "address_invalid"
    assert "s3cret" not in told.detail
