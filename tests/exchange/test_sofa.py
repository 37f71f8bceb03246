import math
import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from simgen.errors import SignalError
from simgen.exchange.sofa import read_directivity, read_impulse_responses

KEMAR = Path("/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa")

CARTESIAN = {"Type": "cartesian", "Units": "metre"}
SPHERICAL = {"Type": "spherical", "Units": "degree, degree, metre"}
HERTZ = {"Units": "hertz"}
HERE = (np.zeros((1, 3)), CARTESIAN)
AHEAD = (np.array([[1.0, 0.0, 0.0]]), CARTESIAN)
UP = (np.array([[0.0, 0.0, 1.0]]), {})

DEGREES = np.array(
    [[0, 0, 1.5], [90, 0, 1.5], [180, 0, 1.5], [270, 0, 1.5], [0, 90, 2], [45, -90, 2]]
)
AXES = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])
RESPONSES = np.random.default_rng(0).standard_normal((6, 2, 16))
TRANSFER = np.random.default_rng(1).standard_normal((2, 6, 5))


def head(**changes):
    """Variables of a SimpleFreeFieldHRIR file; a change of None leaves one out."""
    variables = {
        "SourcePosition": (DEGREES, SPHERICAL),
        "ListenerPosition": HERE,
        "ListenerView": AHEAD,
        "ListenerUp": UP,
        "Data.IR": (RESPONSES, {}),
        "Data.SamplingRate": (np.array([48_000.0]), HERTZ),
        "Data.Delay": (np.zeros((1, 2)), {}),
    }
    return variables | changes


def loudspeaker(**changes):
    """Variables of a FreeFieldDirectivityTF file with one measurement."""
    variables = {
        "ReceiverPosition": (DEGREES, SPHERICAL),
        "ListenerPosition": HERE,
        "ListenerView": AHEAD,
        "ListenerUp": UP,
        "SourcePosition": HERE,
        "SourceView": AHEAD,
        "SourceUp": UP,
        "N": (np.array([0.0, 125.0, 250.0, 500.0, 1000.0]), HERTZ),
        "Data.Real": (TRANSFER[:1], {}),
        "Data.Imag": (TRANSFER[1:], {}),
    }
    return variables | changes


def write(path, variables, convention="SimpleFreeFieldHRIR", **attributes):
    """Write what the standard calls a file, with fixed-length texts as netCDF writes them."""
    texts = {"Conventions": "SOFA", "SOFAConventions": convention}
    texts["DataType"] = "TF" if convention.endswith("TF") else "FIR"
    with h5py.File(path, "w") as file:
        for name, text in (texts | attributes).items():
            if text is not None:
                file.attrs[name] = np.bytes_(text) if isinstance(text, str) else text
        for name, variable in variables.items():
            if variable is not None:
                values, described = variable
                dataset = file.create_dataset(name, data=values)
                for key, text in described.items():
                    dataset.attrs[key] = text
    return path


def read_head(path, convention="SimpleFreeFieldHRIR", **changes):
    name = path / "head.sofa"
    return read_impulse_responses(write(name, head(**changes), convention))


def read_loudspeaker(path, measurement=None, **changes):
    name = write(path / "box.sofa", loudspeaker(**changes), "FreeFieldDirectivityTF")
    return read_directivity(name, measurement=measurement)


@pytest.mark.parametrize("convention", ["SimpleFreeFieldHRIR", "GeneralFIR"])
def test_responses_are_read_as_they_were_written(tmp_path, convention):
    read = read_head(tmp_path, convention)
    assert np.array_equal(read.responses, RESPONSES)
    assert read.directions == pytest.approx(AXES, abs=1e-15)
    assert read.distances == pytest.approx([1.5, 1.5, 1.5, 1.5, 2.0, 2.0])
    assert np.array_equal(read.delays, np.zeros((6, 2)))
    assert (read.sample_rate, read.convention) == (48_000.0, convention)


