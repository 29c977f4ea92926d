"""Start one process and write down what it took: `launch.py REPORT WORD...`.

Started for each measured process, for Linux counts among a process's peak memory that of its
parent: this one is small, whatever the benchmarks have gathered meanwhile.
"""

import json
import os
import signal
import sys
import time

if __name__ == "__main__":
    report, *words = sys.argv[1:]
    began = time.perf_counter()
    process = os.posix_spawnp(words[0], words, os.environ)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(process, signal.SIGKILL))
    _, status, usage = os.wait4(process, 0)
    found = {
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss,
        "code": os.waitstatus_to_exitcode(status),
    }
    with open(report, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib takes memory
        json.dump(found, file)
