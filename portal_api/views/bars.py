"""The histogram as it is drawn: bars placed in a drawing, each an address that narrows to it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from index.results import Bar, Histogram

#: the drawing of the histogram
WIDTH, HEIGHT = 640, 96


class BarView(msgspec.Struct, frozen=True, kw_only=True):
    """A bar of the histogram, placed: x, height and width in the drawing's units."""

    bar: Bar
    address: str
    x: float
    y: float
    width: float
    height: float


def bars_of(histogram: Histogram | None, address_of: Callable[[Bar], str]) -> tuple[BarView, ...]:
    """The bars of a histogram, each with the address that narrows to it."""
    if histogram is None or not histogram.bars:
        return ()
    most = max(bar.count for bar in histogram.bars) or 1
    width = WIDTH / len(histogram.bars)
    found = []
    for number, bar in enumerate(histogram.bars):
        height = round(max(HEIGHT * bar.count / most, 2.0), 1) if bar.count else 0.0
        found.append(
            BarView(
                bar=bar,
                address=address_of(bar),
                x=round(number * width, 1),
                y=round(HEIGHT - height, 1),
                width=round(max(width - 2, 1), 1),
                height=height,
            )
        )
    return tuple(found)
