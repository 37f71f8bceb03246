"""Write what listeners hear of loudspeakers as a SOFA file (AES69).

Poses of the listener are the file's measurements, loudspeakers its emitters, ears its receivers.
A file holds no clock: its dates are those it is given.

References
----------
AES69-2022, AES standard for file exchange: Spatial acoustic data file format; the table of the
convention SingleRoomMIMOSRIR 1.0 is at https://www.sofaconventions.org.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.rotation import to_room_frame
from simgen.errors import ParameterError
from simgen.exchange.ear_responses import EarResponses
from simgen.exchange.netcdf import Variable, netcdf_content
from simgen.exchange.sofa_file import LARGEST_VARIABLE

__all__ = ["UNDATED", "reproducible_date", "sofa_content"]

UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of files that are given none: the standard wants one, and the hour at which a file
happens to be written would make equal files differ."""

_CARTESIAN: Final = {"Type": "cartesian", "Units": "metre"}
_FRONT_AND_UP: Final = ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0))

_NOT_STATED: Final = "not stated"
_NO_LICENSE: Final = "No license provided, ask the author for permission"
"""The standard's own words."""


def reproducible_date(environment: Mapping[str, str]) -> datetime:
    """Return the date that SOURCE_DATE_EPOCH gives in seconds since 1970; else ``UNDATED``.

    Raises
    ------
    ParameterError
        If it is not such a number.

    References
    ----------
    https://reproducible-builds.org/specs/source-date-epoch/
    """
    text = environment.get("SOURCE_DATE_EPOCH")
    if text is None:
        return UNDATED
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ParameterError(
            "SOURCE_DATE_EPOCH is no date", value=text, allowed="whole seconds since 1970"
        ) from error


def sofa_content(ears: EarResponses, *, date: datetime = UNDATED) -> bytes:
    """Return a SOFA file of the convention SingleRoomMIMOSRIR.

    The same responses and the same date give the same bytes.

    Parameters
    ----------
    ears
        The responses.
    date
        When they were made.

    Raises
    ------
    ParameterError
        If there are more responses than such a file may hold.
    """
    size = 8 * np.size(ears.responses)
    if size > LARGEST_VARIABLE:
        allowed = f"at most {LARGEST_VARIABLE >> 20} MiB"
        raise ParameterError("too much for a SOFA file", value=f"{size >> 20} MiB", allowed=allowed)
    return netcdf_content(_texts(ears, date), {**_places(ears), **_room(ears), **_data(ears)})


def _texts(ears: EarResponses, date: datetime) -> dict[str, str]:
    """Return the file's attributes."""
    written = date.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    room = (
        {"RoomType": "shoebox"}
        if ears.room_size is not None
        else {"RoomType": "reverberant", "RoomDescription": _NOT_STATED}
    )
    return {
        "Conventions": "SOFA",
        "Version": "2.1",
        "SOFAConventions": "SingleRoomMIMOSRIR",
        "SOFAConventionsVersion": "1.0",
        "DataType": "FIR-E",
        **room,
        "Title": ears.title,
        "DatabaseName": ears.database,
        "History": ears.history,
        "DateCreated": written,
        "DateModified": written,
        "APIName": "simgen",
        "APIVersion": version("simgen"),
        "ApplicationName": "simgen",
        "ApplicationVersion": version("simgen"),
        "AuthorContact": _NOT_STATED,
        "Organization": _NOT_STATED,
        "License": _NO_LICENSE,
        "Comment": "Sample 0 is the instant of emission. Receiver 0 is the left ear.",
    }


def _places(ears: EarResponses) -> dict[str, Variable]:
    """Return where the head, its ears, the device and its loudspeakers are and how turned."""
    unknown = np.zeros((2, 3))
    ear_positions = unknown if ears.ear_positions is None else ears.ear_positions
    front, up = _front_and_up(ears.head_orientations)
    device_front, device_up = _front_and_up([ears.device_orientation])
    driver_front, driver_up = _front_and_up(ears.loudspeaker_orientations)
    device = np.tile(ears.device_position, (ears.num_poses, 1))
    return {
        "ListenerPosition": Variable("MC", ears.head_positions, _CARTESIAN),
        "ListenerView": Variable("MC", front, _CARTESIAN),
        "ListenerUp": Variable("MC", up),
        "ReceiverPosition": Variable("RCI", ear_positions[..., None], _CARTESIAN),
        "SourcePosition": Variable("MC", device, _CARTESIAN),
        "SourceView": Variable("IC", device_front, _CARTESIAN),
        "SourceUp": Variable("IC", device_up),
        "EmitterPosition": Variable("ECI", ears.loudspeaker_positions[..., None], _CARTESIAN),
        "EmitterView": Variable("ECI", driver_front[..., None], _CARTESIAN),
        "EmitterUp": Variable("ECI", driver_up[..., None]),
    }


def _front_and_up(orientations: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the front and the top of turned things point, (thing, 3) each."""
    turned = [to_room_frame(_FRONT_AND_UP, np.zeros(3), turn) for turn in np.asarray(orientations)]
    front, up = np.swapaxes(turned, 0, 1)
    return front, up


def _room(ears: EarResponses) -> dict[str, Variable]:
    """Return the corners of the room, if it is known to be a box."""
    if ears.room_size is None:
        return {}
    return {
        "RoomCornerA": Variable("IC", np.zeros((1, 3))),
        "RoomCornerB": Variable("IC", np.reshape(ears.room_size, (1, 3))),
        "RoomCorners": Variable("II", np.zeros((1, 1)), _CARTESIAN),
    }


def _data(ears: EarResponses) -> dict[str, Variable]:
    """Return the responses, without any delay apart from them."""
    rate = np.array([ears.sample_rate])
    return {
        "Data.IR": Variable("MRNE", np.moveaxis(ears.responses, 2, 3)),
        "Data.SamplingRate": Variable("I", rate, {"Units": "hertz"}),
        "Data.Delay": Variable("IRI", np.zeros((1, 2, 1))),
    }
