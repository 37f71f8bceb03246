import json
import math
from typing import Annotated

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from simgen.scene.distributions import Distribution, draw, is_fixed, is_whole, support, within
from simgen.scene.seeds import Generators

QUANTITY = TypeAdapter(Distribution)
MANY = 4000


def quantity(value):
    return QUANTITY.validate_python(value)


def draws(value, *, count=MANY, seed=5):
    """Draw from one generator many times over."""
    parsed, generators = quantity(value), Generators(seed, 0)
    return np.array([draw(parsed, generators, "x") for _ in range(count)])


def message_of(value, annotation=Distribution):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    return caught.value.errors()[0]["msg"]


numbers = st.floats(-1e6, 1e6)


def ordered(elements):
    return st.tuples(elements, elements).map(sorted).map(list)


simple = st.one_of(
    numbers,
    st.builds(lambda x: {"constant": x}, numbers),
    st.builds(lambda limits: {"uniform": limits}, ordered(numbers)),
    st.builds(lambda limits: {"integers": limits}, ordered(st.integers(-1000, 1000))),
    st.builds(
        lambda mean, deviation, below, above: {
            "normal": [mean, deviation],
            "between": [mean - below, mean + above],
        },
        numbers,
        st.floats(0.1, 1e3),
        st.floats(1.0, 1e3),
        st.floats(1.0, 1e3),
    ),
)
quantities = st.recursive(
    simple,
    lambda inner: st.builds(lambda options: {"choice": options}, st.lists(inner, min_size=1)),
    max_leaves=5,
)


@given(quantities, st.integers(0, 2**64))
def test_draws_stay_within_the_support(value, seed):
    parsed = quantity(value)
    low, high = support(parsed)
    drawn = draw(parsed, Generators(seed, 3), "x")
    assert isinstance(drawn, float)
    assert low <= drawn <= high
    assert not is_whole(parsed) or drawn.is_integer()
    assert not is_fixed(parsed) or drawn == low


@given(quantities)
def test_quantities_survive_json(value):
    parsed = quantity(value)
    text = QUANTITY.dump_json(parsed)
    assert QUANTITY.validate_json(text, strict=True) == parsed


def test_a_normal_without_limits_survives_json():
    parsed = quantity({"normal": [0, 1]})
    assert QUANTITY.validate_json(QUANTITY.dump_json(parsed)) == parsed


def test_the_schema_is_plain_json():
    json.dumps(QUANTITY.json_schema(), allow_nan=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, (3, 3)),
        ({"constant": -1.5}, (-1.5, -1.5)),
        ({"uniform": [4, 8]}, (4, 8)),
        ({"integers": [1, 4]}, (1, 4)),
        ({"normal": [0, 1]}, (-math.inf, math.inf)),
        ({"normal": [0, 1], "between": [-2, 3]}, (-2, 3)),
        ({"normal": [7, 0]}, (7, 7)),
        ({"choice": [5, {"uniform": [1, 2]}, {"choice": [9]}]}, (1, 9)),
    ],
)
def test_support(value, expected):
    assert support(quantity(value)) == expected


@pytest.mark.parametrize("value", [2.5, {"constant": 2.5}, {"uniform": [2.5, 2.5]}])
def test_fixed_quantities(value):
    assert set(draws(value, count=5)) == {2.5}


def test_a_normal_of_no_width_is_its_mean():
    assert set(draws({"normal": [2.5, 0]}, count=5)) == {2.5}


@pytest.mark.parametrize(
    ("value", "distribution"),
    [
        ({"uniform": [4, 8]}, stats.uniform(4, 4)),
        ({"normal": [21, 2]}, stats.norm(21, 2)),
        ({"normal": [21, 2], "between": [15, 27]}, stats.truncnorm(-3, 3, 21, 2)),
        ({"normal": [0, 1], "between": [2, 5]}, stats.truncnorm(2, 5)),
        ({"normal": [0, 1], "between": [-4.5, -4]}, stats.truncnorm(-4.5, -4)),
    ],
)
def test_draws_follow_their_distribution(value, distribution):
    drawn = draws(value)
    assert stats.kstest(drawn, distribution.cdf).pvalue > 1e-3
    mean, variance = distribution.stats("mv")
    assert abs(drawn.mean() - mean) < 5 * math.sqrt(variance / MANY)
    assert drawn.var() == pytest.approx(variance, rel=5 * math.sqrt(2 / MANY))


def test_integers_take_both_ends_alike():
    drawn = draws({"integers": [-1, 2]})
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [-1, 0, 1, 2]
    assert stats.chisquare(counts).pvalue > 1e-3


def test_choices_follow_their_weights():
    drawn = draws({"choice": [10, 20, 30], "weights": [1, 0, 3]})
    assert set(drawn) == {10, 30}
    assert abs(np.mean(drawn == 30) - 0.75) < 5 * math.sqrt(0.75 * 0.25 / MANY)


def test_choices_are_even_without_weights():
    _, counts = np.unique(draws({"choice": [1, 2, 3]}), return_counts=True)
    assert stats.chisquare(counts).pvalue > 1e-3


