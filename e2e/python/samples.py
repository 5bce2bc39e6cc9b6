"""Runs the scripts whose paths it reads, one a line, and prints a line when one has ended
well. An interpreter for all, as to load an SDK takes a second."""

import runpy
import sys

for line in sys.stdin:
    runpy.run_path(line.rstrip("\n"), run_name="__main__")
    print("ok", flush=True)
