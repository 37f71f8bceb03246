"""The pressure in a box with rigid walls, from its standing waves."""

import cmath
import math


def modal_transfer_function(size, source, microphone, wavenumber, *, closed_axis=2):
    """Return the pressure at the microphone; the source alone would give exp(-jkr) / (4 pi r).

    G = sum_n psi_n(r) psi_n(r0) / (V Lambda_n (k_n^2 - k^2)) (Kuttruff, Room Acoustics,
    6th ed. 2017, chapter 3), psi_n a product of three cosines, k in 1/m with a negative
    imaginary part: the sound decays. The sum along ``closed_axis``, on which source and
    microphone must differ, is done in closed form: the rest then converges exponentially
    instead of hardly at all.
    """
    across = [axis for axis in range(3) if axis != closed_axis]
    along = size[closed_axis], source[closed_axis], microphone[closed_axis]
    # Beyond, a term is below exp(-40) of the first.
    highest = abs(wavenumber) + 40.0 / abs(along[1] - along[2])
    first, second = (
        list(_modes(size[axis], source[axis], microphone[axis], highest)) for axis in across
    )
    return sum(
        value * other * _line(*along, cmath.sqrt(wavenumber**2 - k**2 - other_k**2))
        for k, value in first
        for other_k, other in second
    )


def _modes(side, source, microphone, highest):
    """Yield k_n and psi_n(x) psi_n(x0) / (L Lambda_n) of the modes along one axis."""
    for number in range(math.ceil(highest * side / math.pi)):
        k = number * math.pi / side
        norm = side if number == 0 else 0.5 * side
        yield k, math.cos(k * source) * math.cos(k * microphone) / norm


def _line(side, source, microphone, k):
    """Return sum_n psi_n(z) psi_n(z0) / (L Lambda_n (k_n^2 - k^2)): cos cos / (-k sin)."""
    k = -k if k.imag > 0.0 else k  # then no exponential overflows
    near, far = min(source, microphone), side - max(source, microphone)

    def wave(distance):
        return cmath.exp(-1j * k * distance)

    standing = wave(abs(source - microphone)) * (1.0 + wave(2 * near)) * (1.0 + wave(2 * far))
    return standing / (2j * k * (1.0 - wave(2 * side)))
