"""Run Python with the arguments after the first; say in that file how much memory it took at most.

From a process between: whoever is started by a large one is counted as large as that.
"""

import resource
import signal
import subprocess
import sys
from pathlib import Path

UNIT = 1 if sys.platform == "darwin" else 1024  # In bytes there, in kilobytes elsewhere.


def main() -> None:
    peak, *arguments = sys.argv[1:]
    process = subprocess.Popen([sys.executable, *arguments])  # noqa: S603 - our own.
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    process.wait()
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * UNIT
    Path(peak).write_text(str(most))


if __name__ == "__main__":
    main()
