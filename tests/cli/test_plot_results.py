import json
from types import SimpleNamespace

import numpy as np
import pytest

from simgen.benchmark.result import read_result
from simgen.benchmark.suite import suite_folder
from simgen.scoring.crosstalk_bands import plant_frequencies
from simgen.scoring.crosstalk_plant import CrosstalkPlant, doing_nothing

pytest.importorskip("matplotlib")
from tests.pictures.drawn import legend_of, lines, unreadable


@pytest.fixture
def results():
    """The committed results of the localization track."""
    return sorted((suite_folder() / "localization" / "results").glob("*.json"))


def test_results_are_drawn_best_first(simgen, results):
    from simgen.cli.plot_results import RESULT_FIGURES

    figure = RESULT_FIGURES["scores"](results)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "OSPA",
        "Absolute DOA error",
    ]
    read = [read_result(file) for file in results]
    values = sorted(result.scores["ospa_deg"]["value"] for result in read)
    bars = figure.axes[0].containers[1].patches
    assert [bar.get_width() for bar in bars] == pytest.approx(values)
    assert figure.get_supxlabel() == "score (deg), with 95 % interval"
    assert unreadable(figure) == ([], [])
    ran = simgen("plot", *results, "-o", "a.svg", "--json")
    assert (ran.code, json.loads(ran.out)["kind"]) == (0, "scores")


def test_oracles_are_named(results):
    from simgen.cli.plot_results import RESULT_FIGURES

    labels = RESULT_FIGURES["scores"](results).axes[0].get_yticklabels()
    names = [label.get_text() for label in labels]
    assert sum(name.endswith(", oracle") for name in names) == sum(
        read_result(file).uses_oracle for file in results
    )


def test_results_without_bands_have_no_separation(simgen, results):
    ran = simgen("plot", *results, "-o", "a.png", "--kind", "separation")
    assert ran.code == 2
    assert "results of a crosstalk track" in ran.err


def test_separation_of_results_is_drawn_by_device(monkeypatch, results):
    from simgen.cli import plot_results

    def with_bands(file):
        result = read_result(file)
        level = float(len(result.system))
        bands = {
            f"{centre} Hz": {
                "separation_mean_db": level,
                "separation_p10_db": level - 2.0,
                "effort_db": 1.0,
            }
            for centre in (1000, 198, 500)
        }
        parts = {"device": {"A": {"gain_db": 1.0}}, "A at": bands, "B at": bands}
        return result.model_copy(update={"breakdown": parts})

    monkeypatch.setattr(plot_results, "read_result", with_bands)
    figure = plot_results.RESULT_FIGURES["separation"](results[:2])
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["device A", "device B"]
    names = [name for name in legend_of(figure) if name != "target 15 dB"]
    assert len(names) == 2
    for file, name in zip(results, names, strict=False):
        line = lines(figure.axes[0])[name]
        assert line.get_xdata().tolist() == [198.0, 500.0, 1000.0]
        assert set(line.get_ydata()) == {float(len(read_result(file).system))}


# Submissions


@pytest.fixture
def submitted(monkeypatch, tmp_path):
    """A folder of filters that do nothing on one device, and its split with two conditions."""
    from simgen.cli import plot_results

    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "submission.json").write_text("{}")
    size = (3, len(plant_frequencies()), 2, 2)
    responses = np.random.default_rng(1).standard_normal(size) + 0j
    plants = [CrosstalkPlant(name, responses, responses[0], True) for name in ("dry", "wet")]
    read = SimpleNamespace(
        track="crosstalk",
        split="mini",
        protocol="ctc/1",
        system="idle",
        filters={"A": doing_nothing(2)},
    )
    opened = []
    monkeypatch.setattr(plot_results, "read_filters", lambda _: read)
    monkeypatch.setattr(plot_results, "load_split", lambda path: SimpleNamespace(path=path))
    monkeypatch.setattr(plot_results, "open_built", lambda _, place: opened.append(str(place)))
    monkeypatch.setattr(plot_results, "crosstalk_plants", lambda *_: {"A": plants, "B": plants})
    return SimpleNamespace(folder=tmp_path / "sub", read=read, opened=opened)


def test_submitted_filters_are_drawn_under_every_condition(submitted):
    from simgen.cli.plot_results import draw_submission

    figure = draw_submission(submitted.folder, None)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["A, dry", "A, wet"]
    drawn = lines(figure.axes[0])
    assert drawn["idle"].get_ydata() == pytest.approx(drawn["doing nothing"].get_ydata())
    assert submitted.opened == ["built/crosstalk-mini"]


def test_a_submission_is_plotted_from_the_split_as_built(simgen, submitted):
    ran = simgen("plot", submitted.folder, "-o", "a.png", "--data", "elsewhere", "--json")
    assert (ran.code, json.loads(ran.out)["kind"]) == (0, "separation")
    assert submitted.opened == ["elsewhere"]


def test_only_filters_that_cancel_crosstalk_are_drawn(simgen, submitted):
    submitted.read.protocol = "beam/1"
    assert simgen("plot", submitted.folder, "-o", "a.png").code == 2
    assert simgen("plot", submitted.folder, "-o", "a.png", "--kind", "room").code == 2
    assert not submitted.opened


def test_a_file_that_is_no_result_exits_with_3(simgen, tmp_path):
    (tmp_path / "a.json").write_text("{}")
    assert simgen("plot", "a.json", "-o", "a.png").code == 3
