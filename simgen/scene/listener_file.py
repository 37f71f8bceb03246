"""The listeners of a scene file: their heads, where they are and the poses that they take."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from simgen.scene.array_file import Head
from simgen.scene.distributions import Distribution, within
from simgen.scene.field_types import Coordinate, Elevation, Name, NotEmpty, Turn, Whole
from simgen.scene.record import Record, kind_by_key

__all__ = [
    "FreeHead",
    "Grid",
    "GridOfPoses",
    "ListenerSpec",
    "NearDevice",
    "RandomPoses",
    "RowsOfSeats",
    "SofaHead",
]

MOST_POSES = 10_000
"""Most poses of a listener: with five drivers and responses of half a second, 3 GB at 16 kHz."""

Offset = Annotated[Distribution, within(-100.0, 100.0)]
Spacing = Annotated[Distribution, within(0.0, 100.0, above=True)]


class BallHead(Record):
    """``{sphere: {radius_m: 0.0875, ear_azimuth_deg: 90}}``."""

    sphere: Head


class SofaHead(Record):
    """``{sofa: heads/kemar.sofa}``, relative to the scene file."""

    sofa: Annotated[str, StringConstraints(min_length=1)]


class TwoEars(Record):
    """Two points with nothing in between."""

    distance_m: Annotated[Distribution, within(0.0, 1.0, above=True)]


class FreeHead(Record):
    """``{free: {distance_m: 0.17}}``."""

    free: TwoEars


def _head_kind(value: object) -> str | None:
    """Tell how a head is written: a name, or a mapping by its key."""
    known = ("sphere", "sofa", "free")
    if isinstance(value, Record):
        return next(f"<{key}>" for key in known if key in type(value).model_fields)
    if isinstance(value, dict):
        return next((f"<{key}>" for key in known if key in value), None)
    return "<name>"


HeadSpec = Annotated[
    Annotated[Literal["sphere"], Tag("<name>")]
    | Annotated[BallHead, Tag("<sphere>")]
    | Annotated[SofaHead, Tag("<sofa>")]
    | Annotated[FreeHead, Tag("<free>")],
    Discriminator(
        _head_kind,
        custom_error_type="bad_value",
        custom_error_message="must be sphere, or a mapping with one of the keys sphere, sofa, free",
    ),
]


class Grid(Record):
    """Every combination of some offsets and turns."""

    fore_aft_m: NotEmpty[Offset] = (0.0,)
    lateral_m: NotEmpty[Offset] = (0.0,)
    height_m: NotEmpty[Offset] = (0.0,)
    yaw_deg: NotEmpty[Turn] = (0.0,)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        count = len(self.fore_aft_m) * len(self.lateral_m) * len(self.height_m) * len(self.yaw_deg)
        _require_few(count, "the grid")
        return self


class GridOfPoses(Record):
    """``{grid: {lateral_m: [-0.1, 0, 0.1], yaw_deg: [-15, 0, 15]}}``."""

    grid: Grid


class Random(Record):
    """Offsets and turns drawn for each pose."""

    count: Annotated[Whole, Field(ge=1, le=MOST_POSES)]
    fore_aft_m: Offset = 0.0
    lateral_m: Offset = 0.0
    height_m: Offset = 0.0
    yaw_deg: Turn = 0.0


class RandomPoses(Record):
    """``{random: {count: 32, lateral_m: {uniform: [-0.1, 0.1]}}}``."""

    random: Random


class Seats(Record):
    """Rows of seats that all face one way, the middle of the first row at the listener's place."""

    rows: Annotated[Whole, Field(ge=1, le=100)] = 1
    columns: Annotated[Whole, Field(ge=1, le=100)] = 1
    row_spacing_m: Spacing = 1.0
    column_spacing_m: Spacing = 0.6


class RowsOfSeats(Record):
    """``{seats: {rows: 2, columns: 3, row_spacing_m: 1.0, column_spacing_m: 0.6}}``."""

    seats: Seats


PosesSpec = Annotated[
    Annotated[GridOfPoses, Tag("<grid>")]
    | Annotated[RandomPoses, Tag("<random>")]
    | Annotated[RowsOfSeats, Tag("<seats>")],
    kind_by_key("grid", "random", "seats"),
]


class NearDevice(Record):
    """At a distance and direction from a device, in its frame; in front of it if unsaid."""

    device: Name
    distance_m: Annotated[Distribution, within(0.0, 500.0, above=True)]
    azimuth_deg: Annotated[Distribution, within(-360.0, 360.0)] = 0.0
    elevation_deg: Annotated[Distribution, within(-90.0, 90.0)] = 0.0


class ListenerSpec(Record):
    """A head and its poses."""

    head: HeadSpec = "sphere"
    position_m: tuple[Coordinate, Coordinate, Coordinate] | None = None
    around: NearDevice | None = None
    facing: Name | None = None
    yaw_deg: Turn | None = None
    pitch_deg: Elevation | None = None
    roll_deg: Turn | None = None
    poses: PosesSpec | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.position_m is None and self.around is None:
            raise PydanticCustomError(
                "missing_key",
                "needs position_m: [x, y, z], or around: {device: NAME, distance_m: 2}",
            )
        if self.position_m is not None and self.around is not None:
            raise PydanticCustomError(
                "bad_value",
                "position_m says already where the listener is; keep one of the two",
                {"path": ("around",)},
            )
        return self

    @model_validator(mode="after")
    def _looks_one_way(self) -> Self:
        if self.facing is not None and self.is_turned:
            raise PydanticCustomError(
                "bad_value",
                "says already where the listener looks; leave yaw_deg, pitch_deg and roll_deg out",
                {"path": ("facing",)},
            )
        return self

    @property
    def is_turned(self) -> bool:
        """Whether it says by angles where the listener looks."""
        return any(angle is not None for angle in (self.yaw_deg, self.pitch_deg, self.roll_deg))


def _require_few(count: int, what: str) -> None:
    """Refuse more poses than can be computed."""
    if count > MOST_POSES:
        raise PydanticCustomError(
            "out_of_range",
            "{what} must hold at most {most} poses, got {count}",
            {"what": what, "most": MOST_POSES, "count": count},
        )
