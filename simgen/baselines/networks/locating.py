"""A trained network as a localiser: a recording of the ring of eight in, azimuths out."""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import soxr
import torch
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_points, as_real, require_between
from simgen.baselines.networks.catalogue import load_network
from simgen.baselines.networks.network import NUM_MICROPHONES, SAMPLE_RATE, Network
from simgen.baselines.networks.weights import load_weights
from simgen.errors import GeometryError, ParameterError, ShapeError

__all__ = ["RING_RADIUS", "heard_by_network", "locate_by_network", "outputs_of"]

RING_RADIUS: Final = 0.1
"""Radius in m of the ring that networks are trained on."""

_TOLERANCE: Final = 0.01
"""Greatest distance in m of a microphone from its place: beyond what a ring is built with."""

_ANGLES = 2.0 * np.pi / NUM_MICROPHONES * np.arange(NUM_MICROPHONES)
_RING = RING_RADIUS * np.stack([np.cos(_ANGLES), np.sin(_ANGLES), np.zeros(8)], axis=1)


def locate_by_network(
    name: str,
    signals: ArrayLike,
    microphones: ArrayLike,
    *,
    sample_rate: float,
    num_sources: int | None = None,
    folder: Path | None = None,
) -> NDArray[np.float64]:
    """Locate sources with a trained network.

    Parameters
    ----------
    name
        The network's name.
    signals
        Recorded sound pressure, shape (microphone, sample), one window of the network at least.
    microphones
        Positions in the array's frame in m, shape (microphone, 3): the ring of eight.
    sample_rate
        Samples per second in Hz; from another than that of the network it is resampled.
    num_sources
        The true number of sources, which makes the answer an oracle's; None lets the threshold
        decide that was chosen on development recordings.
    folder
        Where the weights lie; those that come with simgen if left out.

    Returns
    -------
    ndarray
        Azimuths in radians in (-pi, pi], the surest first, shape (source,).

    Raises
    ------
    GeometryError
        If the array is another one.
    ShapeError
        If an array has the wrong axes or a value that is not finite.
    ParameterError
        If torch or the weights are missing, or the recording is too short.
    """
    if num_sources is not None:
        require_between(num_sources, "number of sources", 1, NUM_MICROPHONES)
    network, module, threshold = _trained(name, folder)
    heard = heard_by_network(signals, microphones, sample_rate=sample_rate)
    if heard.shape[1] < network.window:
        raise ParameterError(
            f"the recording is too short for {name}, in samples at {SAMPLE_RATE} Hz",
            value=heard.shape[1],
            allowed=f"at least {network.window}",
        )
    outputs = outputs_of(network, module, heard)
    return network.decode(outputs, threshold=threshold, num_sources=num_sources)


def heard_by_network(
    signals: ArrayLike, microphones: ArrayLike, *, sample_rate: float
) -> NDArray[np.float32]:
    """Check that a recording is of the ring, and bring it to the networks' sample rate.

    Raises
    ------
    GeometryError
        If the array is another one.
    ShapeError
        If an array has the wrong axes or a value that is not finite.
    ParameterError
        If the sample rate is out of range.
    """
    channels = as_real(signals, "signals", axes=("microphone", "sample"))
    places = as_points(microphones, "microphones")
    require_between(sample_rate, "sample rate in Hz", 8000, 192000)
    if places.shape != _RING.shape or np.any(np.linalg.norm(places - _RING, axis=1) > _TOLERANCE):
        raise GeometryError(
            "networks know one array alone",
            value=places.round(3).tolist(),
            allowed=f"{NUM_MICROPHONES} microphones on a circle of {RING_RADIUS} m, the first on "
            "the x axis, counter-clockwise",
            fix="Use srp-phat, or train for your array.",
        )
    if len(channels) != len(places):
        raise ShapeError(
            f"signals has {len(channels)} channels for {len(places)} microphones",
            fix="Give one channel per microphone, channels along the first axis",
        )
    if sample_rate != SAMPLE_RATE:
        channels = soxr.resample(channels.T, sample_rate, SAMPLE_RATE, quality="VHQ").T
    return np.ascontiguousarray(channels, dtype=np.float32)


def outputs_of(
    network: Network, module: torch.nn.Module, signals: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return what a module answers to the windows of a recording.

    Parameters
    ----------
    network
        The declaration.
    module
        The module; its mode is left as it was.
    signals
        As `heard_by_network` returns them, (microphone, sample).

    Returns
    -------
    Shape (window, ...).
    """
    windows = torch.from_numpy(network.prepare(network.cut(signals)))
    was_training = module.training
    module.eval()
    with torch.inference_mode():
        device = next(module.parameters()).device
        outputs = module(windows.to(device, torch.float32)).cpu().numpy()
    module.train(was_training)
    return np.asarray(outputs, dtype=np.float32)


@cache
def _trained(name: str, folder: Path | None) -> tuple[Network, torch.nn.Module, float]:
    """Read a network once: its declaration, its module and its threshold."""
    network = load_network(name)
    module = network.build()
    provenance = load_weights(module, name, folder)
    return network, module.eval(), provenance.threshold
