"""Numbers that may vary: constant, uniform, normal, integers, choice.

A quantity of a scene file is written as a plain number, or as a mapping such as
``{uniform: [4, 8]}``. Every distribution knows its support, so that a value that could
leave its allowed range is refused when the file is read rather than when it is drawn.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Self

import numpy as np
from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError
from scipy.special import ndtr, ndtri

from simgen.scene.record import Record
from simgen.scene.seeds import Generators

__all__ = [
    "Choice",
    "Distribution",
    "Integers",
    "Normal",
    "Uniform",
    "Within",
    "draw",
    "is_fixed",
    "is_whole",
    "support",
    "within",
]

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]

LEAST_PROBABILITY = 1e-6
"""Least share of a normal distribution between its limits; less is taken for a mistake."""

_LEAST_UNIFORM = 2.0**-54
"""Half the spacing of uniform draws, in place of 0, whose normal quantile is infinite."""


def _require_order(key: str, limits: tuple[float, float]) -> None:
    """Refuse limits of which the first is the greater."""
    low, high = limits
    if low > high:
        raise PydanticCustomError(
            "bad_value",
            "must be [low, high], got [{low}, {high}]",
            {"path": (key,), "low": f"{low:g}", "high": f"{high:g}"},
        )


class Constant(Record):
    """Always the same number."""

    constant: Number


class Uniform(Record):
    """Evenly spread over [low, high)."""

    uniform: tuple[Number, Number]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _require_order("uniform", self.uniform)
        return self


class Normal(Record):
    """Gaussian with a mean and a standard deviation, restricted to between two limits."""

    normal: tuple[Number, Number]
    between: tuple[Number, Number] | None = None

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        _, deviation = self.normal
        if deviation < 0.0:
            raise PydanticCustomError(
                "bad_value",
                "must be [mean, standard deviation] with a deviation of 0 or more, got {deviation}",
                {"path": ("normal",), "deviation": f"{deviation:g}"},
            )
        low, high = self.limits
        _require_order("between", (low, high))
        least, greatest = self.probabilities()
        if greatest - least < LEAST_PROBABILITY:
            raise PydanticCustomError(
                "bad_value",
                "next to nothing of this normal distribution lies between {low} and {high}",
                {"path": ("between",), "low": f"{low:g}", "high": f"{high:g}"},
            )
        return self

    @property
    def limits(self) -> tuple[float, float]:
        """The least and greatest value; infinite where there is no limit."""
        return self.between or (-math.inf, math.inf)

    def probabilities(self) -> tuple[float, float]:
        """Return the probabilities of a value below each of the two limits."""
        mean, deviation = self.normal
        low, high = self.limits
        if deviation == 0.0:
            return (0.0, 1.0) if low <= mean <= high else (0.0, 0.0)
        return float(ndtr((low - mean) / deviation)), float(ndtr((high - mean) / deviation))


class Integers(Record):
    """A whole number from low to high, both included, each equally likely."""

    integers: tuple[Annotated[int, Field(strict=True)], Annotated[int, Field(strict=True)]]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _require_order("integers", self.integers)
        return self


class Choice(Record):
    """One of several quantities, equally likely unless weighted."""

    choice: tuple["Distribution", ...] = Field(min_length=1)
    weights: tuple[Annotated[float, Field(strict=True, ge=0.0)], ...] | None = None

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        if self.weights is not None and (
            len(self.weights) != len(self.choice) or sum(self.weights) <= 0.0
        ):
            raise PydanticCustomError(
                "bad_value",
                "must be one number for each of the {choices} choices, not all 0, got {given}",
                {
                    "path": ("weights",),
                    "choices": len(self.choice),
                    "given": f"[{', '.join(f'{weight:g}' for weight in self.weights)}]",
                },
            )
        return self


_KINDS: dict[str, type[Record]] = {
    "constant": Constant,
    "uniform": Uniform,
    "normal": Normal,
    "integers": Integers,
    "choice": Choice,
}


def _kind(value: Any) -> str | None:
    """Tell which distribution a value is written as."""
    if isinstance(value, Record):
        return f"<{type(value).__name__.lower()}>"
    if isinstance(value, dict):
        return next((f"<{kind}>" for kind in _KINDS if kind in value), None)
    return "<number>"


Distribution = Annotated[
    Annotated[Number, Tag("<number>")]
    | Annotated[Constant, Tag("<constant>")]
    | Annotated[Uniform, Tag("<uniform>")]
    | Annotated[Normal, Tag("<normal>")]
    | Annotated[Integers, Tag("<integers>")]
    | Annotated[Choice, Tag("<choice>")],
    Discriminator(
        _kind,
        custom_error_type="bad_value",
        custom_error_message="must be a number or one of {constant: x}, {uniform: [low, high]}, "
        "{normal: [mean, sd]}, {integers: [low, high]}, {choice: [...]}",
    ),
]
Choice.model_rebuild()

Quantity = float | Constant | Uniform | Normal | Integers | Choice


def support(quantity: Quantity) -> tuple[float, float]:
    """Return the least and greatest value a quantity can take."""
    match quantity:
        case Constant(constant=value):
            return value, value
        case Uniform(uniform=(low, high)) | Integers(integers=(low, high)):
            return low, high
        case Normal(normal=(mean, deviation)):
            return (mean, mean) if deviation == 0.0 else quantity.limits
        case Choice(choice=options):
            bounds = [support(option) for option in options]
            return min(low for low, _ in bounds), max(high for _, high in bounds)
        case _:
            return quantity, quantity


def is_whole(quantity: Quantity) -> bool:
    """Tell whether a quantity only takes whole numbers."""
    match quantity:
        case Integers():
            return True
        case Choice(choice=options):
            return all(is_whole(option) for option in options)
        case _:
            low, high = support(quantity)
            return low == high and float(low).is_integer()


def is_fixed(quantity: Quantity) -> bool:
    """Tell whether a quantity is always the same number."""
    low, high = support(quantity)
    return low == high


def draw(quantity: Quantity, generators: Generators, path: str) -> float:
    """Draw a number.

    Parameters
    ----------
    quantity
        What to draw from.
    generators
        The scene's generators.
    path
        The dotted path of the quantity, which names its generator.
    """
    match quantity:
        case Constant(constant=value):
            return value
        case Uniform(uniform=(low, high)):
            return min(low + (high - low) * generators.at(path).random(), high)
        case Normal():
            return _draw_normal(quantity, generators.at(path))
        case Integers(integers=(low, high)):
            return float(generators.at(path).integers(low, high, endpoint=True))
        case Choice():
            chosen = _draw_choice(quantity, generators.at(path))
            return draw(quantity.choice[chosen], generators, f"{path}.choice[{chosen}]")
        case _:
            return float(quantity)


def _draw_normal(quantity: Normal, generator: np.random.Generator) -> float:
    """Draw from a normal distribution within its limits, by inverting its distribution."""
    mean, deviation = quantity.normal
    low, high = quantity.probabilities()
    probability = max(low + (high - low) * generator.random(), _LEAST_UNIFORM)
    value = mean + deviation * float(ndtri(probability))
    least, greatest = quantity.limits
    return min(max(value, least), greatest)


def _draw_choice(quantity: Choice, generator: np.random.Generator) -> int:
    """Draw the number of an option by its weight."""
    weights = quantity.weights or (1.0,) * len(quantity.choice)
    threshold = generator.random() * math.fsum(weights)
    cumulative = 0.0
    for option, weight in enumerate(weights):
        cumulative += weight
        if threshold < cumulative:
            return option
    return max(option for option, weight in enumerate(weights) if weight > 0.0)


@dataclass(frozen=True)
class Within:
    """Bounds that a quantity's whole support must respect.

    Parameters
    ----------
    low, high
        Least and greatest value.
    above
        Whether ``low`` itself is excluded.
    whole
        Whether only whole numbers are allowed.
    """

    low: float = -math.inf
    high: float = math.inf
    above: bool = False
    whole: bool = False

    def __call__(self, quantity: Quantity) -> Quantity:
        """Return the quantity, or refuse it."""
        least, greatest = support(quantity)
        inside = least >= self.low and greatest <= self.high
        if not inside or (self.above and least <= self.low):
            raise PydanticCustomError(
                "out_of_range", "must be {allowed}, got {given}{hint}", self._message(quantity)
            )
        if self.whole and not is_whole(quantity):
            raise PydanticCustomError(
                "wrong_type",
                "must be a whole number or {integers: [low, high]}, got {given}",
                {"given": _spread(quantity)},
            )
        return quantity

    def _message(self, quantity: Quantity) -> dict[str, Any]:
        """Describe the bounds and what was given."""
        lower = f"greater than {self.low:g}" if self.above else f"at least {self.low:g}"
        upper = f"at most {self.high:g}"
        limits = ((lower, self.low), (upper, self.high))
        unlimited = not all(math.isfinite(value) for value in support(quantity))
        return {
            "allowed": " and ".join(text for text, limit in limits if math.isfinite(limit)),
            "given": _spread(quantity),
            "hint": "; add between: [low, high]" if unlimited else "",
        }


def _spread(quantity: Quantity) -> str:
    """Return what values a quantity can take, in words."""
    least, greatest = support(quantity)
    if not (math.isfinite(least) and math.isfinite(greatest)):
        return "a normal distribution without limits"
    return f"{least:g}" if least == greatest else f"{least:g} to {greatest:g}"


def within(low: float = -math.inf, high: float = math.inf, **options: bool) -> AfterValidator:
    """Return a pydantic validator that keeps a quantity's support within bounds."""
    return AfterValidator(Within(low, high, **options))
