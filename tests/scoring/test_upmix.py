"""The whole track: honest methods on frozen mixes, and what must not pay."""

import json
from functools import cache, partial

import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError, SubmissionError
from simgen.playback.upmix import (
    banded_centre,
    one_coefficient_centre,
    running_centre,
    similarity_centre,
    split_centre,
)
from simgen.scoring.upmix import PROTOCOL, compare_upmixes, score_upmix
from simgen.scoring.upmix_mix import StereoMix
from simgen.signals.stereo_mixes import frozen_recipes, frozen_stems
from tests.references import upmix_score as plain

RATE = 48000
METHODS = {
    "mask squared": partial(similarity_centre, sample_rate=RATE, exponent=2.0),
    "mask": partial(similarity_centre, sample_rate=RATE),
    "running": partial(running_centre, sample_rate=RATE),
    "static": partial(banded_centre, sample_rate=RATE),
    "one gain": one_coefficient_centre,
}
"""Best first."""


def noise(num_samples, seed=0):
    return np.random.default_rng(seed).standard_normal(num_samples)


def small_mix(seed, num_samples=4800):
    gains = {"centre": (1, 1), "left": (1, 0), "right": (0, 1), "part": (0.9, 0.5)}
    return StereoMix(
        {
            name: np.outer(gain, noise(num_samples, [seed, number]))
            for number, (name, gain) in enumerate(gains.items())
        }
    )


SMALL = {f"mix {seed}": small_mix(seed) for seed in range(5)}


def scored(method):
    return score_upmix(SMALL, {name: method(mix) for name, mix in SMALL.items()})


def better(mix, share=0.5):
    return mix.mid + share * (mix.centre - mix.mid)


@cache
def frozen(*names):
    return {name: StereoMix(frozen_stems(name)) for name in names}


def gains_of_methods(*names):
    mixes = frozen(*names)
    return [
        score_upmix(mixes, {name: method(mix.stereo) for name, mix in mixes.items()}).gain_db.value
        for method in METHODS.values()
    ]


def test_the_score_is_what_its_definition_reads():
    expected = plain.gain_db([mix.stems for mix in SMALL.values()], map(better, SMALL.values()))
    assert scored(better).gain_db.value == pytest.approx(expected, abs=1e-9)


def test_the_mid_scores_exactly_nothing():
    score = scored(lambda mix: mix.mid)
    assert vars(score.gain_db) == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert {mix.gain_db for mix in score.mixes.values()} == {0.0}


@pytest.mark.parametrize("gain", [1e-2, 0.5, 3.0])
def test_no_gain_changes_a_score(gain):
    assert scored(lambda mix: gain * mix.mid).gain_db.value == pytest.approx(0.0, abs=1e-9)
    changed, given = scored(lambda mix: gain * better(mix)), scored(better)
    assert changed.gain_db.value == pytest.approx(given.gain_db.value, abs=1e-9)


def test_the_centre_itself_reaches_the_clip():
    score = scored(lambda mix: mix.centre)
    assert {mix.si_sdr_db for mix in score.mixes.values()} == {40.0}
    assert score.gain_db.low > 35.0


@pytest.mark.parametrize(
    "method",
    [
        lambda mix: mix.stereo[0],
        lambda mix: mix.side,
        lambda mix: np.roll(mix.mid, 960),
        lambda mix: noise(mix.num_samples, 7),
        lambda mix: np.ones(mix.num_samples),
        lambda mix: -mix.mid,
        lambda mix: -mix.centre,
        lambda mix: np.sign(mix.mid),
        lambda mix: mix.mid * (np.arange(mix.num_samples) % 2),
        lambda mix: mix.stems["left"][0],
    ],
    ids=["left", "side", "late", "noise", "constant", "flipped mid", "flipped centre", "clipped",
         "every other", "another stem"],
)  # fmt: skip
def test_no_degenerate_centre_beats_the_mid(method):
    score = scored(method)
    assert score.gain_db.high < 0.0
    assert max(mix.gain_db for mix in score.mixes.values()) < 0.0


def test_what_looks_best_elsewhere_does_not_win():
    """Noise is uncorrelated with the sides; silence beats the mid by plain SDR."""
    of_noise = scored(lambda mix: noise(mix.num_samples, 7)).mixes["mix 0"]
    of_mid, of_half = (
        scored(lambda mix, g=gain: g * mix.mid).mixes["mix 0"] for gain in (1.0, 0.5)
    )
    assert of_noise.report.side_correlation < of_mid.report.side_correlation + 0.05
    assert of_noise.si_sdr_db < of_mid.si_sdr_db - 20.0
    assert of_half.report.segment_sdr_db > of_mid.report.segment_sdr_db + 1.0
    assert of_half.report.level_db == pytest.approx(of_mid.report.level_db - 20 * np.log10(2))


@pytest.mark.slow
def test_methods_order_on_a_frozen_mix():
    squared, mask, running, static, one = gains_of_methods("news")
    assert squared > mask > running > static > one > 0.0
    assert one < 0.5


@pytest.mark.slow
def test_methods_order_on_all_frozen_mixes():
    assert gains_of_methods(*frozen_recipes()) == pytest.approx(
        [7.76, 6.18, 5.12, 2.15, 0.20], abs=0.01
    )


def test_left_right_and_centre_fold_down_to_the_mix():
    """Which is what makes the centre alone a whole submission."""
    mix = SMALL["mix 0"]
    left, right, centre = split_centre(mix.stereo, better(mix))
    np.testing.assert_allclose([left + centre, right + centre], mix.stereo, atol=1e-12)


