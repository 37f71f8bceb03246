import pytest
from pydantic import ValidationError

from simgen.scene.device_file import DeviceSpec, DriverSpec

HERE = [0, 0, 0]


def codes(record, **written):
    with pytest.raises(ValidationError) as caught:
        record.model_validate(written)
    return [(found["type"], found["loc"]) for found in caught.value.errors()]


def test_what_is_left_out_has_its_default():
    device = DeviceSpec.model_validate({"drivers": [{"position_m": HERE}], "position_m": [1, 2, 3]})
    assert (device.yaw_deg, device.pitch_deg, device.roll_deg) == (0.0, 0.0, 0.0)
    (driver,) = device.drivers
    assert (driver.directivity, driver.facing_deg) == ("omni", None)


def test_a_device_stands_somewhere_of_its_own():
    """Of an array the middle of the room is a guess; in front of a listener it is none."""
    assert codes(DeviceSpec, drivers="two_driver_15cm") == [("missing", ("position_m",))]


def test_numbers_may_be_drawn_and_the_middle_be_named():
    device = DeviceSpec.model_validate(
        {
            "drivers": [{"position_m": [0, {"uniform": [0.1, 0.2]}, 0]}],
            "position_m": ["center", 1, {"normal": [1, 0.1], "between": [0.5, 1.5]}],
            "yaw_deg": {"choice": [0, 180]},
        }
    )
    assert device.position_m[0] == "center"
    assert device.drivers[0].position_m[1].uniform == (0.1, 0.2)


def test_a_preset_is_told_from_a_list_and_kept_by_its_name():
    device = DeviceSpec(drivers="two_driver_15cm", position_m=(1, 2, 3))
    assert device.drivers == "two_driver_15cm"
    assert DeviceSpec.model_validate(device.model_dump()) == device


@pytest.mark.parametrize("directivity", ["omni", None])
def test_what_radiates_alike_faces_nowhere(directivity):
    written = {"position_m": HERE, "facing_deg": [10, 0]}
    if directivity is not None:
        written["directivity"] = directivity
    (found,) = codes(DriverSpec, **written)
    assert found[0] == "bad_value"


@pytest.mark.parametrize("directivity", ["cardioid", "speech", {"piston": {"radius_m": 0.02}}])
def test_what_has_a_front_may_face_somewhere(directivity):
    written = {"position_m": HERE, "facing_deg": [-30, 90], "directivity": directivity}
    assert DriverSpec.model_validate(written).facing_deg == (-30, 90)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"position_m": [0, 0]}, ("position_m", 2)),
        ({"position_m": [0, 0, 1001]}, ("position_m", 2)),
        ({"position_m": [0, 0, "center"]}, ("position_m", 2)),
        ({"position_m": HERE, "directivity": "cardioid", "facing_deg": [0, 91]}, ("facing_deg", 1)),
        ({"position_m": HERE, "facing": [0, 0]}, ("facing",)),
        ({"position_m": HERE, "directivity": "cardoid"}, ("directivity", "<name>")),
    ],
)
def test_faults_of_drivers_are_told_where_they_are(written, place):
    found = codes(DriverSpec, **written)
    assert [loc[: len(place)] for _, loc in found] == [place]


def test_a_device_has_one_to_64_drivers():
    def device(count):
        return {"drivers": [{"position_m": HERE}] * count, "position_m": [1, 2, 3]}

    assert len(DeviceSpec.model_validate(device(64)).drivers) == 64
    for count in (0, 65):
        assert len(codes(DeviceSpec, **device(count))) == 1
