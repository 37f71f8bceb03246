import pytest
from pydantic import TypeAdapter, ValidationError

from simgen.acoustics.spherical_harmonics import HIGHEST_ORDER
from simgen.scene.directivity_file import (
    HarmonicDirectivity,
    MicrophoneDirectivity,
    SourceDirectivity,
)

SOURCE, MICROPHONE = TypeAdapter(SourceDirectivity), TypeAdapter(MicrophoneDirectivity)


def faults(adapter, written):
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(written)
    return [(found["type"], found["msg"]) for found in caught.value.errors()]


@pytest.mark.parametrize(
    "written",
    [
        "omni",
        "figure_eight",
        "speech",
        {"piston": {"radius_m": 0.2}},
        {"piston": {"radius_m": {"uniform": [0.001, 0.1]}}},
        {"cap": {"sphere_radius_m": 0.12, "half_angle_deg": 180}},
        {"harmonics": [[1.0, 0.0, 0.0, 1.0]]},
        {"sofa": "a.sofa", "order": 8, "measurement": None},
    ],
    ids=str,
)
def test_what_is_written_is_read_and_written_again(written):
    read = SOURCE.validate_python(written)
    again = SOURCE.validate_python(SOURCE.dump_python(read))
    assert again == read == SOURCE.validate_python(read)
    assert type(again) is type(read)


def test_a_file_is_fitted_with_order_8_and_holds_one_measurement_unless_told():
    read = SOURCE.validate_python({"sofa": "a.sofa"})
    assert (read.order, read.measurement) == (8, None)


@pytest.mark.parametrize(
    "written", ["speech", {"piston": {"radius_m": 0.1}}, {"sofa": "a.sofa"}], ids=str
)
def test_microphones_are_no_loudspeakers(written):
    SOURCE.validate_python(written)
    assert faults(MICROPHONE, written)


@pytest.mark.parametrize("count", [0, 2, 3, 5, 8, 10])
def test_a_row_is_as_long_as_all_harmonics_up_to_an_order(count):
    ((kind, message),) = faults(SOURCE, {"harmonics": [[1.0] * count]})
    assert kind == "bad_value"
    assert f"got {count}" in message


@pytest.mark.parametrize("order", [0, 1, 2, HIGHEST_ORDER])
def test_every_order_up_to_the_highest_is_taken(order):
    row = [1.0] * (order + 1) ** 2
    assert HarmonicDirectivity(harmonics=[row]).harmonics == (tuple(row),)


def test_more_than_the_highest_order_is_not_looked_into():
    ((kind, _),) = faults(SOURCE, {"harmonics": [[1.0] * (HIGHEST_ORDER + 2) ** 2]})
    assert kind == "too_long"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[1.0], [1.0, 0.0, 0.0, 1.0]], "got 1 and 4"),
        ([], "got no row"),
        ([[]], "got 0"),
        ([[0.0, -0.0, 0.0, 0.0]], "got 0"),
        ([[1.0], [-1000.5]], "got 1000.5"),
    ],
)
def test_rows_that_mean_nothing_or_too_much_are_refused(rows, told):
    ((_, message),) = faults(SOURCE, {"harmonics": rows})
    assert told in message


def test_a_row_of_a_silent_band_is_one():
    rows = [[1000.0], [0.0]]
    assert SOURCE.validate_python({"harmonics": rows}).harmonics == ((1000.0,), (0.0,))


@pytest.mark.parametrize(
    "written",
    [
        {"piston": {"radius_m": 0.3}},
        {"piston": {"radius_m": {"uniform": [0.1, 0.21]}}},
        {"cap": {"sphere_radius_m": 0.1, "half_angle_deg": 0.5}},
        {"cap": {"sphere_radius_m": 0.1}},
        {"harmonics": [["1.0"]]},
        {"harmonics": [[True]]},
        {"sofa": ""},
        {"sofa": "a.sofa", "order": HIGHEST_ORDER + 1},
        {"sofa": "a.sofa", "order": 1.0},
        {"sofa": "a.sofa", "measurement": -1},
        {"horn": {"radius_m": 0.1}},
        "cardoid",
        0.5,
        ["omni"],
        None,
    ],
    ids=str,
)
def test_what_cannot_be_is_one_fault(written):
    assert len(faults(SOURCE, written)) == 1
