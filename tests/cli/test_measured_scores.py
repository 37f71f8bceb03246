"""``simgen bench score --measured``."""

import json

import numpy as np
import pytest

from simgen.exchange.sofa_write import sofa_content
from tests.references.ear_responses import example
from tests.references.filter_files import doing_nothing, write

GOOD = "mine.npy", "--measured", "den.sofa"


@pytest.fixture
def den(tmp_path):
    """Three loudspeakers that were measured, and filters for as many drivers, in one folder."""
    (tmp_path / "den.sofa").write_bytes(sofa_content(example()))
    np.save(tmp_path / "mine.npy", doing_nothing(3))
    return tmp_path


def test_a_score_is_shown_and_written_as_one_without_a_rank(simgen, den):
    ran = simgen("bench", "score", *GOOD, "-o", "den.json")
    assert (ran.code, ran.err) == (0, "wrote den.json\n")
    head, rank, *_ = ran.out.splitlines()
    assert head == "mine.npy on den.sofa, by the definitions of ctc/1"
    assert rank == "no ranked score; 4 poses, loudspeakers 2, 1, 0"
    assert "gain_db                          0.000   [0.000, 0.000]" in ran.out
    assert "1000 Hz" in ran.out
    written = json.loads((den / "den.json").read_text())
    assert (written["ranked"], written["filters"]) == (False, "mine.npy")
    as_json = simgen("bench", "score", *GOOD, "--json")
    assert json.loads(as_json.out) == written


@pytest.mark.usefixtures("den")
def test_no_leaderboard_takes_it(simgen):
    simgen("bench", "score", *GOOD, "-o", "den.json")
    ran = simgen("bench", "page", "den.json")
    assert (ran.code, ran.out) == (3, "")
    assert "ranked: is not a key here" in ran.err


def test_what_is_read_is_not_written_over(simgen, den):
    before = (den / "den.sofa").read_bytes()
    for file in ("den.sofa", "mine.npy"):
        ran = simgen("bench", "score", *GOOD, "-o", file)
        assert (ran.code, ran.out) == (2, "")
        assert "--out is a file that is read" in ran.err
    assert (den / "den.sofa").read_bytes() == before


def test_a_submission_is_played_by_the_device_that_is_named(simgen, den):
    two = example(
        responses=np.ones((4, 2, 2, 50)),
        loudspeaker_positions=np.array([[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]]),
        loudspeaker_orientations=np.tile([1.0, 0.0, 0.0, 0.0], (2, 1)),
    )
    (den / "pair.sofa").write_bytes(sofa_content(two))
    folder = write(den / "mine")
    ran = simgen("bench", "score", folder, "--measured", "pair.sofa")
    assert ran.code == 2
    assert "Name the one whose filters are meant by --device" in ran.err
    ran = simgen("bench", "score", folder, "--measured", "pair.sofa", "--device", "A")
    assert ran.code == 0
    assert ran.out.startswith("ours, filters for A on pair.sofa")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("mine.npy", "--device", "A"), 2, "--device goes with --measured alone"),
        ((*GOOD, "--device", "A"), 2, "--device chooses from a submission"),
        (("mine.npy", "--measured", "gone.sofa"), 3, "gone.sofa"),
        (("mine.npy", "--measured", "mine.npy"), 3, "mine.npy"),
        (("two.npy", "--measured", "den.sofa"), 3, "(allowed: (3, 2, tap))"),
        (("folder", "--measured", "den.sofa"), 3, "no filters are for 3 drivers"),
        (("mine.npy", "--measured", "still.sofa"), 3, "still.sofa: the head was measured in one"),
    ],
)
def test_what_cannot_be_scored_exits_as_documented(simgen, den, words, code, message):
    np.save(den / "two.npy", doing_nothing(2))
    write(den / "folder")
    ears = example()
    still = example(
        responses=ears.responses[:1],
        head_positions=ears.head_positions[:1],
        head_orientations=ears.head_orientations[:1],
    )
    (den / "still.sofa").write_bytes(sofa_content(still))
    ran = simgen("bench", "score", *words)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
