import pytest

from simgen.errors import SceneError
from simgen.scene.scene_file import SceneFile


def parse(room: str, sample_rate: int = 16_000) -> SceneFile:
    return SceneFile.parse(
        f"""scene: 1
name: room
sample_rate_hz: {sample_rate}
duration_s: 1
room: {room}
arrays: {{one: {{microphones: {{positions_m: [[0, 0, 0]]}}}}}}
sources: {{talker: {{place: {{position_m: [1, 1, 1.5]}}}}}}
"""
    )


@pytest.mark.parametrize(
    ("room", "place", "message"),
    [
        ("{box_m: [6, 5, 3], walls: {floor: 0.1}}", "5:33", "says nothing of back, front"),
        ("{box_m: [6, 5, 3], walls: {rest: brikwork}}", "5:40", 'did you mean "brickwork"'),
        ("{box_m: [6, 5, 3], walls: {rest: 1.2}}", "5:40", "at most 1"),
        ("{box_m: [6, 5, 3], walls: {rest: 0.2}, t60_s: 0.4}", "5:33", "keep one of the two"),
        ("{box_m: [6, 5, 3], walls: {rest: 0.2, roof: 0.4}}", "5:45", "unknown-key"),
        ("{box_m: [6, 5, 3], t60_s: 0.4, t60_formula: norris}", "5:51", "eyring"),
        ("{box_m: [6, 5, 3], t60_s: 0.4, air: {humidity_percent: 0}}", "5:62", "at least 10"),
    ],
)
def test_faults_are_located(room: str, place: str, message: str) -> None:
    with pytest.raises(SceneError) as caught:
        parse(room)
    assert f"scene:{place}: " in str(caught.value)
    assert message in str(caught.value)
