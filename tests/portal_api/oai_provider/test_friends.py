"""Other repositories that Identify names: those that agreed, and none in a private network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from lxml import etree

from federation.storage import feeds
from federation.storage.feeds import StoredFeed
from harvester.credentials import Credentials
from tests.peers.judge import oai_schema
from tests.portal_api.oai_provider.giving import OAI, Given, giving
from tests.sample_data import require_data

FRIENDS = "http://www.openarchives.org/OAI/2.0/friends/"
#: what the guidelines of the protocol say of the container: one base URL or more
SCHEMA = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{FRIENDS}"
  elementFormDefault="qualified"><xs:element name="friends"><xs:complexType><xs:sequence>
  <xs:element name="baseURL" type="xs:anyURI" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""
ADDRESSES = {
    "open": "https://user:secret@open.example/oai",
    "other": "https://other.example/oai",
    "inside": "http://10.0.0.8/oai",
    "silent": "https://silent.example/oai",
    "over": "https://over.example/oai",
    "wanted": "https://wanted.example/oai",
}
STATES: dict[str, feeds.State] = {"over": "retired", "wanted": "draft"}


@pytest.fixture(name="given")
async def fixture_given(tmp_path: Path) -> AsyncIterator[Given]:
    """Feeds of which one did not agree, one lies inside, one is retired and one a draft."""
    async with giving(tmp_path) as given:
        with given.store.transaction() as tx:
            for key, address in ADDRESSES.items():
                state = STATES.get(key, "active")
                agreed = key != "silent"
                feeds.add(
                    tx, StoredFeed(key=key, name=key, institution="a", base_url=address, is_friend=agreed, state=state)
                )
        yield given


async def test_identify_names_the_repositories_that_agreed(given: Given) -> None:
    (container,) = (await given.asked(verb="Identify")).iter(f"{{{FRIENDS}}}friends")
    assert [each.text for each in container] == ["https://open.example/oai", "https://other.example/oai"]
    assert etree.XMLSchema(etree.fromstring(SCHEMA)).validate(etree.fromstring(etree.tostring(container)))


async def test_who_agrees_no_more_is_named_no_more(given: Given) -> None:
    with given.store.transaction() as tx:
        for key in ("open", "other"):
            feeds.change(tx, StoredFeed(key=key, name=key, institution="a", base_url=ADDRESSES[key]))
    assert list((await given.asked(verb="Identify")).iter(f"{{{FRIENDS}}}friends")) == []


@pytest.mark.parametrize(
    "shown",
    [Credentials(scheme="basic", username="u", secret="s"), Credentials(certificate="c")],
    ids=["password", "certificate"],
)
async def test_a_repository_that_opens_to_credentials_is_not_named(given: Given, shown: Credentials) -> None:
    with given.store.transaction() as tx:
        feed = StoredFeed(key="open", name="open", institution="a", base_url="https://open.example/oai")
        feeds.change(tx, msgspec.structs.replace(feed, is_friend=True, credentials=shown))
    (container,) = (await given.asked(verb="Identify")).iter(f"{{{FRIENDS}}}friends")
    assert [each.text for each in container] == ["https://other.example/oai"]


async def test_the_repository_of_single_records_names_none(given: Given) -> None:
    assert list((await given.asked("/records", verb="Identify")).iter(f"{{{FRIENDS}}}friends")) == []


@pytest.mark.data
async def test_identify_with_friends_is_valid(given: Given, tmp_path: Path) -> None:
    copies = tmp_path / "schemas"
    copies.mkdir()
    answer = await given.asked(verb="Identify")
    assert oai_schema(require_data("schemas"), copies).validate(answer)
    assert answer.find(f"{OAI}Identify") is not None
