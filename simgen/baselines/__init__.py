"""Reference systems that run on arrays, with numpy and scipy alone.

Every localiser takes signals (microphone, sample), microphone positions in the array's frame and
the sample rate, and returns azimuths in radians: `simgen.baselines.localisers.LOCALISERS`. Every
canceller takes what a `FilterTask` holds and returns taps (driver, input, tap):
`simgen.baselines.cancellers.CANCELLERS`.
"""