def test_single_precision_and_integers_become_float64(tmp_path):
    read = read_head(
        tmp_path,
        **{
            "Data.IR": (RESPONSES.astype(">f4"), {}),
            "Data.SamplingRate": (np.int32(44_100), {"Units": "Hertz"}),
        },
    )
    assert read.responses.dtype == np.float64
    assert np.array_equal(read.responses, RESPONSES.astype(np.float32))
    assert read.sample_rate == 44_100.0


def test_positions_may_be_cartesian_and_units_spelt_otherwise(tmp_path):
    for described in (CARTESIAN, {"Type": "Cartesian", "Units": "meter, meter, meter"}):
        read = read_head(tmp_path, SourcePosition=(2.0 * AXES, described))
        assert read.directions == pytest.approx(AXES, abs=1e-15)
        assert read.distances == pytest.approx(np.full(6, 2.0))
    described = {"Type": "spherical", "Units": "degrees degrees meters"}
    read = read_head(tmp_path, SourcePosition=(DEGREES, described))
    assert read.directions == pytest.approx(AXES, abs=1e-15)


def test_delays_may_be_of_all_directions_or_of_each(tmp_path):
    each = np.arange(12.0).reshape(6, 2)
    read = read_head(tmp_path, **{"Data.Delay": (each, {})})
    assert np.array_equal(read.delays, each)
    read = read_head(tmp_path, **{"Data.Delay": (np.array([[3.0, 4.0]]), {})})
    assert np.array_equal(read.delays, np.tile([3.0, 4.0], (6, 1)))


def test_a_turned_and_moved_head_has_its_own_front(tmp_path):
    # The head looks to the room's left: the source there is in front, the room's front is right.
    place = np.array([[1.0, 2.0, 0.5]])
    read = read_head(
        tmp_path,
        SourcePosition=(place + 3.0 * AXES, CARTESIAN),
        ListenerPosition=(place, CARTESIAN),
        ListenerView=(np.array([[0.0, 2.0, 0.0]]), CARTESIAN),
    )
    right, front, left, back = np.array([[0, -1, 0], [1, 0, 0], [0, 1, 0], [-1, 0, 0]])
    expected = [right, front, left, back, [0, 0, 1], [0, 0, -1]]
    assert read.directions == pytest.approx(np.array(expected), abs=1e-15)
    assert read.distances == pytest.approx(np.full(6, 3.0))


def test_a_head_that_lies_on_its_side_has_its_own_up(tmp_path):
    # Its crown points to the room's right: the room's up is then to its left.
    read = read_head(tmp_path, ListenerUp=(np.array([[0.0, -1.0, 0.0]]), {}))
    assert read.directions[4] == pytest.approx([0.0, 1.0, 0.0], abs=1e-15)
    assert read.directions[3] == pytest.approx([0.0, 0.0, 1.0], abs=1e-15)


def test_a_view_may_be_spherical_and_vary_as_on_a_turntable(tmp_path):
    views = np.array([[90.0 * k, 0.0, 1.0] for k in range(6)])
    read = read_head(
        tmp_path,
        SourcePosition=(np.array([[2.0, 0.0, 0.0]]), CARTESIAN),
        ListenerView=(views, SPHERICAL),
        ListenerUp=(np.array([[0.0, 90.0, 1.0]]), {}),
    )
    expected = AXES[[0, 3, 2, 1, 0, 3]]
    assert read.directions == pytest.approx(expected, abs=1e-15)


def test_general_responses_need_no_view(tmp_path):
    read = read_head(tmp_path, "GeneralFIR", ListenerView=None, ListenerUp=None)
    assert read.directions == pytest.approx(AXES, abs=1e-15)


def test_a_directivity_is_read_as_it_was_written(tmp_path):
    read = read_loudspeaker(tmp_path)
    assert np.array_equal(read.response, TRANSFER[0] + 1j * TRANSFER[1])
    assert read.frequencies.tolist() == [0.0, 125.0, 250.0, 500.0, 1000.0]
    assert read.directions == pytest.approx(AXES, abs=1e-15)
    assert read.distances == pytest.approx([1.5, 1.5, 1.5, 1.5, 2.0, 2.0])


