"""What stands above the records that are shown of a file is found wherever the file has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from federation.pipeline import file_parents
from federation.pipeline import uploads as pipeline
from federation.pipeline.fetch_trial import try_fetched
from federation.pipeline.file_parents import above_in_file
from federation.storage import feeds, institutions
from federation.storage.engine import Store, embedded_url
from mappings.engine.library import compiled
from mappings.engine.outcome import Context
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord
from portal_api.views.judging import brought_samples
from tests.factories import raw_record
from tests.federation.pipeline.test_harvest import PatientClock
from tests.federation.pipeline.test_tried_together import made
from tests.federation.pipeline.test_uploads import check, file
from tests.federation.pipeline.trees import FLAT, TREE
from tests.peers.files import FileServer, serving_file

CONTEXT = Context(feed="k", institution=Institution(name="Peer Library"))
CLOSED = "Access is closed until 2090."


def record(name: str, above: str = "", rights: str = "") -> str:
    more = f"<dc:relation>{above}</dc:relation>" if above else ""
    more += f"<dc:rights>{rights}</dc:rights>" if rights else ""
    return f"<dc:dc><dc:identifier>{name}</dc:identifier><dc:title>{name.title()}</dc:title>{more}</dc:dc>"


def letters(number: int) -> list[str]:
    return [record(f"letter{each}", "series") for each in range(number)]


def far_below(rights: str = "Open for research.") -> bytes:
    """300 letters, and what stands above them at the end of the file."""
    return file(*letters(300), record("series", "fonds"), record("fonds", rights=rights))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        wanted = feeds.StoredFeed(
            key="k", name="Town", institution="town", source="upload", crosswalk="peer", crosswalk_text=TREE
        )
        feeds.add(tx, wanted)
    yield store
    store.close()


def shown(store: Store, body: bytes) -> dict[str, dict[str, str]]:
    """Title -> what is shown of it, of the records that are shown of a file."""
    checked = check(store, body)
    with store.reading() as connection:
        samples = brought_samples(connection, checked.id)
    return {each.title: {value.field: value.value for value in each.values} for each in samples}


def test_a_sample_stands_below_records_at_the_end_of_its_file(store: Store) -> None:
    found = shown(store, far_below(CLOSED))
    assert list(found) == [f"Letter{number}" for number in range(10)]
    assert {each["access.status"] for each in found.values()} == {"closed"}


def test_records_above_are_not_shown_themselves(store: Store) -> None:
    checked = check(store, far_below())
    assert checked.report is not None
    assert {raw.identifier for raw in checked.report.above} == {"series", "fonds"}
    assert len(checked.report.samples) == pipeline.SAMPLES


def test_of_several_records_above_with_one_name_the_last_counts(store: Store) -> None:
    body = file(
        record("fonds", rights=CLOSED), *letters(20), record("series", "fonds"), record("fonds", rights="Open.")
    )
    assert {each["access.status"] for each in list(shown(store, body).values())[1:]} == {"open"}


def test_a_file_whose_rules_name_no_parent_is_not_read_again() -> None:
    records, asked, read = of_names("a>b", "b>")
    assert above_in_file(compiled(FLAT), records[:1], CONTEXT, read) == ()
    assert asked == []


def of_names(
    *records: str,
) -> tuple[list[RawRecord], list[frozenset[str]], Callable[[frozenset[str]], Iterator[RawRecord]]]:
    """Records `name>above`; what was asked for; and what reads them."""
    made = []
    for each in records:
        name, _, above = each.partition(">")
        made.append(raw_record(identifier=name, feed="k", payload=dublin_core(name, above)))
    asked: list[frozenset[str]] = []

    def read(wanted: frozenset[str]) -> Iterator[RawRecord]:
        asked.append(wanted)
        return (raw for raw in made if raw.identifier in wanted)

    return made, asked, read


def dublin_core(name: str, above: str) -> str:
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{name}</dc:title><dc:relation>{above}</dc:relation>'
        "</oai_dc:dc>"
    )


def test_what_the_file_does_not_hold_is_asked_for_once() -> None:
    records, asked, read = of_names("a>gone", "b>series", "series>lost")
    found = above_in_file(compiled(TREE), records[:2], CONTEXT, read)
    assert [raw.identifier for raw in found] == ["series"]
    assert asked == [frozenset({"gone", "series"}), frozenset({"lost"})]


def test_a_circle_ends() -> None:
    records, asked, read = of_names("a>b", "b>c", "c>a")
    assert {raw.identifier for raw in above_in_file(compiled(TREE), records[:1], CONTEXT, read)} == {"b", "c"}
    assert len(asked) == 2


def test_a_file_is_read_again_once_a_level_and_eight_times_at_most() -> None:
    records, asked, read = of_names(*(f"n{number}>n{number + 1}" for number in range(100)))
    assert len(above_in_file(compiled(TREE), records[:1], CONTEXT, read)) == file_parents.MOST_LEVELS == len(asked)


def test_records_above_take_no_more_than_their_room(monkeypatch: pytest.MonkeyPatch) -> None:
    records, _, read = of_names("a>b", "b>c", "c>d", "d>")
    monkeypatch.setattr(file_parents, "MOST_CHARACTERS", 2 * len(records[0].payload) + 1)
    assert {raw.identifier for raw in above_in_file(compiled(TREE), records[:1], CONTEXT, read)} == {"b", "c"}


async def test_a_trial_of_a_file_finds_what_stands_above_wherever_the_file_has_it() -> None:
    holder = institutions.StoredInstitution(slug="town", name="Town Archive")
    async with serving_file(FileServer(far_below(CLOSED))) as url:
        feed = feeds.StoredFeed(
            key="k", name="Town", institution="town", source="url", base_url=url, networks=("127.0.0.0/8",),
            crosswalk="peer", crosswalk_text=TREE,
        )  # fmt: skip
        found = await try_fetched(feed, holder, clock=PatientClock(), user_agent="test")
    assert {made(each).access.status for each in found.samples} == {"closed"}
