"""Physical and standard constants, each with its source."""

from typing import Final

KELVIN_AT_ZERO_CELSIUS: Final = 273.15
"""Absolute temperature of 0 degrees Celsius in K (definition of the Celsius scale)."""

REFERENCE_TEMPERATURE: Final = 293.15
"""Reference air temperature in K (ISO 9613-1:1993, clause 4.2)."""

REFERENCE_SPEED_OF_SOUND: Final = 343.2
"""Speed of sound in m/s at the reference temperature (ISO 9613-1:1993, annex A, note to A.1)."""

SPEECH_LEVEL_MARGIN_DB: Final = 15.9
"""Margin between active speech level and activity threshold in dB (ITU-T P.56 (12/2011), 6.3)."""

SPEECH_LEVEL_TIME_CONSTANT: Final = 0.03
"""Time constant of the envelope's two exponential averages in s (ITU-T P.56 (12/2011), 6.2)."""

SPEECH_LEVEL_HANGOVER: Final = 0.2
"""Time for which activity persists after the envelope falls, in s (ITU-T P.56 (12/2011), 6.2)."""

LOWEST_AUDIBLE: Final = 20.0
"""Lower end of the audible range in Hz (its nominal limit, 20 Hz to 20 kHz)."""

HEAD_RADIUS: Final = 0.0875
"""Radius in m of the sphere that stands for a head (G. F. Kuhn, "Model for the interaural time
differences in the azimuthal plane", J. Acoust. Soc. Am. 62(1), 1977)."""
