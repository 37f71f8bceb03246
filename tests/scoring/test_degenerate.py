"""Submissions that know nothing must not rank above one that listens, however badly."""

import numpy as np
import pytest

from simgen.errors import SubmissionError
from simgen.scoring.localization import score_localization

SECTOR_CENTRES = np.deg2rad(22.5 + 45.0 * np.arange(8))
RANKED = {
    "ospa_deg": min,
    "gospa_deg": min,
    "f1_5deg": max,
    "f1_10deg": max,
    "f1_20deg": max,
    "region_f1": max,
}


def random_references(num_scenes=150):
    generator = np.random.default_rng(7)
    return {
        f"{k:03d}": generator.uniform(-np.pi, np.pi, generator.integers(1, 5))
        for k in range(num_scenes)
    }


REFERENCES = random_references()
NOISE = np.random.default_rng(8)
HONEST = {
    item: azimuths + NOISE.normal(0.0, np.deg2rad(4.0), azimuths.size)
    for item, azimuths in REFERENCES.items()
}
LUCKY_ITEM = next(iter(REFERENCES))
DEGENERATE = {
    "empty": dict.fromkeys(REFERENCES, ()),
    "constant": dict.fromkeys(REFERENCES, (0.3,)),
    "two constants": dict.fromkeys(REFERENCES, (0.3, 0.3 + np.pi)),
    "everything everywhere": dict.fromkeys(REFERENCES, SECTOR_CENTRES),
    "as much as allowed": dict.fromkeys(REFERENCES, np.linspace(0.0, 2 * np.pi, 64)),
    "one estimate many times": {item: np.repeat(a[:1], 64) for item, a in REFERENCES.items()},
    "one lucky item": {**dict.fromkeys(REFERENCES, ()), LUCKY_ITEM: REFERENCES[LUCKY_ITEM]},
    "right numbers, no directions": {
        item: NOISE.uniform(-np.pi, np.pi, azimuths.size) for item, azimuths in REFERENCES.items()
    },
}


def values(estimates):
    scores = score_localization(REFERENCES, estimates).scores
    return {name: interval.value for name, interval in scores.items()}


@pytest.mark.parametrize("name", DEGENERATE)
def test_no_degenerate_submission_beats_an_honest_one(name):
    honest, degenerate = values(HONEST), values(DEGENERATE[name])
    for score, better in RANKED.items():
        assert better(honest[score], degenerate[score]) == honest[score], score
        assert honest[score] != degenerate[score], score


def test_the_ranking_interval_of_honesty_is_clear_of_all_degenerates():
    honest = score_localization(REFERENCES, HONEST).scores["ospa_deg"]
    for name, estimates in DEGENERATE.items():
        assert score_localization(REFERENCES, estimates).scores["ospa_deg"].low > honest.high, name


def test_silence_costs_the_whole_cutoff_and_finds_nothing():
    silent = values(DEGENERATE["empty"])
    assert silent["ospa_deg"] == pytest.approx(30.0, abs=1e-9)
    assert silent["gospa_false_deg"] == silent["gospa_localisation_deg"] == 0.0
    for gate in (5, 10, 20):
        assert silent[f"precision_{gate}deg"] == silent[f"recall_{gate}deg"] == 0.0
        assert np.isnan(silent[f"absolute_doa_error_{gate}deg"])
    assert silent["region_precision"] == silent["region_recall"] == 0.0


def test_a_lucky_item_shows_in_what_was_found_not_in_the_rank():
    score = score_localization(REFERENCES, DEGENERATE["one lucky item"])
    assert score.scores["absolute_doa_error_deg"].value == 0.0
    assert score.coverage.num_pairs == REFERENCES[LUCKY_ITEM].size
    assert score.scores["recall_5deg"].value < 0.02
    assert score.scores["ospa_deg"].value > 29.0


def test_leaving_items_out_is_refused():
    with pytest.raises(SubmissionError, match="149 faults in the submission"):
        score_localization(REFERENCES, {LUCKY_ITEM: REFERENCES[LUCKY_ITEM]})


def test_everything_everywhere_pays_for_what_it_made_up():
    everywhere = values(DEGENERATE["everything everywhere"])
    assert everywhere["region_recall"] == 1.0
    assert everywhere["recall_20deg"] > 0.5
    assert everywhere["precision_20deg"] < 0.4
    assert everywhere["ospa_deg"] > 20.0


def test_repeating_an_estimate_does_not_pay():
    once = {item: azimuths[:1] for item, azimuths in REFERENCES.items()}
    twice = {item: np.repeat(azimuths[:1], 2) for item, azimuths in REFERENCES.items()}
    assert values(twice)["ospa_deg"] > values(once)["ospa_deg"]
    assert values(twice)["f1_5deg"] < values(once)["f1_5deg"]
