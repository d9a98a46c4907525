"""Keys of programs: shown once, kept as an HMAC, for what they may and until they may not, and so many points a day."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.storage import accounts, api_keys
from federation.storage.accounts import RoleGrant
from federation.storage.api_keys import ApiKey, WantedKey, api_key
from federation.storage.engine import Store
from portal_api.auth.api_keys import ApiKeys, key_in
from portal_api.errors import KeyInvalid, NotAllowed, PointsSpent
from tests.portal_api.auth.people import Hands, add_person

READ = WantedKey(name="nightly", scopes=("export", "read"), days=30)


@pytest.fixture
def clock(store: Store) -> Hands:
    clock = Hands()
    store._now = clock
    return clock


@pytest.fixture
def keys(store: Store, clock: Hands) -> ApiKeys:
    return ApiKeys(store, b"s" * 32, monotonic=clock.monotonic)


def made(keys: ApiKeys, account: str, wanted: WantedKey = READ) -> tuple[ApiKey, str]:
    return keys.make(account, wanted, actor="self")


def refused(keys: ApiKeys, whole: str) -> bool:
    try:
        keys.reader(whole)
    except KeyInvalid:
        return True
    return False


def test_a_key_asks_in_the_name_of_its_person(store: Store, keys: ApiKeys) -> None:
    ada = add_person(store, "ada")
    key, whole = made(keys, ada)
    found = keys.reader(whole)
    assert (found.account, found.key, found.scopes, found.fresh) == (ada, key.id, ("read", "export"), False)


def test_of_a_key_only_an_hmac_is_kept(store: Store, keys: ApiKeys) -> None:
    key, whole = made(keys, add_person(store, "ada"))
    secret = whole.rpartition(key.id)[2].removeprefix("_")
    assert len(secret) == 43  # 256 bits
    with store.reading() as connection:
        kept = str(dict(connection.execute(sa.select(api_key)).mappings().one()))
    assert secret not in kept
    assert refused(ApiKeys(store, b"t" * 32), whole)  # another exchange's secret


@pytest.mark.parametrize("wrong", ["", "axk_", "axk_0_x", "axk_%_x", "xyz", "axk_" + "0" * 4_000, "axk_\x00_é"])
def test_what_is_no_key_opens_nothing(keys: ApiKeys, wrong: str) -> None:
    assert refused(keys, wrong)


def test_an_altered_a_revoked_and_a_past_key_open_nothing(store: Store, keys: ApiKeys, clock: Hands) -> None:
    ada = add_person(store, "ada")
    key, whole = made(keys, ada)
    assert refused(keys, whole[:-1] + ("A" if whole[-1] != "A" else "B"))
    clock.move(days=29)
    assert keys.reader(whole).account == ada
    keys.revoke(key.id, actor="self")
    assert refused(keys, whole)
    _, later = made(keys, ada)
    clock.move(days=30)
    assert refused(keys, later)


def test_a_locked_persons_keys_open_nothing(store: Store, keys: ApiKeys) -> None:
    ada = add_person(store, "ada")
    _, whole = made(keys, ada)
    with store.transaction() as tx:
        accounts.set_state(tx, ada, "locked")
    assert refused(keys, whole)


def test_a_key_acts_for_an_institution_as_long_as_its_person_has_a_role_there(store: Store, keys: ApiKeys) -> None:
    role = RoleGrant(role="cataloguer", institution="b")
    ada = add_person(store, "ada", role)
    _, whole = made(keys, ada, WantedKey(name="own", scopes=("read",), acting_for="b"))
    assert keys.reader(whole).acting_for == "b"
    with store.transaction() as tx:
        accounts.revoke(tx, ada, role)
    assert keys.reader(whole).acting_for == ""
    with pytest.raises(NotAllowed):
        made(keys, ada, WantedKey(name="own", scopes=("read",), acting_for="b"))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (WantedKey(name=" ", scopes=("read",)), "expected a name"),
        (WantedKey(name="x" * 101, scopes=("read",)), "expected a name"),
        (WantedKey(name="x", scopes=()), "expected some of read"),
        (WantedKey(name="x", scopes=("read",), days=366), "expected 1 to 365 days, found 366"),
        (WantedKey(name="x", scopes=("read",), days=0), "expected 1 to 365 days, found 0"),
    ],
)
def test_a_key_that_cannot_be_is_refused(store: Store, keys: ApiKeys, wanted: WantedKey, said: str) -> None:
    with pytest.raises(RequestRefused, match=said):
        made(keys, add_person(store, "ada"), wanted)


def test_a_person_has_so_many_keys_and_a_revoked_one_makes_room(store: Store, keys: ApiKeys) -> None:
    ada = add_person(store, "ada")
    first, _ = made(keys, ada)
    for _ in range(api_keys.MOST - 1):
        made(keys, ada)
    with pytest.raises(RequestRefused, match="at most 20 keys"):
        made(keys, ada)
    keys.revoke(first.id, actor="self")
    made(keys, ada)


def test_a_day_has_so_many_points_and_the_next_has_new_ones(store: Store, keys: ApiKeys, clock: Hands) -> None:
    _, whole = made(keys, add_person(store, "ada"))
    reader = keys.reader(whole)
    assert (left := keys.charge(reader, 30)).left == 99_970
    assert left.reset_seconds == 12 * 3_600  # it is noon
    keys.charge(reader, 99_969)
    assert keys.charge(reader, 30).left == 0
    with pytest.raises(PointsSpent) as error:
        keys.charge(reader, 1)
    assert error.value.retry_after_seconds == 12 * 3_600
    clock.move(hours=12)
    assert keys.charge(reader, 1).left == 99_999


def test_a_project_has_ten_times_as_many(store: Store, keys: ApiKeys) -> None:
    _, whole = made(keys, add_person(store, "ada"), WantedKey(name="p", scopes=("read",), kind="project"))
    assert keys.charge(keys.reader(whole), 1).left == 999_999


def test_what_a_key_spent_outlives_the_process(store: Store, keys: ApiKeys, clock: Hands) -> None:
    key, whole = made(keys, add_person(store, "ada"))
    reader = keys.reader(whole)
    keys.charge(reader, 10)
    clock.move(seconds=6)
    keys.charge(reader, 10)
    with store.reading() as connection:
        assert api_keys.spent(connection, [key.id], clock.now.date()) == {key.id: 20}
    again = ApiKeys(store, b"s" * 32, monotonic=clock.monotonic)
    assert again.charge(reader, 1).left == 99_979


def test_what_a_key_spent_late_in_a_day_is_written_though_the_next_has_begun(
    store: Store, keys: ApiKeys, clock: Hands
) -> None:
    key, whole = made(keys, add_person(store, "ada"))
    reader, day = keys.reader(whole), clock.now.date()
    keys.charge(reader, 10)
    clock.move(days=1)
    keys.charge(reader, 7)
    keys.flush()
    with store.reading() as connection:
        assert api_keys.spent(connection, [key.id], day) == {key.id: 10}
        assert api_keys.spent(connection, [key.id], clock.now.date()) == {key.id: 7}


def test_a_key_is_sent_as_a_bearer_token() -> None:
    assert key_in({"Authorization": "bearer axk_1_x "}) == "axk_1_x"
    assert key_in({"Authorization": "Basic YTpi"}) is None
    assert key_in({}) is None
