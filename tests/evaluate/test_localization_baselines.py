import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simgen.baselines.localisers import LOCALISERS
from simgen.benchmark.azimuths import read_azimuths
from simgen.benchmark.result import read_result
from simgen.benchmark.suite import load_split
from simgen.dataset.dataset import open_dataset
from simgen.errors import DatasetError
from simgen.evaluate.localization import run_localiser, score_azimuths
from simgen.generate.run import generate
from simgen.generate.sources import FrozenScenes

RESULTS = Path(__file__).parents[2] / "benchmarks" / "localization" / "results"
SPLIT = load_split("localization/mini")
SHORT = replace(
    SPLIT,
    sha256="f" * 64,
    lines=b"".join(line for line in SPLIT.lines.splitlines(keepends=True)[:2]),
)
"""Two scenes, as a split of its own."""


class FakeDataset:
    """What a built split looks like to a baseline: noise of the right shape."""

    class identity:  # noqa: N801
        scenes = SHORT.sha256

    path = Path("somewhere")

    def __getitem__(self, number):
        generator = np.random.default_rng(number)

        class Recording:
            signals = {"table": generator.standard_normal((8, 64000)).astype(np.float32)}  # noqa: RUF012

        return Recording()


class Listener:
    """A baseline that keeps what it was given, in files, since workers run it."""

    name = "listener"
    description = "keeps what it was given"
    training_data = "none"
    parameters = {"ears_count": 8}  # noqa: RUF012

    def __init__(self, azimuths, folder=None):
        self.azimuths = azimuths
        self.folder = folder

    def locate(self, signals, microphones, **options):
        if self.folder is not None:
            name = f"{float(signals[0, 0]):.6f}.pickle"
            (self.folder / name).write_bytes(pickle.dumps((signals, microphones, options)))
        return np.array(self.azimuths)

    def heard(self, number):
        """Return what it was given for a scene."""
        first = float(FakeDataset()[number].signals["table"][0, 0])
        return pickle.loads((self.folder / f"{first:.6f}.pickle").read_bytes())


def test_a_baseline_gets_signals_and_microphones_and_nothing_else(tmp_path):
    baseline = Listener([0.1], tmp_path)
    run_localiser(baseline, SHORT, FakeDataset())
    assert len(list(tmp_path.iterdir())) == 2
    for number in range(2):
        signals, microphones, options = baseline.heard(number)
        np.testing.assert_array_equal(signals, FakeDataset()[number].signals["table"])
        table = SHORT.scenes[number].arrays["table"]
        np.testing.assert_array_equal(microphones, table.microphones)
        assert options == {"sample_rate": 16000, "num_sources": None}


def test_an_oracle_is_told_the_count_and_says_so(tmp_path):
    baseline = Listener([], tmp_path)
    submission = run_localiser(baseline, SHORT, FakeDataset(), knows_count=True)
    counts = [baseline.heard(number)[2]["num_sources"] for number in range(2)]
    assert counts == [len(scene.sources) for scene in SHORT.scenes]
    assert submission.uses_oracle
    assert submission.system == "listener (known count)"


def test_the_submission_is_sound_and_in_degrees(tmp_path):
    seen = []
    baseline = Listener([np.pi / 2, -np.pi / 3])
    submission = run_localiser(baseline, SHORT, FakeDataset(), on_item=seen.append)
    assert seen == list(submission.predictions) == ["mini-0000", "mini-0001"]
    assert submission.predictions["mini-0001"].azimuth_deg == (90.0, -60.0)
    assert (submission.system, submission.uses_oracle) == ("listener", False)
    assert submission.parameters == {"ears_count": 8.0}
    path = tmp_path / "whole.json"
    whole = dict.fromkeys(SPLIT.items, submission.predictions["mini-0000"])
    path.write_text(submission.model_copy(update={"predictions": whole}).model_dump_json())
    assert read_azimuths(path).predictions == whole


def test_answers_do_not_depend_on_the_number_of_jobs():
    baseline = LOCALISERS["tdoa-regions"]
    alone = run_localiser(baseline, SHORT, FakeDataset(), jobs=1)
    together = run_localiser(baseline, SHORT, FakeDataset(), jobs=2)
    assert together.to_json() == alone.to_json()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LOCALISERS))
def test_every_baseline_runs(name):
    if LOCALISERS[name].training_data != "none":
        pytest.importorskip("torch")
    submission = run_localiser(LOCALISERS[name], SHORT, FakeDataset())
    assert submission.system == name
    assert set(submission.predictions) == set(SHORT.items)


def test_another_dataset_is_refused():
    with pytest.raises(
        DatasetError, match=r"not localization/mini: its scenes differ.*bench build"
    ):
        run_localiser(Listener([]), SPLIT, FakeDataset())


@pytest.mark.slow
def test_the_committed_results_come_out_again(tmp_path):
    out = tmp_path / "mini"
    scenes = FrozenScenes.from_jsonl("localization-mini", SPLIT.lines)
    summary = generate(scenes, out, count=len(SPLIT.items), jobs=2)
    assert summary.failed == ()
    scores = {}
    learned_nothing = {
        name: each for name, each in LOCALISERS.items() if each.training_data == "none"
    }
    for name, baseline in learned_nothing.items():
        submission = run_localiser(baseline, SPLIT, open_dataset(out))
        scores[name] = score_azimuths(submission, SPLIT)
        committed = read_result(RESULTS / f"{name}-mini.json")
        assert set(scores[name].scores) == set(committed.scores)
        for score, interval in committed.scores.items():
            assert scores[name].scores[score] == pytest.approx(interval, abs=1e-6), (name, score)
    ospa = {name: result.scores["ospa_deg"]["value"] for name, result in scores.items()}
    assert ospa["srp-phat"] < 0.6 * ospa["prior"]
