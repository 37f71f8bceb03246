import json

import numpy as np
import pytest

from simgen.baselines.beamformers import BEAMFORMERS
from simgen.baselines.upmixers import UPMIXERS
from simgen.benchmark.azimuths import AzimuthSubmission, Prediction
from simgen.benchmark.filters import FilterSubmission
from simgen.benchmark.localization import references
from simgen.benchmark.suite import load_split
from simgen.errors import ParameterError, SubmissionError
from simgen.evaluate import comparisons
from simgen.evaluate.beam import run_beamformer
from simgen.evaluate.comparisons import compared
from simgen.evaluate.localization import score_azimuths
from simgen.evaluate.upmix import run_upmixer
from tests.references.crosstalk_plants import small_track
from tests.references.filter_files import DRIVERS, HEADER, doing_nothing
from tests.references.soundstage_plants import stage_track

SPLIT = load_split("localization/mini")
TRUTH = {item: np.rad2deg(azimuths) for item, azimuths in references(SPLIT).items()}


def submission(by_item, **changes):
    told = {
        "submission": 1,
        "system": "ours",
        "track": "localization",
        "split": "mini",
        "protocol": "doa-scene/1",
        "predictions": {item: Prediction(azimuth_deg=each) for item, each in by_item.items()},
    }
    return AzimuthSubmission(**(told | changes))


def off_by(degrees, spread=0.0, seed=0):
    generator = np.random.default_rng(seed)
    return submission(
        {
            item: tuple((azimuths + degrees + generator.uniform(-spread, spread)).tolist())
            for item, azimuths in TRUTH.items()
        }
    )


def test_a_constant_difference_is_certain():
    found = compared(off_by(3.0), off_by(5.0), SPLIT)
    assert (found.score, found.over) == ("ospa_deg", "scenes")
    assert found.values == pytest.approx((3.0, 5.0))
    difference = found.difference
    assert (difference.value, difference.low, difference.high) == pytest.approx((-2.0,) * 3)
    assert difference.share_below_zero == 1.0
    assert found.differ


def test_a_submission_does_not_differ_from_itself_nor_from_one_as_noisy():
    assert not compared(off_by(3.0), off_by(3.0), SPLIT).differ
    found = compared(off_by(0.0, 5.0, seed=1), off_by(0.0, 5.0, seed=2), SPLIT)
    assert found.difference.low < 0.0 < found.difference.high
    assert not found.differ


def test_pairing_shows_what_two_intervals_do_not():
    """Errors that differ from scene to scene, and are half a degree larger in the other system."""
    generator = np.random.default_rng(5)
    base = {item: generator.uniform(0.0, 20.0) for item in TRUTH}
    one, other = (
        submission({item: tuple((TRUTH[item] + base[item] + more).tolist()) for item in TRUTH})
        for more in (0.0, 0.5)
    )
    found = compared(one, other, SPLIT)
    assert found.differ
    intervals = [score_azimuths(each, SPLIT).scores["ospa_deg"] for each in (one, other)]
    assert intervals[0]["high"] > intervals[1]["low"]


def test_scenes_are_paired_by_item():
    """The same errors in other scenes: no difference in the mean, and no certainty of that."""
    errors = dict(zip(TRUTH, np.linspace(0.0, 20.0, len(TRUTH)), strict=True))
    shifted = dict(zip(TRUTH, np.linspace(20.0, 0.0, len(TRUTH)), strict=True))
    one, other = (
        submission({item: tuple((TRUTH[item] + by[item]).tolist()) for item in TRUTH})
        for by in (errors, shifted)
    )
    found = compared(one, other, SPLIT).difference
    assert found.value == pytest.approx(0.0, abs=0.5)  # some sources are paired otherwise
    assert found.low < -2.0
    assert found.high > 2.0


def test_the_two_swapped_give_the_difference_with_the_other_sign():
    one, other = off_by(2.0, 1.0), off_by(3.0, 4.0, seed=1)
    first, second = compared(one, other, SPLIT), compared(other, one, SPLIT)
    assert first.values == second.values[::-1]
    assert first.difference.value == -second.difference.value
    assert first.difference.low == pytest.approx(-second.difference.high)


def test_json_holds_plain_numbers():
    plain = compared(off_by(3.0), off_by(5.0), SPLIT).to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["difference"] == {
        "value": -2.0,
        "low": -2.0,
        "high": -2.0,
        "share_below_zero": 1.0,
    }
    assert plain["differ"] is True


def test_submissions_to_other_splits_are_refused():
    other = load_split("localization/development")
    with pytest.raises(ParameterError, match="two submissions compare on one split, got 'loc"):
        compared(off_by(0.0), off_by(0.0), other)
    with pytest.raises(ParameterError, match="allowed: localization/mini"):
        compared(off_by(0.0), submission({}, split="development"), SPLIT)


def test_a_submission_that_does_not_answer_is_refused():
    with pytest.raises(SubmissionError, match=r"mini-0001: is missing"):
        compared(off_by(0.0), submission({"mini-0000": ()}), SPLIT)


def test_filters_compare_over_what_their_track_resamples():
    split = load_split("beam/test")
    one, other = (run_beamformer(BEAMFORMERS[name], split) for name in ("nulls", "single-driver"))
    found = compared(one, other, split)
    assert (found.score, found.over) == ("gain_db", "draws of a device")
    assert found.values[1] == pytest.approx(0.0, abs=1e-9)
    assert 0.0 < found.difference.low < found.values[0]
    assert found.differ
    assert found.difference.value == pytest.approx(found.values[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("track", "plants", "over", "score"),
    [
        ("crosstalk", "crosstalk_plants", "poses", "gain_db"),
        ("soundstage", "soundstage_plants", "seats", "points"),
    ],
)
def test_filters_compare_on_recordings(monkeypatch, track, plants, over, score):
    split = load_split(f"{track}/mini")
    heard = small_track() if track == "crosstalk" else stage_track()
    seen = []

    def plants_of(split, dataset, *, on_item):
        on_item(f"{split.path} as {dataset}")
        return heard

    monkeypatch.setattr(comparisons, plants, plants_of)
    header = HEADER | {"track": track, "protocol": split.track.protocol}
    one, other = (
        FilterSubmission.model_validate(
            header | {"arrays": {name: gain * doing_nothing(DRIVERS[name]) for name in heard}}
        )
        for gain in (1.0, 0.0)
    )
    found = compared(one, one, split, "built", on_item=seen.append)
    assert seen == [f"{track}/mini as built"]
    assert (found.score, found.over, found.differ) == (score, over, False)
    assert found.values == (0.0, 0.0)
    with pytest.raises(SubmissionError, match=r"(ctc|stage)_B\.npy: "):
        compared(one, other, split, "built")


@pytest.mark.slow
def test_centres_compare_over_mixes():
    split = load_split("upmix/test")
    one, other = (run_upmixer(UPMIXERS[name], split) for name in ("similarity", "mid"))
    found = compared(one, other, split)
    assert (found.score, found.over) == ("gain_db", "mixes")
    assert found.values[1] == 0.0
    assert found.difference.value == pytest.approx(found.values[0])
