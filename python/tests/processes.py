"""Python programs in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time


def interrupted(code: str) -> str:
    """Run a program that prints "go", press Ctrl-C a second later, and return what it prints after that.

    It is to end at once; two seconds are allowed, as a busy machine may have other things to do.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout.readline() == "go\n", process.stderr.read()
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    try:
        out, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert time.monotonic() - start < 2, "it was heard too late"
    assert out, errors
    return out