def test_receivers_are_seen_from_the_source(tmp_path):
    # The array is moved and turned by 90 degrees to the left, the source by 180.
    place = np.array([[1.0, 2.0, 0.5]])
    read = read_loudspeaker(
        tmp_path,
        ReceiverPosition=(AXES[..., None].astype(float), CARTESIAN),
        ListenerPosition=(place, CARTESIAN),
        ListenerView=(np.array([[0.0, 1.0, 0.0]]), CARTESIAN),
        SourcePosition=(place, CARTESIAN),
        SourceView=(np.array([[-1.0, 0.0, 0.0]]), CARTESIAN),
    )
    # Array front = room left = source right, array left = room back = source front, and so on.
    assert read.directions == pytest.approx(AXES[[3, 0, 1, 2, 4, 5]], abs=1e-15)
    aside = read_loudspeaker(
        tmp_path,
        ReceiverPosition=(AXES.astype(float), CARTESIAN),
        SourcePosition=(np.array([[0.0, 1.0, 1.0]]), CARTESIAN),
    )
    assert aside.directions[1] == pytest.approx([0.0, 0.0, -1.0])
    assert aside.distances[0] == pytest.approx(math.sqrt(3.0))


def test_one_of_several_measurements_is_chosen(tmp_path):
    several = {"Data.Real": (TRANSFER, {}), "Data.Imag": (TRANSFER[::-1], {})}
    moved = np.stack([AXES, -2 * AXES], axis=2).astype(float)
    several["ReceiverPosition"] = (moved, CARTESIAN)
    second = read_loudspeaker(tmp_path, 1, **several)
    assert np.array_equal(second.response, TRANSFER[1] + 1j * TRANSFER[0])
    assert second.directions == pytest.approx(-AXES, abs=1e-15)
    for measurement in (None, 2, -1):
        with pytest.raises(SignalError, match=r"choose a measurement, got .*allowed: 0 to 1"):
            read_loudspeaker(tmp_path, measurement, **several)