def test_paired_comparison_is_sharper_than_the_intervals():
    first, second = scored(better), scored(lambda mix: better(mix, 0.4))
    difference = compare_upmixes(first, second)
    assert difference.value == pytest.approx(first.gain_db.value - second.gain_db.value)
    assert 0.0 < difference.low < difference.value < difference.high
    assert difference.share_below_zero == 0.0
    assert compare_upmixes(second, first).value == -difference.value
    with pytest.raises(ParameterError, match="not scored on the same mixes"):
        compare_upmixes(first, score_upmix({"mix 0": SMALL["mix 0"]}, {"mix 0": noise(4800)}))


def test_a_mix_left_out_counts_as_its_mid():
    whole = scored(better)
    some = score_upmix(SMALL, {"mix 3": better(SMALL["mix 3"])})
    assert some.gain_db.value == pytest.approx(whole.mixes["mix 3"].gain_db / 5)
    plain_score = some.to_dict()
    assert plain_score["coverage"] == {"num_mixes": 5, "num_mixes_submitted": 1}
    assert plain_score["mixes"]["mix 0"]["report"] is None
    assert some.mixes["mix 0"].si_sdr_db == some.mixes["mix 0"].mid_si_sdr_db


def test_single_precision_scores_alike():
    single = scored(lambda mix: better(mix).astype(np.float32))
    assert single.gain_db.value == pytest.approx(scored(better).gain_db.value, abs=1e-4)


def test_json_has_fixed_keys_and_only_finite_numbers():
    score = scored(better).to_dict()
    assert json.loads(json.dumps(score, allow_nan=False)) == score
    assert list(score) == ["protocol", "coverage", "gain_db", "mixes"]
    assert score["protocol"] == PROTOCOL == "lrc/1"
    mix = score["mixes"]["mix 1"]
    assert list(mix) == ["gain_db", "si_sdr_db", "mid_si_sdr_db", "report"]
    assert list(mix["report"]["leakage_db"]) == ["left", "right", "part"]
    assert len(mix["report"]["side_correlation_by_band"]) == 38


def changed(place, value):
    centre = noise(4800)
    centre[place] = value
    return centre


@pytest.mark.parametrize(
    ("centre", "fault"),
    [
        (0.0 * noise(4800), "the centre has 0 of the mix's energy (allowed: 1e-06)"),
        (1e-4 * noise(4800), "the centre has 2e-09 of the mix's energy (allowed: 1e-06)"),
        (noise(4799), "the centre has shape (4799,) (allowed: (4800,), as the mix has)"),
        (noise(4800)[None], "the centre has shape (1, 4800) (allowed: (4800,), as the mix has)"),
        (noise(4800) + 0j, "the centre is of type complex128 (allowed: float32, float64)"),
        (np.ones(4800, dtype=int), "the centre is of type int64 (allowed: float32, float64)"),
        ([[1.0], [1.0, 2.0]], "the centre is nested unevenly (allowed: an array (sample,))"),
        (changed(7, np.nan), "sample [7] is nan (allowed: finite numbers of at most 1e+06)"),
        (changed(8, -np.inf), "sample [8] is -inf (allowed: finite numbers of at most 1e+06)"),
        (changed(9, 2e6), "sample [9] is 2e+06 (allowed: finite numbers of at most 1e+06)"),
    ],
)
def test_unusable_centres_are_refused_by_mix(centre, fault):
    with pytest.raises(SubmissionError) as refused:
        score_upmix(SMALL, {"mix 2": centre})
    (found,) = refused.value.faults
    assert found.startswith(f"mix 2: {fault}")


def test_every_fault_of_every_mix_is_listed():
    submission = {"mix 1": noise(3), "mix 4": 0 * noise(4800), "mix 9": noise(4800)}
    with pytest.raises(SubmissionError) as refused:
        score_upmix(SMALL, submission, sample_rate=44100)
    assert [fault[:22] for fault in refused.value.faults] == [
        "mix 9: no such mix",
        "mix 1: the sample rate",
        "mix 1: the centre has ",
        "mix 4: the sample rate",
        "mix 4: the centre has ",
    ]
    with pytest.raises(SubmissionError, match="there are no centres for any mix"):
        score_upmix(SMALL, {})
    with pytest.raises(ParameterError, match="there is no mix to score"):
        score_upmix({}, {"mix 1": noise(4800)})


@pytest.mark.parametrize(
    ("stems", "problem"),
    [
        ({"left": np.ones((2, 3))}, "a mix needs a stem of the name"),
        ({"centre": np.ones((2, 3)), "left": np.ones((2, 4))}, "stem 'left' has shape"),
        ({"centre": np.ones((3, 3))}, "stem 'centre' has shape"),
        ({"centre": np.ones(3)}, "stem 'centre' has shape"),
        ({"centre": np.zeros((2, 3))}, "the centre must sound"),
        ({"centre": np.eye(2)}, "and alike in left and right"),
        ({"centre": np.full((2, 3), np.nan)}, "holds a non-finite value"),
    ],
)
def test_mixes_that_cannot_be_scored_on_are_refused(stems, problem):
    with pytest.raises(ShapeError, match=problem):
        StereoMix(stems)


def test_a_mix_is_the_sum_of_its_stems():
    mix = SMALL["mix 0"]
    np.testing.assert_allclose(mix.stereo, sum(mix.stems.values()))
    np.testing.assert_allclose(mix.mid, mix.stereo.mean(axis=0))
    np.testing.assert_allclose(mix.side, mix.stereo[0] - mix.stereo[1])
    sides = StereoMix({**mix.stems, "centre": 5 * np.ones((2, 4800))}).side
    np.testing.assert_allclose(mix.side, sides, atol=1e-12)
