import numpy as np
import pytest

from simgen.baselines.cancellers import CANCELLERS
from simgen.baselines.filter_task import FilterBaseline
from simgen.benchmark.filters import read_filters
from simgen.benchmark.suite import load_split
from simgen.errors import DatasetError
from simgen.evaluate import designs
from simgen.evaluate.designs import design_split, filter_tasks, run_designer
from tests.references.crosstalk_plants import DEVICES
from tests.references.filter_files import doing_nothing

SPLIT = load_split("crosstalk/mini")


def test_a_designer_is_told_the_design_split_and_nothing_else(tiny):
    *_, design, dataset = tiny
    tasks = filter_tasks(design, dataset)
    assert list(tasks) == ["A", "B", "C"]
    for device, task in tasks.items():
        heard = dataset[0].ear_responses["listener"][device]
        np.testing.assert_array_equal(task.responses, heard)
        assert len(task.responses) == 13
        assert task.drivers == pytest.approx(np.array(DEVICES[device]))
        assert (task.sample_rate, task.speed_of_sound) == (48000, 343.0)


def test_the_design_split_is_that_of_the_track():
    assert design_split(SPLIT).path == "crosstalk/design"


def test_a_submission_says_what_it_was_designed_on(tiny, monkeypatch, tmp_path):
    *_, design, dataset = tiny
    monkeypatch.setattr(designs, "design_split", lambda _: design)
    seen = []
    baseline = FilterBaseline(
        name="ours",
        parameters={"taps_count": 64},
        description="Nothing.",
        design=lambda task: doing_nothing(len(task.drivers)),
    )
    submission = run_designer(baseline, SPLIT, dataset, on_item=seen.append)
    assert seen == ["A", "B", "C"]
    assert (submission.system, submission.split, submission.uses_oracle) == ("ours", "mini", False)
    assert submission.designed_on.heads == ("sphere of 8.75 cm",)
    submission.write(tmp_path / "ours")
    assert read_filters(tmp_path / "ours").sha256() == submission.sha256()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CANCELLERS))
def test_every_baseline_writes_what_can_be_read(tiny, monkeypatch, tmp_path, name):
    *_, design, dataset = tiny
    monkeypatch.setattr(designs, "design_split", lambda _: design)
    run_designer(CANCELLERS[name], SPLIT, dataset).write(tmp_path / name)
    assert read_filters(tmp_path / name).system == name


def test_another_dataset_is_refused(tiny):
    with pytest.raises(DatasetError, match="not crosstalk/design: its scenes differ"):
        run_designer(CANCELLERS["nothing"], SPLIT, tiny[1])
