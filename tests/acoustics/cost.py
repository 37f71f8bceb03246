"""What responses cost, in a process of their own: ``python -m tests.acoustics.cost JSON``.

It prints the CPU time in s and the peak memory in bytes of each of the lengths asked for, in turn.
"""

import json
import resource
import sys
import time
from pathlib import Path

from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom


def peak_bytes():
    status = Path("/proc/self/status")
    if status.exists():  # Linux counts the parent's peak into ru_maxrss, but not into this
        lines = status.read_text(encoding="ascii").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def costs(room, source, microphone, sample_rate, lengths):
    def respond(num_samples):
        box_responses(
            room, [source], [microphone], sample_rate=sample_rate, num_samples=num_samples
        )

    respond(100)  # compiles
    for num_samples in lengths:
        started = time.process_time()
        respond(num_samples)
        yield {"seconds": time.process_time() - started, "peak_bytes": peak_bytes()}


def main():
    options = json.loads(sys.argv[1])
    room = BoxRoom(**options.pop("room"))
    json.dump(list(costs(room, **options)), sys.stdout)


if __name__ == "__main__":
    main()
