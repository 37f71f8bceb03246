import dataclasses
import json
from pathlib import Path

import pytest

from simgen.baselines.beamformers import BEAMFORMERS
from simgen.baselines.cancellers import CANCELLERS
from simgen.baselines.localisers import LOCALISERS
from simgen.baselines.upmixers import UPMIXERS
from simgen.baselines.wideners import WIDENERS

TABLES = {
    "beam": BEAMFORMERS,
    "crosstalk": CANCELLERS,
    "localization": LOCALISERS,
    "soundstage": WIDENERS,
    "upmix": UPMIXERS,
}
BASELINES = [
    pytest.param(key, baseline, id=f"{track}/{key}")
    for track, table in TABLES.items()
    for key, baseline in table.items()
]
RESULTS = sorted((Path(__file__).parents[2] / "benchmarks").glob("*/results/*.json"))


@pytest.mark.parametrize(("key", "baseline"), BASELINES)
def test_what_is_published_of_it_can_be_published(key, baseline):
    assert baseline.name == key
    assert baseline.name.replace("-", "").isalnum()  # it becomes part of a file's name
    assert baseline.description.endswith(".")
    assert len(baseline.description) <= 2000  # what a submission may hold
    for name, value in baseline.parameters.items():
        assert name.isidentifier()
        assert type(value) in (str, int, float)


def test_a_baseline_cannot_be_changed_by_who_runs_it():
    with pytest.raises(dataclasses.FrozenInstanceError):
        UPMIXERS["mid"].name = "mine"


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_committed_results_were_made_with_the_parameters_of_today(path):
    result = json.loads(path.read_text(encoding="utf-8"))
    baseline = TABLES[result["track"]][result["system"].removesuffix(" (known count)")]
    assert result["parameters"] == dict(baseline.parameters)
    assert result["description"] == baseline.description
