import pytest

from simgen.benchmark import csv_files
from simgen.benchmark.submission import MOST_FAULTS
from simgen.errors import SubmissionLimitError
from simgen.evaluate.kinds import read_submission
from tests.references.azimuth_files import ROWS, SPLIT, refused


def test_faults_of_rows_are_named_by_line_and_item(folder):
    rows = ROWS.splitlines()
    rows[1:7] = [
        "mini-0000,NaN",
        "mini-0001,1e7",
        "mini-0002," + "9" * 5000,
        "mini-0003,1,2",
        "dev-0004,3",
        "=cmd|' /C calc'!A0,1",
    ]
    rows += ["mini-0009,5", "mini-0010,\u0661", ""]
    assert refused(folder(**{"predictions.csv": "\r\n".join(rows)})) == (
        'predictions.csv: line 2: mini-0000: azimuth_deg must be a finite number, got "NaN"',
        "predictions.csv: line 3: mini-0001: azimuth_deg must be from -1000000 to 1000000, "
        "got 1e+07",
        "predictions.csv: line 4: mini-0002: azimuth_deg must be a finite number, "
        f'got "{"9" * 60}"',
        "predictions.csv: line 5: has 3 fields (allowed: 2)",
        "predictions.csv: line 6: dev-0004: is not an item of localization/mini",
        "predictions.csv: line 7: =cmd|' /C calc'!A0: is not an item of localization/mini",
        "predictions.csv: line 26: mini-0009: has an empty azimuth_deg, which says that nothing is "
        "heard, and other rows",
        "predictions.csv: line 27: mini-0010: has an empty azimuth_deg, which says that nothing is "
        "heard, and other rows",
        *(
            f"predictions.csv: mini-000{number}: is missing; give it one row with nothing after "
            "the comma where nothing is heard"
            for number in (3, 4, 5)
        ),
    )


@pytest.mark.parametrize(
    "azimuth",
    ["nan", "inf", "-Infinity", "1_0", "0x10", "१२", "1e400", "1,5", "--1", ".", "1°", "None"],
)
def test_what_is_no_decimal_is_refused(folder, azimuth):
    quoted = f'"{azimuth}"' if "," in azimuth else azimuth
    content = ROWS.replace("mini-0003,\n", f"mini-0003,{quoted}\n")
    [fault] = refused(folder(**{"predictions.csv": content}))
    assert fault.startswith(
        "predictions.csv: line 5: mini-0003: azimuth_deg must be a finite number"
    )


@pytest.mark.parametrize(
    "azimuth", ["1", "-1.", "+.5", "1e2", "1E-2", " 7 ", '"7"', "0." + "1" * 5000]
)
def test_decimals_in_any_form_are_taken(folder, azimuth):
    content = ROWS.replace("mini-0003,\n", f"mini-0003,{azimuth}\n")
    submission = read_submission(folder(**{"predictions.csv": content}))
    assert submission.predictions["mini-0003"].azimuth_deg == (float(azimuth.strip('"')),)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "line 1: must be item,azimuth_deg"),
        ("\n\n", "line 1: must be item,azimuth_deg"),
        ("item;azimuth_deg\n", "line 1: columns are divided by semicolons; commas are needed"),
        ("mini-0000,1\n", "line 1: must be item,azimuth_deg"),
        ('item,azimuth_deg\nmini-0000,"1', "line 2: is not CSV: unexpected end of data"),
        ('item,azimuth_deg\nmini-0000,"1"2', "line 2: is not CSV: "),
        ("item,azimuth_deg\n" + "x" * 200_000, "line 2: is not CSV: field larger than field limit"),
        ("item,azimuth_deg\n\ud800,1".encode(errors="surrogatepass"), "is not UTF-8 at byte 17"),
        (ROWS.encode("utf-16"), "is not UTF-8 at byte 0"),
    ],
)
def test_what_is_no_csv_of_ours_is_refused(folder, content, fault):
    faults = refused(folder(**{"predictions.csv": content}))
    assert fault in faults[0]
    assert ("line 1" not in fault) or len(faults) == 1


def test_rows_may_be_in_any_order_with_any_ends_of_lines(folder):
    rows = [f"{item},{k}" for item in SPLIT.items for k in (1, 2)]
    first = read_submission(folder(**{"predictions.csv": "\n".join(["item,azimuth_deg", *rows])}))
    rows = sorted(rows, key=lambda row: (row[-1], row[::-1]))
    content = "\ufeffitem,azimuth_deg\r\n" + "\r\n\r\n".join(rows)
    assert read_submission(folder(**{"predictions.csv": content})).sha256() == first.sha256()


def test_an_item_of_65_azimuths_is_refused_once(folder):
    content = ROWS.replace("mini-0003,\n", "mini-0003,1\n" * 70)
    [fault] = refused(folder(**{"predictions.csv": content}))
    assert fault == "predictions.csv: line 69: mini-0003: has more than 64 azimuths"


@pytest.mark.parametrize("row", ["\n", "mini-0000,1\n", "x,1\n"])
def test_too_many_rows_are_refused(folder, row, monkeypatch):
    monkeypatch.setattr(csv_files, "MOST_ROWS", 5000)
    faults = refused(folder(**{"predictions.csv": ROWS + row * 5000}), SubmissionLimitError)
    assert faults == ("has more than 5000 lines",)


def test_faults_of_rows_are_collected_until_they_are_enough():
    content = b"item,azimuth_deg\n" + b"x\n" * 20_000
    _, faults = csv_files.parse_azimuth_rows(content, "x.csv", split=None, most=64, limit=1e6)
    assert len(faults) == MOST_FAULTS + 1


def test_ten_million_rows_are_refused_unread(folder):
    place = folder()
    with (place / "predictions.csv").open("wb") as file:
        file.write(b"item,azimuth_deg\n")
        file.truncate(10_000_000 * len("mini-0000,1\n"))
    assert refused(place, SubmissionLimitError) == ("is larger than 16 MiB",)