HEAD_FAULTS = {
    "no responses": ({"Data.IR": None}, r"Data\.IR: the variable is missing"),
    "no rate": ({"Data.SamplingRate": None}, r"Data\.SamplingRate: the variable is missing"),
    "no delays": ({"Data.Delay": None}, r"Data\.Delay: the variable is missing"),
    "no sources": ({"SourcePosition": None}, "SourcePosition: the variable is missing"),
    "no listener": ({"ListenerPosition": None}, "ListenerPosition: the variable is missing"),
    "no view": ({"ListenerView": None}, "ListenerView: the variable is missing, but ListenerUp"),
    "flat": ({"Data.IR": (RESPONSES[0], {})}, r"Data\.IR: has shape \(2, 16\) \(allowed: 3 axes"),
    "empty": ({"Data.IR": (np.zeros((0, 2, 4)), {})}, r"Data\.IR: is empty"),
    "texts": ({"Data.IR": (np.full((6, 2, 4), b"x"), {})}, r"Data\.IR: holds \|S1 \(allowed: real"),
    "complex": ({"Data.IR": (1j * RESPONSES, {})}, r"Data\.IR: holds complex128"),
    "nan": ({"Data.IR": (np.full((6, 2, 4), np.nan), {})}, r"Data\.IR: .*non-finite .*\(0, 0, 0\)"),
    "infinite": (
        {"SourcePosition": (np.full((6, 3), np.inf), SPHERICAL)},
        "SourcePosition: holds a non-finite",
    ),
    "delays": ({"Data.Delay": (np.zeros((1, 3)), {})}, r"Data\.Delay: has shape \(6, 3\)"),
    "delay rows": ({"Data.Delay": (np.zeros((4, 2)), {})}, r"Data\.Delay: has 4 rows .*1 or 6"),
    "late": (
        {"Data.Delay": (np.array([[0.0, 1e9]]), {})},
        r"Data\.Delay: is out of range, got 1000000000\.0 \(allowed: 0 to \d+ samples\)",
    ),
    "early": ({"Data.Delay": (-np.ones((1, 2)), {})}, r"Data\.Delay: is out of range, got -1\.0"),
    "sources": ({"SourcePosition": (DEGREES[:5], SPHERICAL)}, "SourcePosition: has 5 rows"),
    "columns": ({"SourcePosition": (DEGREES[:, :2], SPHERICAL)}, r"SourcePosition: .*\(6, 2\)"),
    "no type": (
        {"SourcePosition": (DEGREES, {})},
        r"SourcePosition\.Type: the attribute is missing",
    ),
    "type": (
        {"SourcePosition": (DEGREES, {**SPHERICAL, "Type": "spherical harmonics"})},
        r"SourcePosition\.Type: .*'spherical harmonics' \(allowed: cartesian, spherical\)",
    ),
    "no units": (
        {"SourcePosition": (DEGREES, {"Type": "spherical"})},
        r"SourcePosition\.Units: the attribute is missing",
    ),
    "units": (
        {"SourcePosition": (DEGREES, {**SPHERICAL, "Units": "radian, radian, metre"})},
        r"SourcePosition\.Units: .*allowed: degree, degree, metre",
    ),
    "texts as units": (
        {"SourcePosition": (DEGREES, {**SPHERICAL, "Units": ["degree", "degree"]})},
        r"SourcePosition\.Units: is too long, or several texts",
    ),
    "numbers as units": (
        {"SourcePosition": (DEGREES, {**SPHERICAL, "Units": 1.0})},
        r"SourcePosition\.Units: is not a text",
    ),
    "here": ({"SourcePosition": HERE}, "SourcePosition: row 0 is where the measured object is"),
    "far": ({"SourcePosition": (1e200 * AXES, CARTESIAN)}, "SourcePosition: is too far"),
    "no direction": ({"ListenerView": HERE}, "ListenerView: has no direction"),
    "view's type": ({"ListenerView": (AHEAD[0], {})}, r"ListenerView\.Type: the attribute is miss"),
    "oblique": (
        {"ListenerUp": (np.array([[0.1, 0.0, 1.0]]), {})},
        "ListenerUp: is not at right angles to ListenerView",
    ),
    "rate's units": (
        {"Data.SamplingRate": (np.array([48.0]), {"Units": "kilohertz"})},
        r"Data\.SamplingRate: has other units, got 'kilohertz' \(allowed: hertz\)",
    ),
    "rate without units": (
        {"Data.SamplingRate": (np.array([48.0]), {})},
        r"Data\.SamplingRate\.Units: the attribute is missing",
    ),
    "no positive rate": (
        {"Data.SamplingRate": (np.array([0.0]), HERTZ)},
        r"Data\.SamplingRate: does not suit, got .*allowed: one positive rate",
    ),
    "several rates": (
        {"Data.SamplingRate": (np.arange(1.0, 7.0), HERTZ)},
        r"Data\.SamplingRate: does not suit",
    ),
}


@pytest.mark.parametrize("fault", HEAD_FAULTS)
def test_faulty_responses_are_refused(tmp_path, fault):
    changes, message = HEAD_FAULTS[fault]
    with pytest.raises(SignalError, match=rf"head\.sofa: {message}"):
        read_head(tmp_path, **changes)


DIRECTIVITY_FAULTS = {
    "no real part": ({"Data.Real": None}, r"Data\.Real: the variable is missing"),
    "no imaginary part": ({"Data.Imag": None}, r"Data\.Imag: the variable is missing"),
    "parts": ({"Data.Imag": (TRANSFER, {})}, r"Data\.Imag: has shape \(2, 6, 5\) .*\(1, 6, 5\)"),
    "no frequencies": ({"N": None}, "N: the variable is missing"),
    "frequencies": ({"N": (np.arange(4.0), HERTZ)}, r"N: has 4 frequencies \(allowed: 5\)"),
    "order": ({"N": (np.zeros(5), HERTZ)}, "N: does not ascend"),
    "negative": ({"N": (np.arange(5.0) - 1.0, HERTZ)}, "N: does not ascend"),
    "units": ({"N": (np.arange(5.0), {"Units": "Bark"})}, "N: has other units, got 'bark'"),
    "receivers": (
        {"ReceiverPosition": (DEGREES[:5], SPHERICAL)},
        r"ReceiverPosition: has shape \(5, 3\) \(allowed: \(6, 3\)",
    ),
    "moving receivers": (
        {"ReceiverPosition": (np.stack([DEGREES] * 3, axis=2), SPHERICAL)},
        r"ReceiverPosition: has shape \(6, 3, 3\)",
    ),
    "harmonics": (
        {"ReceiverPosition": (DEGREES, {**SPHERICAL, "Type": "spherical harmonics"})},
        r"ReceiverPosition\.Type: is not read here",
    ),
    "at the source": (
        {"ReceiverPosition": (np.zeros((6, 3)), SPHERICAL)},
        "ReceiverPosition: row 0 is where the measured object is",
    ),
}


