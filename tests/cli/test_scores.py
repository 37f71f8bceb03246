from simgen.benchmark.azimuths import AzimuthSubmission, Prediction
from simgen.benchmark.suite import load_split
from simgen.cli.scores import score_table
from simgen.evaluate.localization import score_azimuths

SPLIT = load_split("localization/mini")


def silence(**changes):
    fields = {"submission": 1, "system": "silence", "track": "localization", "split": "mini"}
    predictions = {item: Prediction(azimuth_deg=()) for item in SPLIT.items}
    fields |= {"protocol": "doa-scene/1", "predictions": predictions}
    return score_azimuths(AzimuthSubmission(**(fields | changes)), SPLIT)


def test_the_table_shows_every_score_with_its_interval():
    result = silence()
    lines = score_table(result).splitlines()
    assert lines[0] == "silence on localization/mini (doa-scene/1)"
    assert lines[1] == "num_scenes 24, num_sources 60, num_estimates 0, num_pairs 0"
    shown = {
        line.split()[0]: line.split(maxsplit=1)[1] for line in lines[4 : 4 + len(result.scores)]
    }
    assert list(shown) == list(result.scores)
    assert shown["ospa_deg"].split() == ["30.000", "[30.000,", "30.000]"]
    assert shown["absolute_doa_error_deg"].split() == ["-", "[-,", "-]"]


def test_the_table_shows_every_condition():
    text = score_table(silence())
    rows = [line.split() for line in text.splitlines()]
    assert ["anechoic", "12", "30.000", "-", "0.000", "0.000"] in rows
    assert ["4", "6", "30.000", "-", "0.000", "0.000"] in rows
    assert sum(row[:2] in (["num_sources", "scenes"], ["snr", "scenes"]) for row in rows) == 2


def test_the_table_says_when_an_oracle_was_used():
    assert "uses an oracle" in score_table(silence(uses_oracle=True)).splitlines()[0]
