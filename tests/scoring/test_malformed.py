import numpy as np
import pytest

from simgen.errors import SubmissionError
from simgen.scoring.localization import scene_ospa_deg, score_localization

REFERENCES = {"a": [0.0], "b": [1.0]}


@pytest.mark.parametrize("score", [score_localization, scene_ospa_deg])
@pytest.mark.parametrize(
    ("azimuths", "fault"),
    [
        ([0.0, np.nan], "b: an azimuth is nan (allowed: finite radians)"),
        ([-np.inf], "b: an azimuth is -inf (allowed: finite radians)"),
        (0.0, "b: the azimuths have shape () (allowed: (estimate,))"),
        ([[0.0]], "b: the azimuths have shape (1, 1) (allowed: (estimate,))"),
        ([[0.0], []], "b: the azimuths are nested unevenly (allowed: a flat list of numbers)"),
        (None, "b: the azimuths have shape () (allowed: (estimate,))"),
        (
            [True],
            "b: the azimuths are of type bool (allowed: real numbers, float64 at most)",
        ),
        (
            [1j],
            "b: the azimuths are of type complex128 (allowed: real numbers, float64 at most)",
        ),
        (
            ["1.0"],
            "b: the azimuths are of type <U3 (allowed: real numbers, float64 at most)",
        ),
        (
            [10**400],
            "b: the azimuths are of type object (allowed: real numbers, float64 at most)",
        ),
        ([0.0] * 65, "b: there are 65 azimuths (allowed: at most 64)"),
    ],
)
def test_unusable_azimuths_are_refused_by_item(score, azimuths, fault):
    with pytest.raises(SubmissionError) as refused:
        score(REFERENCES, {"a": [0.0], "b": azimuths})
    assert refused.value.faults == (fault,)


def test_every_fault_is_listed_in_order_of_items():
    references = {"a": [0.0], "b": [0.0], "c": [0.0]}
    with pytest.raises(SubmissionError) as refused:
        score_localization(references, {"z": [0.0], "c": [np.nan], "b": [0.0]})
    assert refused.value.faults == (
        "a: missing; a scene without estimates still needs an empty list",
        "c: an azimuth is nan (allowed: finite radians)",
        "z: no such item in this split",
    )
    assert str(refused.value).startswith("3 faults in the submission:\n  a: missing")


@pytest.mark.parametrize(
    "azimuths",
    [[], [3], [1e300], np.array([1, 2]), np.array([0.5], np.float32), (0.0,), [0.0] * 64],
)
def test_any_flat_list_of_real_numbers_is_accepted(azimuths):
    assert score_localization({"a": [0.0]}, {"a": azimuths}).coverage.num_estimates == len(azimuths)
