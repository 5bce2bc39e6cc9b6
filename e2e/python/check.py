"""Runs the tests of an SDK and prints a line for each: "ok STEP: TEST", or "not ok STEP:
TEST" and the reason. A step is a module of tests. Arguments choose steps."""

import sys
import textwrap
import time
import traceback
import unittest

# Windows of tests are a day long, and no test begins in a day's last minute, so that none
# ends under them.
DAY = 24 * 60 * 60 * 1000


def now():
    """Unix milliseconds."""
    return int(time.time() * 1000)


def window_end(duration):
    """The end of the window of this length that began at a multiple of it: what reset has
    to be."""
    return (now() // duration + 1) * duration


class Result(unittest.TestResult):
    """Prints as the tests of a step go."""

    step = ""

    def line(self, word, test, more=""):
        name = test.id().rpartition(".")[2].removeprefix("test_").replace("_", " ")
        print(f"{word} {self.step}: {name}{more}", flush=True)

    def refuse(self, test, err, more=""):
        self.line("not ok", test, more)
        reason = "".join(traceback.format_exception(*err))
        print(textwrap.indent(reason, "    "), flush=True)

    def addSuccess(self, test):
        self.line("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.refuse(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.refuse(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.refuse(test, err, " " + subtest.id().partition(" ")[2])


def run(*steps):
    left = window_end(DAY) - now()
    if left < 60_000:
        time.sleep(left / 1000)
    result = Result()
    loader = unittest.defaultTestLoader
    for result.step in sys.argv[1:] or steps:
        loader.loadTestsFromName(result.step).run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
