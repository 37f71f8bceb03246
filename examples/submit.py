"""Write a submission to a localisation track: a header, and a row for each azimuth of a scene."""

import csv
import json
from pathlib import Path


def submit(folder, header, azimuths):
    """Write azimuths in degrees by item, such as {"mini-0000": [12.5, -80], "mini-0001": []}."""
    place = Path(folder)
    place.mkdir(exist_ok=True)
    (place / "submission.json").write_text(json.dumps(header))
    with (place / "predictions.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["item", "azimuth_deg"])
        for item, angles in azimuths.items():
            rows.writerows([item, angle] for angle in angles or [""])
