"""sofar verifies what is written here, and what sofar writes is read."""

import numpy as np
import pytest

from simgen.exchange.sofa_ears import read_ear_responses
from simgen.exchange.sofa_write import sofa_content
from tests.references.ear_responses import (
    BACKWARDS,
    LOUDSPEAKERS,
    NO_TURN,
    POSES,
    SAMPLES,
    TO_THE_LEFT,
    example,
)

pytestmark = pytest.mark.slow

sofar = pytest.importorskip("sofar")

EARS = np.array([[0.0, 0.09, 0.0], [0.0, -0.09, 0.0]])
RESPONSES = np.random.default_rng(1).standard_normal((3, 2, 2, 40))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ear_positions": None, "room_size": None, "title": "", "history": "Möbius"},
        {"responses": np.random.default_rng(2).standard_normal((POSES, 2, LOUDSPEAKERS, 3000))},
    ],
)
def test_sofar_has_nothing_to_say_against_it(tmp_path, changes):
    ears = example(**changes)
    (tmp_path / "a.sofa").write_bytes(sofa_content(ears))
    opened = sofar.read_sofa(tmp_path / "a.sofa", verify=False, verbose=False)
    assert opened.verify(issue_handling="return", mode="write") is None
    assert opened.GLOBAL_SOFAConventions == "SingleRoomMIMOSRIR"
    assert opened.GLOBAL_Title == ears.title
    assert opened.GLOBAL_History == ears.history
    assert np.array_equal(np.moveaxis(opened.Data_IR, 3, 2), ears.responses)
    assert np.array_equal(opened.ListenerPosition, ears.head_positions)
    assert np.array_equal(opened.EmitterPosition[..., 0], ears.loudspeaker_positions)
    assert opened.get_dimension("M") == POSES
    assert opened.get_dimension("N") == ears.responses.shape[-1]


def foreign(convention, **variables):
    """A file as sofar makes it, of a head that turns to the left in three steps."""
    sofa = sofar.Sofa(convention, mandatory=True, verify=False)
    facts = {
        "ListenerPosition": np.tile([1.0, 2.0, 1.5], (3, 1)),
        "ListenerView": np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]]),
        "ListenerUp": np.array([[0.0, 0.0, 1.0]]),
        "ReceiverPosition": EARS[..., None],
        "ReceiverPosition_Type": "cartesian",
        "ReceiverPosition_Units": "metre",
        "SourcePosition": np.tile([3.0, 2.0, 1.5], (3, 1)),
        "SourcePosition_Type": "cartesian",
        "SourcePosition_Units": "metre",
        "EmitterPosition_Type": "cartesian",
        "EmitterPosition_Units": "metre",
        "Data_SamplingRate": 44_100.0,
        "GLOBAL_RoomType": "free field",
    }
    for name, value in (facts | variables).items():
        setattr(sofa, name, value)
    return sofa


PAIR = np.array([[0.0, 0.2, 0.0], [0.0, -0.2, 0.0]])[..., None]
FOREIGN = {
    "SingleRoomMIMOSRIR": {
        "Data_IR": np.moveaxis(RESPONSES, 2, 3),
        "Data_Delay": np.zeros((1, 2, 1)),
        "EmitterPosition": PAIR,
        "SourceView": np.array([[-1.0, 0.0, 0.0]]),
    },
    "MultiSpeakerBRIR": {
        "Data_IR": RESPONSES,
        "Data_Delay": np.zeros((1, 2, 2)),
        "EmitterPosition": PAIR,
    },
    "SingleRoomSRIR": {
        "Data_IR": RESPONSES[:, :, 0],
        "Data_Delay": np.zeros((1, 2)),
        "EmitterPosition": np.zeros((1, 3, 1)),
        "SourceView": np.array([[-1.0, 0.0, 0.0]]),
    },
    "SingleRoomDRIR": {
        "Data_IR": RESPONSES[:, :, 0],
        "Data_Delay": np.zeros((1, 2)),
        "EmitterPosition": np.zeros((1, 3, 1)),
        "SourceView": np.array([[-1.0, 0.0, 0.0]]),
    },
}


@pytest.mark.filterwarnings("ignore:\\s*(WARNINGS|Detected preliminary)")
@pytest.mark.parametrize("convention", FOREIGN)
def test_what_sofar_writes_is_read(tmp_path, convention):
    sofa = foreign(convention, **FOREIGN[convention])
    single = FOREIGN[convention]["Data_IR"].ndim == 3
    if convention.startswith(("MultiSpeaker", "SingleRoomDRIR")):
        # sofar refuses to write what the standard has superseded, unless it is not asked.
        sofa.verify(mode="read")
        sofar.io._write_sofa(tmp_path / "a.sofa", sofa, 4, verify=False)
    else:
        sofar.write_sofa(tmp_path / "a.sofa", sofa)
    ears = read_ear_responses(tmp_path / "a.sofa")
    assert np.array_equal(ears.responses, RESPONSES[:, :, :1] if single else RESPONSES)
    assert ears.sample_rate == 44_100.0
    expected = np.array([NO_TURN, TO_THE_LEFT, BACKWARDS])
    assert ears.head_orientations == pytest.approx(expected, abs=1e-15)
    assert ears.device_position.tolist() == [3.0, 2.0, 1.5]
    assert np.array_equal(ears.ear_positions, EARS)
    assert ears.responses.shape[-1] < SAMPLES
