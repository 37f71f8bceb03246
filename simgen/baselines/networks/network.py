"""How a network is declared: what it is built of, hears, is taught, and how its answer is read."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["NUM_MICROPHONES", "SAMPLE_RATE", "WINDOW", "Budget", "Mixture", "Network"]

SAMPLE_RATE: Final = 16_000
"""Rate in Hz at which networks hear."""

NUM_MICROPHONES: Final = 8
"""Microphones of the ring that networks are for, one each 45 degrees from azimuth 0 on."""

WINDOW: Final = 6561
"""Samples of a window, 0.41 s: eight poolings by three leave one (Sundar et al. 2020)."""


@dataclass(frozen=True)
class Mixture:
    """How training examples are mixed from sources that were recorded alone.

    Attributes
    ----------
    most_sources
        Sources of an example are 1 to so many, each number as often.
    distinct_sectors
        Whether no two of them are in one eighth of the circle.
    least_separation_deg
        Between any two of them.
    level_spread_db
        A source is louder or softer by up to so much, uniformly.
    least_snr_db, greatest_snr_db
        Limits of the uniform signal-to-noise ratio, mixture over white sensor noise.
    gain_error_db
        Standard deviation of the gains of the microphones.
    anechoic_share
        Share of the examples whose sources are in the free field; the others are in rooms.
    """

    most_sources: int = 4
    distinct_sectors: bool = True
    least_separation_deg: float = 0.0
    level_spread_db: float = 3.0
    least_snr_db: float = 0.0
    greatest_snr_db: float = 40.0
    gain_error_db: float = 0.0
    anechoic_share: float = 0.4


@dataclass(frozen=True)
class Budget:
    """How long and how fast a network learns (AdamW).

    Attributes
    ----------
    examples
        Examples seen in all, each as often as it is reused.
    reuses
        How often an example is seen. More than once is for a `Network.prepare` that takes longer
        than the module, which then should turn and mirror what it gets while it learns.
    batch_size
        Examples of a step.
    learning_rate
        The greatest: it rises over `warm_up` steps, stays until `plateau` of the budget is
        spent, and falls linearly to 0.
    weight_decay
        Decoupled decay of the weights.
    warm_up
        Steps.
    plateau
        Share of the budget.
    gradient_norm
        Greatest norm of the gradient; a longer one is cut.
    """

    examples: int = 400_000
    reuses: int = 1
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    warm_up: int = 200
    plateau: float = 0.3
    gradient_norm: float = 2.0


class Network(ABC):
    """A network as declared; training and locating need nothing else to be known of it.

    Attributes
    ----------
    name
        How commands call it.
    window
        Samples of a training example.
    hop
        Samples from one window of a recording to the next.
    recipes
        Names of the families of scenes in the localisation track that its sources are from.
    mixture, budget
        How they are mixed, and how long it learns.
    thresholds
        What may be chosen from on development scenes to tell sources from none.
    """

    name: ClassVar[str]
    window: ClassVar[int] = WINDOW
    hop: ClassVar[int] = WINDOW // 2
    recipes: ClassVar[tuple[str, ...]] = ("training",)
    mixture: ClassVar[Mixture] = Mixture()
    budget: ClassVar[Budget] = Budget()
    thresholds: ClassVar[tuple[float, ...]] = tuple(np.linspace(0.05, 0.95, 37).round(4).tolist())

    @abstractmethod
    def build(self) -> torch.nn.Module:
        """Make the module with fresh parameters: (example, ...) as prepared to outputs."""

    @abstractmethod
    def prepare(self, windows: NDArray[np.float32]) -> NDArray[np.floating]:
        """Turn sound (example, microphone, sample) into what the module takes, (example, ...).

        What is in half precision to save memory reaches the module in single precision.

        Runs in the loader's thread in training, so what takes long should be compiled without the
        interpreter's lock. The windows may be overwritten.
        """

    @abstractmethod
    def targets(
        self, azimuths: NDArray[np.float64], distances: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Turn labels into what the loss compares outputs with, (example, ...).

        Parameters
        ----------
        azimuths
            In rad in (-pi, pi] in the array's frame, (example, source); NaN where there is none.
        distances
            Normalised to [0, 1) as `simgen.labels.regions` does, (example, source).
        """

    @abstractmethod
    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return the mean loss of a batch, a scalar."""

    @abstractmethod
    def decode(
        self, outputs: NDArray[np.float32], *, threshold: float, num_sources: int | None = None
    ) -> NDArray[np.float64]:
        """Read the azimuths of a recording's sources from the outputs of its windows.

        Parameters
        ----------
        outputs
            What the module answered to the windows of one recording, (window, ...).
        threshold
            One of `thresholds`.
        num_sources
            The true number of sources; None lets the threshold decide.

        Returns
        -------
        Azimuths in rad in (-pi, pi], the surest first, (source,).
        """

    def cut(self, recording: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cut a recording (microphone, sample) into windows, (window, microphone, sample).

        The last window ends where the recording does. The recording has one window at least.
        """
        windows = sliding_window_view(recording, self.window, axis=1)
        last = windows.shape[1] - 1
        starts = np.append(np.arange(0, last, self.hop), last)
        return np.ascontiguousarray(windows[:, starts].transpose(1, 0, 2))
