import json
from pathlib import Path

import numpy as np
import pytest

from simgen.baselines.upmixers import UPMIXERS
from simgen.benchmark.centres import CentreSubmission, read_centres
from simgen.benchmark.result import read_result
from simgen.benchmark.suite import load_split
from simgen.errors import SubmissionError
from simgen.evaluate.upmix import run_upmixer, score_centres, stereo_mix
from simgen.signals.stereo_mixes import frozen_recipes

SPLIT = load_split("upmix/test")
RESULTS = Path(__file__).parents[2] / "benchmarks" / "upmix" / "results"
COMMITTED = {path.stem.removesuffix("-test"): path for path in RESULTS.glob("*.json")}
HEADER = {
    "submission": 1,
    "system": "ours",
    "version": "1.0",
    "track": "upmix",
    "split": "test",
    "protocol": "lrc/1",
    "sample_rate_hz": 48000,
}


def score(centres):
    return score_centres(CentreSubmission.model_validate(HEADER | {"arrays": centres}), SPLIT)


def value(result, name="gain_db"):
    return result.scores[name]["value"]


@pytest.mark.slow
def test_the_frozen_recipes_are_those_that_mixes_are_made_of():
    assert json.loads(SPLIT.lines) == frozen_recipes()
    lengths = {name: stereo_mix(name).num_samples for name in frozen_recipes()}
    assert SPLIT.track.parts == lengths


@pytest.mark.slow
def test_the_mid_scores_0_and_so_does_a_mix_left_out():
    part = score({"news": stereo_mix("news").mid, "radio": 0.3 * stereo_mix("radio").mid})
    assert value(part) == pytest.approx(0.0, abs=1e-9)
    assert part.coverage == {"num_mixes": 6, "num_mixes_submitted": 2}
    assert value(part, "si_sdr_db") == pytest.approx(value(part, "mid_si_sdr_db"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["left", "side", "noise", "flipped", "late"])
def test_no_degenerate_centre_beats_the_mid(kind):
    mix = stereo_mix("duet")
    centre = {
        "left": mix.stereo[0],
        "side": mix.stereo[0] - mix.stereo[1],
        "noise": np.random.default_rng(0).standard_normal(mix.num_samples),
        "flipped": -mix.mid,
        "late": np.roll(mix.mid, 960),
    }[kind]
    assert value(score({"duet": centre})) < -0.1


def test_the_stem_itself_is_best():
    assert value(score({"duet": stereo_mix("duet").centre})) > 5.0


@pytest.mark.parametrize("name", ["mid", "similarity-2"])
def test_the_committed_results_come_out_again(name, tmp_path):
    seen = []
    run_upmixer(UPMIXERS[name], SPLIT, on_item=seen.append).write(tmp_path / name)
    assert seen == list(frozen_recipes())
    result = score_centres(read_centres(tmp_path / name), SPLIT)
    committed = read_result(COMMITTED[name])
    for score_name, interval in committed.scores.items():
        assert result.scores[score_name] == pytest.approx(interval, abs=1e-4), score_name


def test_results_of_all_baselines_are_committed_in_the_known_order():
    gain = {name: value(read_result(path)) for name, path in COMMITTED.items()}
    order = ["similarity-2", "similarity", "running", "banded", "one-gain", "mid"]
    assert sorted(gain, key=gain.get, reverse=True) == order == list(reversed(UPMIXERS))
    assert gain["mid"] == 0.0


def test_wrong_centres_are_refused_by_file_and_index(tmp_path):
    (tmp_path / "submission.json").write_text(json.dumps(HEADER | {"sample_rate_hz": 44100}))
    broken = np.ones(384000, dtype=np.float32)
    broken[7] = np.nan
    np.save(tmp_path / "lrc_band.npy", broken)
    np.save(tmp_path / "lrc_duet.npy", np.ones((2, 384000), dtype=np.float32))
    np.save(tmp_path / "lrc_jazz.npy", np.ones(3))
    with pytest.raises(SubmissionError) as caught:
        read_centres(tmp_path)
    faults = [fault.split(" (")[0] for fault in caught.value.faults]
    assert faults == [
        "lrc_jazz.npy: is not a file of this track",
        "lrc_band.npy: the sample rate is 44100 Hz",
        "lrc_band.npy: sample [7] is nan",
        "lrc_duet.npy: the sample rate is 44100 Hz",
        "lrc_duet.npy: the centre has shape",
    ]


def test_silence_is_refused_when_it_is_scored():
    with pytest.raises(SubmissionError) as caught:
        score({"quiz": np.zeros(384000)})
    assert caught.value.faults[0].startswith("lrc_quiz.npy: the centre has 0 of the mix's energy")
