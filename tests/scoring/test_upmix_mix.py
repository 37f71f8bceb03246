import numpy as np
import pytest

from simgen.errors import ShapeError
from simgen.scoring.upmix_mix import CENTRE, StereoMix

RANDOM = np.random.default_rng(9)
VOICE = RANDOM.standard_normal(50)
GUITAR = RANDOM.standard_normal((2, 50))
PIANO = RANDOM.standard_normal((2, 50))


def mix(**stems):
    return StereoMix({CENTRE: np.stack([VOICE, VOICE]), "guitar": GUITAR} | stems)


def test_the_mix_is_the_sum_of_its_stems():
    made = mix(piano=PIANO)
    np.testing.assert_allclose(made.stereo, VOICE + GUITAR + PIANO)
    assert made.num_samples == 50
    np.testing.assert_array_equal(made.centre, VOICE)


def test_the_centre_is_in_the_mid_as_it_is_and_not_in_the_side():
    np.testing.assert_allclose(mix().mid - GUITAR.mean(axis=0), VOICE, atol=1e-15)
    np.testing.assert_allclose(mix().side, GUITAR[0] - GUITAR[1], atol=1e-14)
    alone = StereoMix({CENTRE: np.stack([VOICE, VOICE])})
    np.testing.assert_array_equal(alone.mid, VOICE)
    np.testing.assert_array_equal(alone.side, np.zeros(50))


def test_left_and_right_come_back_from_mid_and_side():
    made = mix(piano=PIANO)
    np.testing.assert_allclose(made.mid + made.side / 2, made.stereo[0], atol=1e-14)
    np.testing.assert_allclose(made.mid - made.side / 2, made.stereo[1], atol=1e-14)


def test_sums_are_in_double_precision_whatever_the_stems_are():
    """In single precision what is small would be lost beside what is large."""
    large, small = np.full((2, 3), 1e8, np.float32), np.full((2, 3), 1.0, np.float32)
    made = StereoMix({CENTRE: small, "loud": large, "opposite": -large})
    np.testing.assert_array_equal(made.stereo, np.ones((2, 3)))
    assert made.centre.dtype == made.stereo.dtype == np.float64


@pytest.mark.parametrize(
    ("stems", "problem"),
    [
        ({"center": np.ones((2, 5))}, "needs a stem of the name, got 'centre'"),
        ({CENTRE: np.zeros((2, 5))}, "must sound"),
        ({CENTRE: np.ones((2, 0))}, "must sound"),
        ({CENTRE: np.array([[1.0, 2.0], [1.0, 2.1]])}, "alike in left and right"),
        ({CENTRE: np.ones((1, 5))}, "stem 'centre' has shape"),
        ({CENTRE: np.ones(5)}, "stem 'centre'"),
        ({CENTRE: 5.0}, "stem 'centre'"),
        ({CENTRE: np.ones((2, 5)), "b": np.ones((2, 4))}, r"stem 'b' has shape \(2, 4\)"),
        ({CENTRE: np.ones((2, 5)), "b": np.ones((5, 2))}, "stem 'b' has shape"),
        ({CENTRE: np.ones((2, 5)), "b": np.full((2, 5), np.nan)}, "stem 'b'"),
        ({CENTRE: np.ones((2, 5)), "b": 1j * np.ones((2, 5))}, "stem 'b'"),
    ],
)
def test_what_is_no_mix_is_refused_by_stem(stems, problem):
    with pytest.raises(ShapeError, match=problem):
        StereoMix(stems)
