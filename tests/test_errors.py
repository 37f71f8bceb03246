import copy
import pickle

import pytest

from simgen import errors
from simgen.errors import (
    DatasetError,
    GeometryError,
    ParameterError,
    RenderError,
    SceneError,
    SceneProblem,
    ShapeError,
    SignalError,
    SimgenError,
    SubmissionError,
    SubmissionLimitError,
    VerificationError,
)

PLAIN = (ParameterError, ShapeError, GeometryError, SignalError, DatasetError)
PROBLEM = SceneProblem(
    "unknown-key",
    "no such key here",
    line=3,
    column=5,
    key_path="room.rt60",
    source_line="  rt60: 1",
    suggestion="t60_s",
)
EXAMPLES = [
    *(
        kind("side is out of range", value=0, allowed="1 to 9 m", where="room", fix="Enlarge it")
        for kind in PLAIN
    ),
    ParameterError("a thing without a value"),
    SubmissionError(["scene 3 is missing", "scene 5 twice"], where="mine.json"),
    SubmissionLimitError(["is larger than 16 MiB"], where="mine.json"),
    VerificationError("the secret is another", value="0", allowed="1"),
    RenderError("killed twice", index=7, seed=1),
    RenderError("killed twice", index=0, seed=None),
    SceneError([PROBLEM], file="a.yaml"),
    SceneError([]),
]


def test_every_class_has_an_example():
    classes = {getattr(errors, name) for name in errors.__all__} - {SimgenError, SceneProblem}
    assert {type(error) for error in EXAMPLES} == classes


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_errors_survive_pickling(error, protocol):
    again = pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.args == error.args
    assert vars(again) == vars(error)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_errors_survive_copying(error):
    again = copy.copy(error)
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_notes_survive_pickling():
    error = GeometryError("outside")
    error.add_note("scene 3")
    assert pickle.loads(pickle.dumps(error)).__notes__ == ["scene 3"]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_has_one_root_and_a_built_in(error):
    assert isinstance(error, SimgenError)
    assert isinstance(error, RuntimeError if isinstance(error, RenderError) else ValueError)


def test_the_whole_message():
    error = ParameterError(
        "t60 is out of range", value=-1, allowed="0 to 20 s", where="room", fix="Raise it"
    )
    assert str(error) == "room: t60 is out of range, got -1 (allowed: 0 to 20 s). Raise it"
    assert (error.problem, error.value, error.where) == ("t60 is out of range", -1, "room")
    assert (error.allowed, error.fix) == ("0 to 20 s", "Raise it")


def test_parts_that_are_not_given_leave_no_trace():
    assert str(ParameterError("it is wrong")) == "it is wrong"
    assert str(ParameterError("it is wrong", value=None)) == "it is wrong, got None"
    assert str(ParameterError("it is wrong", value="")) == "it is wrong, got ''"


def test_a_long_value_is_cut():
    message = str(ParameterError("it is wrong", value="x" * 1000))
    assert len(message) == len("it is wrong, got ") + 120
    assert message.endswith("xxx...")
    assert ParameterError("it is wrong", value="x" * 1000).value == "x" * 1000


def test_a_submission_lists_every_fault():
    error = SubmissionError((fault for fault in ("one", "two")), where="mine.json")
    assert str(error) == "mine.json: 2 faults in the submission:\n  one\n  two"
    assert error.faults == ("one", "two")
    assert str(SubmissionError(["one"])) == "1 fault in the submission:\n  one"


def test_a_failed_scene_is_named():
    error = RenderError("killed", index=4, seed=9)
    assert str(error) == "scene 4 (seed 9): killed"
    assert (error.index, error.seed) == (4, 9)


def test_problems_come_in_the_order_of_the_file():
    places = [(9, 1), (2, 7), (2, 3), (0, 0)]
    problems = [SceneProblem("code", f"at {place}", *place) for place in places]
    error = SceneError((problem for problem in problems), file="a.yaml")
    assert [(found.line, found.column) for found in error.problems] == sorted(places)
    assert str(error).splitlines() == [
        "a.yaml: code at (0, 0)",
        "a.yaml:2:3: code at (2, 3)",
        "a.yaml:2:7: code at (2, 7)",
        "a.yaml:9:1: code at (9, 1)",
    ]


def test_problems_at_one_place_keep_their_order():
    problems = [SceneProblem("code", message, 1, 1) for message in ("b", "a", "c")]
    assert [found.message for found in SceneError(problems).problems] == ["b", "a", "c"]


def test_a_problem_shows_its_line_with_a_caret_under_the_column():
    text = str(SceneError([PROBLEM], file="a.yaml"))
    first, line, caret = text.splitlines()
    message = 'a.yaml:3:5: unknown-key room.rt60: no such key here; did you mean "t60_s"?'
    assert first == message
    assert line == "      rt60: 1"
    assert caret.index("^") == 4 + 5 - 1
    assert caret.strip() == "^"