def test_nested_choices():
    drawn = draws({"choice": [0, {"choice": [{"uniform": [1, 2]}, 5]}]})
    assert abs(np.mean(drawn == 0) - 0.5) < 5 * 0.5 / math.sqrt(MANY)
    inner = drawn[(drawn >= 1) & (drawn < 2)]
    assert abs(len(inner) / MANY - 0.25) < 5 * math.sqrt(0.25 * 0.75 / MANY)
    assert stats.kstest(inner, stats.uniform(1, 1).cdf).pvalue > 1e-3


def test_an_option_draws_the_same_whatever_the_weights():
    def numbers_drawn(weights):
        drawn = draws({"choice": [0, {"uniform": [1, 2]}], "weights": weights}, count=40)
        return drawn[drawn > 0][:5].tolist()

    assert numbers_drawn([1, 1]) == numbers_drawn([1, 9])


@pytest.mark.parametrize("value", [True, "4", None, [4], "uniform(1, 2)"])
def test_other_things_are_refused(value):
    message_of(value)


@pytest.mark.parametrize(
    "value",
    [
        {"uniform": [1]},
        {"uniform": [1, 2, 3]},
        {"uniform": [True, 2]},
        {"uniform": ["1", 2]},
        {"uniform": [1, math.inf]},
        {"integers": [1.5, 2]},
        {"constant": False},
        {"choice": []},
        {"choice": [1, "2"]},
        {"choice": [1, 2], "weights": [1, -1]},
        {"uniform": [1, 2], "between": [1, 2]},
        {"uniform": [1, 2], "integers": [1, 2]},
        math.nan,
        math.inf,
    ],
)
def test_faulty_distributions_are_refused(value):
    message_of(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"uniform": [4, 3]}, "must be [low, high], got [4, 3]"),
        ({"integers": [4, 3]}, "must be [low, high], got [4, 3]"),
        ({"normal": [0, 1], "between": [2, 1]}, "must be [low, high], got [2, 1]"),
        (
            {"normal": [0, -1]},
            "must be [mean, standard deviation] with a deviation of 0 or more, got -1",
        ),
        (
            {"normal": [0, 1], "between": [50, 60]},
            "next to nothing of this normal distribution lies between 50 and 60",
        ),
        (
            {"choice": [1, 2], "weights": [1]},
            "must be one number for each of the 2 choices, not all 0, got [1]",
        ),
        (
            {"choice": [1, 2], "weights": [0, 0]},
            "must be one number for each of the 2 choices, not all 0, got [0, 0]",
        ),
        (
            {"unifrom": [1, 2]},
            "must be a number or one of {constant: x}, {uniform: [low, high]}, "
            "{normal: [mean, sd]}, {integers: [low, high]}, {choice: [...]}",
        ),
    ],
)
def test_messages(value, message):
    assert message_of(value) == message


POSITIVE = Annotated[Distribution, within(0, 10, above=True)]
COUNT = Annotated[Distribution, within(1, 64, whole=True)]


@pytest.mark.parametrize("value", [1e-9, 10, {"uniform": [0.1, 10]}, {"choice": [1, 2]}])
def test_what_is_within_is_kept(value):
    assert TypeAdapter(POSITIVE).validate_python(value) == quantity(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0, "must be greater than 0 and at most 10, got 0"),
        (-2, "must be greater than 0 and at most 10, got -2"),
        ({"uniform": [1, 11]}, "must be greater than 0 and at most 10, got 1 to 11"),
        ({"choice": [1, {"constant": 20}]}, "must be greater than 0 and at most 10, got 1 to 20"),
        (
            {"normal": [5, 1]},
            "must be greater than 0 and at most 10, got a normal distribution without limits; "
            "add between: [low, high]",
        ),
        (
            {"choice": [1, {"normal": [5, 1]}]},
            "must be greater than 0 and at most 10, got a normal distribution without limits; "
            "add between: [low, high]",
        ),
        (
            {"normal": [5, 1], "between": [-1, 6]},
            "must be greater than 0 and at most 10, got -1 to 6",
        ),
    ],
)
def test_what_could_leave_the_bounds_is_refused(value, message):
    assert message_of(value, POSITIVE) == message


def test_one_sided_bounds_name_one_side():
    assert message_of(-1, Annotated[Distribution, within(0)]) == "must be at least 0, got -1"


@pytest.mark.parametrize("value", [1, 2.0, {"integers": [1, 64]}, {"choice": [1, 4]}])
def test_whole_numbers_are_kept(value):
    TypeAdapter(COUNT).validate_python(value)


@pytest.mark.parametrize(
    ("value", "given"),
    [(1.5, "1.5"), ({"uniform": [1, 2]}, "1 to 2"), ({"choice": [1, 1.5]}, "1 to 1.5")],
)
def test_fractions_are_refused_where_whole_numbers_are_meant(value, given):
    message = f"must be a whole number or {{integers: [low, high]}}, got {given}"
    assert message_of(value, COUNT) == message
