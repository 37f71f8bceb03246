from dataclasses import replace

import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError, SubmissionError
from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_plant import CrosstalkPlant, doing_nothing
from simgen.scoring.soundstage import score_soundstage
from simgen.scoring.soundstage_plant import PANS, HeadDirections, SoundstagePlant

BINS = PLANT_BINS.stop - PLANT_BINS.start
NOTHING = doing_nothing(2)


def leaky(num_seats, num_sources):
    """The nearer ear hears twice as much."""
    near = np.linspace(1.0, 0.5, num_sources)
    return np.broadcast_to(np.stack([near, near[::-1]]) + 0j, (num_seats, BINS, 2, num_sources))


def plant(name="flat", num_seats=2, num_drivers=2):
    poses = leaky(num_seats, num_drivers)
    return SoundstagePlant(
        device=CrosstalkPlant(name, poses, poses[0], anechoic=True),
        stage=leaky(num_seats, len(PANS)),
        azimuths=np.broadcast_to(PANS, (num_seats, len(PANS))),
        anchor=leaky(num_seats, 2),
        directions=HeadDirections(PANS, leaky(1, len(PANS))[0]),
    )


def faults_of(submission, devices=None, **options):
    with pytest.raises(SubmissionError) as refused:
        score_soundstage(devices or {"B": [plant()]}, submission, **options)
    return refused.value.faults


def test_the_plant_of_these_tests_can_be_scored():
    assert score_soundstage({"B": [plant()]}, {"B": NOTHING}).points.value == 0.0


@pytest.mark.parametrize(
    ("filters", "fault"),
    [
        (NOTHING + 0j, "B: the filters are of type complex128 (allowed: float32, float64)"),
        (NOTHING[:1], "B: the filters have shape (1, 2, 64) (allowed: (2, 2, tap))"),
        (NOTHING[..., :63], "B: the filters have 63 taps (allowed: 64 to 2048)"),
        (
            doing_nothing(2) - np.where(NOTHING, np.inf, 0.0),
            "B: tap [0, 0, 0] is -inf (allowed: finite numbers)",
        ),
        (2e6 * NOTHING, "B: tap [0, 0, 0] is 2e+06 (allowed: at most 1e+06)"),
    ],
)
def test_unusable_filters_are_refused_by_device_and_index(filters, fault):
    assert faults_of({"B": filters}) == (fault,)


def test_another_sample_rate_is_refused():
    (fault,) = faults_of({"B": NOTHING}, sample_rate=44100)
    assert fault == "B: the sample rate is 44100 Hz (allowed: 48000 Hz)"


def test_every_fault_is_listed():
    devices = {"B": [plant()], "C": [plant(num_drivers=5)]}
    faults = faults_of({"B": 0.0 * NOTHING, "C": NOTHING, "Z": NOTHING}, devices)
    assert [fault[:3] for fault in faults] == ["Z: ", "B: ", "C: "]
    assert faults_of({}) == ("there are no filters for any device",)


def test_a_quiet_input_is_named_with_the_head():
    quiet = NOTHING * np.array([1.0, 1e-4])[:, None]
    (fault,) = faults_of({"B": quiet})
    assert fault.startswith("B: input 1 is at ")
    assert fault.endswith("under 'flat'")


@pytest.mark.parametrize(
    ("devices", "message"),
    [
        ({}, "no head"),
        ({"B": []}, "no head"),
        ({"B": [plant(), plant()]}, "share a name"),
        ({"B": [plant(), plant("other", num_seats=3)]}, "number of seats"),
        ({"B": [plant(), plant("other", num_drivers=3)]}, "drivers"),
    ],
)
def test_heads_that_do_not_belong_together_are_refused(devices, message):
    with pytest.raises(ParameterError, match=message):
        score_soundstage(devices, {"B": NOTHING})


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("stage", leaky(2, 6)),
        ("stage", leaky(3, 7)),
        ("azimuths", np.zeros((2, 6))),
        ("anchor", leaky(2, 3)),
        ("anchor", leaky(2, 2)[:, :-1]),
    ],
)
def test_a_plant_of_another_shape_is_refused(field, values):
    with pytest.raises(ShapeError, match=rf"{field} has shape"):
        replace(plant(), **{field: values})


@pytest.mark.parametrize("field", ["stage", "azimuths", "anchor"])
def test_a_plant_that_is_not_finite_is_refused(field):
    with pytest.raises(ShapeError, match=rf"{field} holds a non-finite value"):
        replace(plant(), **{field: np.nan * getattr(plant(), field)})


def test_directions_belong_together_and_are_finite():
    heard = leaky(1, 7)[0]
    with pytest.raises(ShapeError, match="responses has shape"):
        HeadDirections(PANS[:6], heard)
    with pytest.raises(ShapeError, match="azimuths has shape"):
        HeadDirections(PANS[:0], heard[..., :0])
    with pytest.raises(ShapeError, match="azimuths holds"):
        HeadDirections(np.inf * PANS[::2], heard[..., ::2])
