"""Running a voice engine as a program of its own: one JSON request in, one line of JSON and samples out."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rushlight.core.errors import ModelError, ToolError

__all__ = ["ask_program", "require_package"]

_TIMEOUT_SECONDS = 1800


def require_package(module: str, title: str, extra: str) -> None:
    """Make sure an optional package is installed.

    Raises:
        ModelError: it is not; the hint says what to install.
    """
    if find_spec(module) is None:
        raise ModelError(
            f"{title} is not installed.",
            hint=f"Run `pip install 'rushlight[{extra}]'`, or choose another voice with --voice.",
        )


def ask_program(program: Path, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Run a program with a second Python, isolated from ours, and return its answer and what follows it.

    Raises:
        ModelError: the program says that it cannot use its model (`{"error": …}`).
        ToolError: it failed or did not answer in time.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(program)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"The voice did not answer within {_TIMEOUT_SECONDS} s.") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise ToolError(f"The voice program failed: {last[0]}.", hint="`rushlight doctor` checks it.")
    head, _, sound = done.stdout.partition(b"\n")
    answer: dict[str, Any] = json.loads(head)
    if "error" in answer:
        raise ModelError(str(answer["error"]), hint=str(answer.get("hint", "")))
    return answer, sound
