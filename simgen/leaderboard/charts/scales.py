"""From numbers to places along an axis."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

__all__ = ["LogScale", "Scale", "tick_text"]

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Leading digits of steps that people count in."""


_LEAST_SPAN: Final = 1e-6
"""What an axis spans at least: less than any score's last digit."""


@dataclass(frozen=True)
class Scale:
    """A linear axis.

    Attributes
    ----------
    low, high
        Numbers at its ends.
    start, end
        Where these lie.
    """

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Iterable[float], start: float, end: float) -> Self:
        """Return an axis from 0, or round numbers beyond, to round numbers beyond all values."""
        numbers = [0.0, *values]
        least, greatest = min(numbers), max(numbers)
        step = _step(max(greatest - least, _LEAST_SPAN))
        high = math.ceil(greatest / step) * step or (0.0 if least < 0.0 else step)
        return cls(math.floor(least / step) * step, high, start, end)

    def __call__(self, value: float) -> float:
        """Return where a value lies."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """Round numbers from end to end."""
        step = _step(self.high - self.low)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


@dataclass(frozen=True)
class LogScale:
    """A logarithmic axis; numbers below its low end lie on it."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value lies."""
        share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """1 and 3 of every decade, which are evenly spread; more where there are few."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        digits = (1, 3) if self.high / self.low > 100.0 else (1, 2, 5)
        ticks = [digit * 10.0**decade for decade in decades for digit in digits]
        return [tick for tick in ticks if self.low * 0.999 <= tick <= self.high * 1.001]


def tick_text(value: float) -> str:
    """Write a tick: with a true minus, thousands as k, and no digits that say nothing."""
    if abs(value) >= 1000.0:
        return f"{value / 1000.0:g}k"
    return f"{round(value, 6) + 0.0:g}".replace("-", "\N{MINUS SIGN}")


def _step(span: float) -> float:
    """Return a round step that parts a span into about four."""
    rough = span / 4.0
    decade = 10.0 ** math.floor(math.log10(rough))
    return next(step * decade for step in _STEPS if step * decade >= rough * 0.999)
