import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgen.errors import ParameterError, ShapeError, SubmissionError
from simgen.scoring.submission import MAX_ESTIMATES, paired_azimuths

AZIMUTHS = st.lists(st.floats(-100.0, 100.0), max_size=6)


def faults(references, estimates):
    with pytest.raises(SubmissionError) as caught:
        paired_azimuths(references, estimates)
    return caught.value.faults


@settings(max_examples=30)
@given(
    st.dictionaries(st.text(max_size=3), st.tuples(AZIMUTHS, AZIMUTHS), min_size=1), st.randoms()
)
def test_whatever_order_it_comes_in_there_is_one_order(items, random):
    def shuffled(values):
        return random.sample(values, len(values))

    order = shuffled(list(items))
    found = paired_azimuths(
        {item: shuffled(items[item][0]) for item in order},
        {item: shuffled(items[item][1]) for item in shuffled(order)},
    )
    assert list(found) == sorted(items)
    for item, (reference, estimate) in found.items():
        assert [reference.dtype, estimate.dtype] == [np.float64, np.float64]
        assert reference.tolist() == sorted(items[item][0])
        assert estimate.tolist() == sorted(items[item][1])


def test_what_was_submitted_is_left_as_it_is():
    reference, estimate = np.array([2.0, 1.0]), np.array([4.0, 3.0])
    paired_azimuths({"a": reference}, {"a": estimate})
    assert (reference.tolist(), estimate.tolist()) == ([2.0, 1.0], [4.0, 3.0])


@pytest.mark.parametrize(
    "azimuths",
    [[], (), np.zeros(0), [1, 2], np.uint8([3]), np.float16([0.5]), [0.0] * MAX_ESTIMATES],
    ids=str,
)
def test_every_flat_list_of_real_numbers_is_taken(azimuths):
    (_, estimate) = paired_azimuths({"a": [0.0]}, {"a": azimuths})["a"]
    assert estimate.tolist() == [float(x) for x in azimuths]


@pytest.mark.parametrize(
    ("azimuths", "fault"),
    [
        (1.0, "the azimuths have shape ()"),
        ([[1.0]], "the azimuths have shape (1, 1)"),
        ([[1.0], [1.0, 2.0]], "the azimuths are nested unevenly"),
        ([True], "the azimuths are of type bool"),
        (["1"], "the azimuths are of type <U1"),
        ([1j], "the azimuths are of type complex128"),
        ([None], "the azimuths are of type object"),
        ([10**30], "the azimuths are of type object"),
        (np.longdouble([1.0]), "the azimuths are of type "),
        ([0.0] * (MAX_ESTIMATES + 1), f"there are {MAX_ESTIMATES + 1} azimuths"),
        ([0.0, np.nan, np.inf], "an azimuth is nan"),
        ([-np.inf], "an azimuth is -inf"),
    ],
    ids=str,
)
def test_anything_else_is_told_by_item(azimuths, fault):
    (found,) = faults({"a": [0.0], "b": []}, {"a": azimuths, "b": []})
    assert found.startswith(f"a: {fault}")


def test_all_items_are_told_of_at_once_in_their_order():
    found = faults({"b": [], "d": [], "a": []}, {"c": [], "b": [np.nan], "a": []})
    assert found == (
        "b: an azimuth is nan (allowed: finite radians)",
        "c: no such item in this split",
        "d: missing; a scene without estimates still needs an empty list",
    )


def test_ids_that_are_no_texts_are_told_of_too():
    assert faults({"a": []}, {"a": [], 1: []}) == ("1: no such item in this split",)


def test_what_is_wrong_with_the_references_is_not_the_submitters_fault():
    with pytest.raises(ParameterError, match="no scene to score"):
        paired_azimuths({}, {})
    for broken in ([np.nan], [[0.0]], 0.0):
        with pytest.raises(ShapeError, match="reference 'a'"):
            paired_azimuths({"a": broken}, {"a": [0.0]})
