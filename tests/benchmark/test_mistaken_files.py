import pytest

from simgen.benchmark.mistaken_files import refuse_mistaken, refuse_part
from simgen.errors import SubmissionError


@pytest.mark.parametrize(
    ("data", "wanted", "advice"),
    [
        ({"result": 1}, "submission", "bench page and plot"),
        ({"submission": 1}, "result", "simgen bench score FILE"),
    ],
)
def test_another_kind_is_refused_with_what_takes_it(data, wanted, advice):
    with pytest.raises(SubmissionError, match=rf"x\.json: (.|\n)*{advice}"):
        refuse_mistaken(data, wanted, "x.json")


@pytest.mark.parametrize("data", [None, [], "result", {}, {"submission": 1, "result": 1}, {"x": 1}])
@pytest.mark.parametrize("wanted", ["submission", "result"])
def test_what_does_not_say_that_it_is_another_kind_is_left_to_its_reader(data, wanted):
    if data != {wanted: 1}:
        refuse_mistaken(data, wanted, "x.json")


@pytest.mark.parametrize("name", ["predictions.csv", "any.csv", "ctc_A.npy", "predictions.json"])
def test_a_file_of_a_folder_is_no_submission(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(SubmissionError, match="give the folder"):
        refuse_part(tmp_path / name)


def test_folders_whole_files_and_what_is_not_there_may_be_submissions(tmp_path):
    (tmp_path / "mine.csv").mkdir()
    (tmp_path / "mine.json").touch()
    for name in ("mine.csv", "mine.json", "gone.csv"):
        refuse_part(tmp_path / name)
