import json

import pytest

from simgen.benchmark.result import read_result
from simgen.benchmark.suite import suite_folder
from simgen.errors import ParameterError

pytest.importorskip("matplotlib")
from tests.pictures.drawn import legend_of, lines, unreadable


@pytest.fixture
def results():
    """The committed results of the localization track."""
    return sorted((suite_folder() / "localization" / "results").glob("*-mini.json"))


def test_results_are_drawn_best_first(simgen, results):
    from simgen.cli.plot_results import RESULT_FIGURES

    figure = RESULT_FIGURES["scores"](results)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "OSPA",
        "Absolute DOA error",
    ]
    read = [read_result(file) for file in results]
    values = sorted(result.scores["ospa_deg"]["value"] for result in read)
    bars = figure.axes[0].containers[0].patches
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
    assert "do not hold separation by bands" in ran.err
    assert "ctc/1 or beam/1" in ran.err


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
        return result.model_copy(update={"breakdown": parts, "protocol": "ctc/1"})

    monkeypatch.setattr(plot_results, "read_result", with_bands)
    figure = plot_results.RESULT_FIGURES["separation"](results[:2])
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["device A", "device B"]
    names = [name for name in legend_of(figure) if name != "target 15 dB"]
    assert len(names) == 2
    for file, name in zip(results, names, strict=False):
        line = lines(figure.axes[0])[name]
        assert line.get_xdata().tolist() == [198.0, 500.0, 1000.0]
        assert set(line.get_ydata()) == {float(len(read_result(file).system))}


@pytest.mark.parametrize(
    ("track", "quantity", "score", "low"),
    [
        ("crosstalk", "separation (dB)", "separation_mean_db", "separation_p10_db"),
        ("beam", "window over sides (dB)", "window_to_sides_db", "window_to_sides_db"),
    ],
)
def test_committed_results_are_drawn_band_by_band(track, quantity, score, low):
    from simgen.cli.plot_results import RESULT_FIGURES

    files = sorted((suite_folder() / track / "results").glob("*-test.json"))[:2]
    figure = RESULT_FIGURES["separation"](files)
    assert figure.get_supylabel() == quantity
    for axes in figure.axes:
        device = axes.get_title(loc="left").removeprefix("device ")
        for file in files:
            result = read_result(file)
            bands = result.breakdown[f"{device} at"].values()
            line = lines(axes)[result.system]
            assert line.get_ydata().tolist() == [band[score] for band in bands]
            assert min(band[low] for band in bands) > axes.get_ylim()[0]
    assert unreadable(figure) == ([], [])


def test_results_of_different_bands_are_refused(monkeypatch):
    from simgen.cli import plot_results

    file = next((suite_folder() / "beam" / "results").glob("*.json"))
    stripped = read_result(file).model_copy(update={"breakdown": {}})
    monkeypatch.setattr(plot_results, "read_result", lambda _: stripped)
    with pytest.raises(ParameterError, match="same bands"):
        plot_results.RESULT_FIGURES["separation"]([file])


def test_a_file_that_is_no_result_exits_with_3(simgen, tmp_path):
    (tmp_path / "a.json").write_text("{}")
    assert simgen("plot", "a.json", "-o", "a.png").code == 3