@pytest.mark.parametrize("fault", DIRECTIVITY_FAULTS)
def test_faulty_directivities_are_refused(tmp_path, fault):
    changes, message = DIRECTIVITY_FAULTS[fault]
    with pytest.raises(SignalError, match=rf"box\.sofa: {message}"):
        read_loudspeaker(tmp_path, **changes)


def test_other_conventions_are_refused(tmp_path):
    name = tmp_path / "a.sofa"
    write(name, head(), "SimpleFreeFieldSOS")
    with pytest.raises(SignalError, match=r"got 'SimpleFreeFieldSOS' .*second-order sections"):
        read_impulse_responses(name)
    write(name, head(), "SimpleHeadphoneIR")
    with pytest.raises(SignalError, match=r"allowed: SimpleFreeFieldHRIR, GeneralFIR\)$"):
        read_impulse_responses(name)
    with pytest.raises(SignalError, match=r"allowed: FreeFieldDirectivityTF\)$"):
        read_directivity(name)
    write(name, head(), DataType="FIR-E")
    with pytest.raises(SignalError, match=r"DataType: does not suit, got 'FIR-E' \(allowed: FIR\)"):
        read_impulse_responses(name)
    write(name, head(), SOFAConventions=None)
    with pytest.raises(SignalError, match="SOFAConventions: the attribute is missing"):
        read_impulse_responses(name)
    write(name, head(), Conventions="CF-1.6")
    with pytest.raises(SignalError, match=r"Conventions: not a SOFA file, got 'CF-1\.6'"):
        read_impulse_responses(name)


@pytest.mark.parametrize("read", [read_impulse_responses, read_directivity])
def test_what_is_not_hdf5_is_refused(tmp_path, read):
    with pytest.raises(SignalError, match=r"a\.sofa: there is no such file"):
        read(tmp_path / "a.sofa")
    (tmp_path / "a.sofa").write_bytes(b"RIFF" + bytes(1000))
    with pytest.raises(SignalError, match=r"a\.sofa: cannot be opened as HDF5"):
        read(tmp_path / "a.sofa")


def test_what_lies_elsewhere_is_refused(tmp_path):
    secret = write(tmp_path / "secret.sofa", head())
    name = tmp_path / "a.sofa"

    def replaced(make):
        write(name, head(**{"Data.IR": None}))
        with h5py.File(name, "a") as file:
            make(file)
        return name

    def virtual(file):
        layout = h5py.VirtualLayout(RESPONSES.shape, float)
        layout[:] = h5py.VirtualSource(secret, "Data.IR", RESPONSES.shape)
        file.create_virtual_dataset("Data.IR", layout)

    def external(file):
        file.create_dataset("Data.IR", RESPONSES.shape, float, external=[(secret, 0, 1536)])

    elsewhere = {
        "is a link to elsewhere": [
            lambda file: file.__setitem__("Data.IR", h5py.ExternalLink(secret, "Data.IR")),
            lambda file: file.__setitem__("Data.IR", h5py.ExternalLink("none.sofa", "Data.IR")),
            lambda file: file.__setitem__("Data.IR", h5py.SoftLink("/Data.Delay")),
        ],
        "is stored in another file": [virtual, external],
        "is not a variable": [lambda file: file.create_group("Data.IR")],
    }
    for message, makers in elsewhere.items():
        for make in makers:
            with pytest.raises(SignalError, match=rf"a\.sofa: Data\.IR: {message}"):
                read_impulse_responses(replaced(make))


