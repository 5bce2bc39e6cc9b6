"""Runs the scripts whose paths it reads, one a line, and prints a line when one has ended
well: what it printed, as JSON. An interpreter for all, as to load an SDK takes a second."""

import contextlib
import io
import json
import runpy
import sys

for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(line.rstrip("\n"), run_name="__main__")
    print(json.dumps(said.getvalue()), flush=True)
