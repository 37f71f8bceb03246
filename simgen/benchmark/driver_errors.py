"""What is wrong with the drivers of devices: frozen numbers beside a split."""

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from simgen.benchmark.suite import Split, read_frozen
from simgen.errors import DatasetError
from simgen.scene.record import Record

__all__ = ["DriverErrors", "driver_errors"]


class DriverErrors(Record):
    """Errors of a device's drivers at each graded pose, under one condition.

    Attributes
    ----------
    gain_db
        By pose and driver.
    delay_s
        By pose and driver.
    """

    gain_db: tuple[tuple[float, ...], ...]
    delay_s: tuple[tuple[float, ...], ...]

    def response(self, frequency: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Return what they do to each driver, shape (pose, frequency, driver).

        Parameters
        ----------
        frequency
            In Hz, shape (frequency,).
        """
        gain = 10.0 ** (np.array(self.gain_db) / 20.0)
        turns = np.array(self.delay_s)[:, None] * frequency[:, None]
        return np.asarray(gain[:, None] * np.exp(-2j * np.pi * turns))


_BY_CONDITION = TypeAdapter(dict[str, dict[str, DriverErrors]])


def driver_errors(split: Split) -> dict[str, dict[str, DriverErrors]]:
    """Read the errors of a split's drivers, by condition and device.

    Raises
    ------
    DatasetError
        If the split has none, or the file is not what it was.
    """
    frozen = split.record.driver_errors
    if frozen is None:
        raise DatasetError("nothing is scored on this split", where=split.path)
    try:
        return _BY_CONDITION.validate_json(read_frozen(split.track, frozen), strict=True)
    except ValidationError as error:
        raise DatasetError(f"holds no driver errors: {error}", where=frozen.file) from error