def test_what_declares_too_much_is_refused_unread(tmp_path):
    name = tmp_path / "a.sofa"
    write(name, head(**{"Data.IR": None}))
    declared = {
        "shape": {"shape": (2**20, 2, 2**20), "chunks": (1, 1, 1024)},
        "small numbers": {"shape": (2**14, 2, 2**12), "dtype": "i1", "chunks": (1, 1, 1024)},
        "chunks": {"shape": (1, 1, 4), "maxshape": (None,) * 3, "chunks": (2**10, 2**8, 2**9)},
    }
    for facts in declared.values():
        with h5py.File(name, "a") as file:
            file.create_dataset("Data.IR", **{"dtype": "f4", **facts})
        with pytest.raises(SignalError, match=r"Data\.IR: declares shape .*at most 512 MiB"):
            read_impulse_responses(name)
        with h5py.File(name, "a") as file:
            del file["Data.IR"]
    assert name.stat().st_size < 100_000


def test_more_directions_than_anyone_measures_are_refused(tmp_path):
    write(tmp_path / "a.sofa", head(**{"Data.IR": None}))
    with h5py.File(tmp_path / "a.sofa", "a") as file:
        file.create_dataset("Data.IR", (2**20 + 1, 1, 1), "f8", chunks=(2**12, 1, 1))
    with pytest.raises(SignalError, match=r"Data\.IR: has 1048577 directions .*at most 1048576"):
        read_impulse_responses(tmp_path / "a.sofa")


def test_long_texts_are_refused(tmp_path):
    write(tmp_path / "a.sofa", head())
    with h5py.File(tmp_path / "a.sofa", "w", libver="latest") as file:
        file.attrs["Conventions"] = np.bytes_("S" * (2**16 + 1))
    with pytest.raises(SignalError, match="Conventions: is too long"):
        read_impulse_responses(tmp_path / "a.sofa")


def test_damaged_files_are_refused(tmp_path):
    name = write(tmp_path / "a.sofa", head(**{"Data.IR": None}))
    with h5py.File(name, "a") as file:
        dataset = file.create_dataset(
            "Data.IR", data=RESPONSES, chunks=RESPONSES.shape, fletcher32=True
        )
        place = dataset.id.get_chunk_info(0).byte_offset
    content = bytearray(name.read_bytes())
    content[place] ^= 1
    name.write_bytes(content)
    with pytest.raises(SignalError, match=r"a\.sofa: Data\.IR: is damaged"):
        read_impulse_responses(name)
    name.write_bytes(content[:300])
    with pytest.raises(SignalError, match=r"a\.sofa: cannot be opened as HDF5"):
        read_impulse_responses(name)


def test_refusals_can_be_sent_between_processes(tmp_path):
    with pytest.raises(SignalError) as caught:
        read_head(tmp_path, **{"Data.SamplingRate": (np.arange(1.0, 7.0), HERTZ)})
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.debian
@pytest.mark.skipif(not KEMAR.is_file(), reason="needs the Debian package libmysofa1")
def test_the_mannequin_of_mit_hears_the_left_on_its_left():
    head = read_impulse_responses(KEMAR)
    assert head.responses.shape == (710, 2, 512)
    assert (head.sample_rate, head.convention) == (44_100.0, "SimpleFreeFieldHRIR")
    assert np.linalg.norm(head.directions, axis=1) == pytest.approx(np.ones(710))
    assert head.distances == pytest.approx(np.full(710, 1.4))
    assert np.array_equal(head.delays, np.zeros((710, 2)))
    left, right = np.sum(head.responses**2, axis=2).T
    side = head.directions[:, 1]
    assert np.all(left[side > 0.3] > 1.5 * right[side > 0.3])
    assert np.all(right[side < -0.3] > 1.5 * left[side < -0.3])
    # From the left the left ear hears first, by about 0.6 ms.
    from_left = head.responses[np.argmax(side)]
    peaks = np.argmax(np.abs(from_left), axis=1) / head.sample_rate
    assert 0.5e-3 < peaks[1] - peaks[0] < 0.8e-3
