"""Reference systems that turn an array's recording into azimuths, with numpy and scipy alone.

Every localiser takes signals (microphone, sample), microphone positions in the array's frame and
the sample rate, and returns azimuths in radians. `simgen.baselines.catalogue.BASELINES` lists
them by name.
"""
