"""Arrays in, scores out: every metric of the suite, with numpy and scipy alone."""
