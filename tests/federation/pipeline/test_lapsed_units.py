"""Units of a finding aid that are called otherwise lead on to what they are now, and to nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from federation.pipeline import upload_run
from federation.pipeline import uploads as pipeline
from federation.pipeline.lapsed_units import paired
from federation.storage import aliases, catalogue_records, feeds, institutions, uploads
from federation.storage.catalogue_records import catalogue_record
from federation.storage.engine import Store, embedded_url
from federation.storage.linkage.clusters import Gone, Moved, resolve_name
from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.schema.access import PUBLIC
from mappings.schema.record import CatalogueRecord
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_map import map_all
from tests.mappings.engine.crosswalks import CONTEXT
from tests.mappings.engine.test_unit_names import Component, deleted, everyone, grown, moved, retitled, written

HEAD = '<ead xmlns="http://ead3.archivists.org/schema/"><control><recordid>fa1</recordid></control>'
BODY = '<archdesc level="fonds"><did><unittitle>Papers</unittitle></did><dsc>{}</dsc></archdesc></ead>'
SCOPE = "<scopecontent><p>Letters that he wrote from Zürich.</p></scopecontent>"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        wanted = feeds.StoredFeed(key="k", name="Town", institution="town", source="upload", crosswalk="base/ead3")
        feeds.add(tx, wanted)
    yield store
    store.close()


def component(title: str, *, more: str = SCOPE, below: str = "", attributes: str = "") -> str:
    return f"<c{attributes}><did><unittitle>{title}</unittitle></did>{more}{below}</c>"


def bring(store: Store, components: str) -> dict[str, str]:
    """Takes in the finding aid with these components; gives title -> id of what lives."""
    body = (HEAD + BODY.format(components)).encode()
    checked = pipeline.check(
        store, uploads.receive(store, "k", "town", "fa.xml", "replace", [body], actor="operator").id
    )
    with store.transaction() as tx:
        pipeline.approve(tx, checked.id, "town", released=True)
    upload_run.load(store, checked.id)
    map_all(store)
    link_all(store)
    return living(store)


def living(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        names = connection.execute(sa.select(catalogue_record.c.id).where(catalogue_record.c.alive)).scalars().all()
        rows = catalogue_records.get_many(connection, list(names))
    return {row.record.title.value: row.id for row in rows.values() if row.record is not None}


def leads(store: Store, record_id: str) -> str | None:
    with store.reading() as connection:
        return aliases.renamed(connection, record_id)


def test_a_retitled_unit_is_found_by_its_former_address(store: Store) -> None:
    before = bring(store, component("Letters") + component("Maps", more=""))
    after = bring(store, component("Letters to Mary") + component("Maps", more=""))
    assert before["Letters"] != after["Letters to Mary"]
    assert leads(store, before["Letters"]) == after["Letters to Mary"]
    with store.reading() as connection:
        found = resolve_name(connection, f"c-{before['Letters']}", PUBLIC)
    assert found == Moved(f"c-{after['Letters to Mary']}")


def test_what_stands_below_a_retitled_unit_is_found_too(store: Store) -> None:
    before = bring(store, component("Letters", below=component("1831", more="")))
    after = bring(store, component("Correspondence", below=component("1831", more="")))
    assert leads(store, before["1831"]) == after["1831"] != before["1831"]


def test_a_unit_that_moves_is_found(store: Store) -> None:
    series = component("Series A", more="", below="{}") + component("Series B", more="", below="{}")
    before = bring(store, series.format(component("Letters"), ""))
    after = bring(store, series.format("", component("Letters")))
    assert leads(store, before["Letters"]) == after["Letters"] != before["Letters"]


def test_what_is_new_in_the_place_of_what_was_deleted_is_not_taken_for_it(store: Store) -> None:
    before = bring(store, component("Letters", more=""))
    bring(store, component("Minutes", more=""))
    assert leads(store, before["Letters"]) is None
    with store.reading() as connection:
        assert isinstance(resolve_name(connection, f"c-{before['Letters']}", PUBLIC), Gone)


def test_two_units_that_are_alike_are_paired_with_neither(store: Store) -> None:
    before = bring(store, component("Letters"))
    bring(store, component("Letters I") + component("Letters II"))
    assert leads(store, before["Letters"]) is None


def test_what_is_called_so_again_leads_nowhere_any_more(store: Store) -> None:
    first = bring(store, component("Letters"))
    second = bring(store, component("Letters to Mary"))
    assert bring(store, component("Letters")) == first
    assert leads(store, first["Letters"]) is None
    assert leads(store, second["Letters to Mary"]) == first["Letters"]


def test_to_what_is_kept_to_the_archive_nothing_leads(store: Store) -> None:
    before = bring(store, component("Letters"))
    bring(store, component("Letters to Mary", attributes=' audience="internal"'))
    assert leads(store, before["Letters"]) is None


# --- pairs ------------------------------------------------------------------------------------------------------------


def units(found: list[Component]) -> dict[str, CatalogueRecord]:
    """What a unit is -> its record; the root apart."""
    outcome = apply(compiled("base/ead3"), written(found), CONTEXT)
    assert isinstance(outcome, Mapped)
    return {unit.record.descriptions[0].value: unit.record for unit in outcome.units if unit.record.descriptions}


@pytest.mark.parametrize("change", [retitled, moved, deleted], ids=lambda change: change.__name__)
def test_no_id_leads_to_other_material_and_none_that_goes_on_leads_nowhere(change: object) -> None:
    assert callable(change)
    for seed in range(40):
        chance = random.Random(seed)
        found = grown(chance)
        for each in everyone(found):
            each.material += " and what else is said of it"
        before = units(found)
        change(found, chance)
        after = units(found)
        old = {record.id for record in before.values()}
        lapsed = {material: each for material, each in before.items() if each.id not in {r.id for r in after.values()}}
        fresh = [record for record in after.values() if record.id not in old]
        pairs = paired(list(lapsed.values()), fresh)
        assert pairs == {each.id: after[material].id for material, each in lapsed.items() if material in after}
