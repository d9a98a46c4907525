"""How times and structs lie in a column: as text that both databases keep and order alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Dialect


def instant_text(moment: datetime) -> str:
    """`2026-11-24T00:00:00.000000Z`: orders as text as it does in time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """The aware UTC time that `instant_text` wrote."""
    return datetime.fromisoformat(text)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC time, kept as `instant_text`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Text for the database; a naive time is a fault of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone is not stored")
        return instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The time of the text."""
        return None if value is None else instant(value)


class Json(sa.types.TypeDecorator[Any]):
    """A value of the msgspec type `shape`, kept as JSON text; None is SQL NULL."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape
        self._decoder = msgspec.json.Decoder(shape)

    def __repr__(self) -> str:
        return f"Json({self.shape!r})"

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """JSON text with sorted keys, so that equal values are equal texts."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value, checked against `shape`."""
        return None if value is None else self._decoder.decode(value)


_encoder = msgspec.json.Encoder(order="deterministic")


def json_text(value: object) -> str:
    """The JSON that `Json` columns hold."""
    return _encoder.encode(value).decode()
