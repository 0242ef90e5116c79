"""Start a program under limits: memory, processor time, file size, no network, dead when its parent dies.

This file is also run as a script (`python -I -S launcher.py LIMITS PROGRAM ARGUMENTS…`): the limits are set in the
new process, before it becomes the program. Code between fork and exec of a process with threads could deadlock; a
process of its own cannot. It therefore uses the standard library only.
"""

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

__all__ = ["launch_command", "restrict"]

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def launch_command(program: list[str], limits: dict[str, int]) -> list[str]:
    """The argument list that runs `program` under `limits` (keys as the arguments of `restrict`)."""
    return [sys.executable, "-I", "-S", str(Path(__file__).absolute()), json.dumps(limits), *program]


def restrict(
    *,
    parent: int = 0,
    memory_bytes: int = 0,
    cpu_seconds: int = 0,
    file_bytes: int = -1,
    without_network: int = 0,
) -> None:
    """Limit this process for good; zero means no limit (for `file_bytes`, a negative number does).

    Args:
        parent: process id of the one who waits for us; when it dies, so do we.
        memory_bytes: address space.
        cpu_seconds: processor time over all threads.
        file_bytes: size of any one file written.
        without_network: 1 to give up the network, where the system lets us.
    """
    import resource

    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        system = ctypes.CDLL(None, use_errno=True)
        system.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if without_network and system.unshare(_CLONE_NEWNET) != 0:
            system.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    if parent and os.getppid() != parent:
        os._exit(1)  # the parent died before we could ask to be told
    for kind, wanted in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory_bytes or None),
        (resource.RLIMIT_CPU, cpu_seconds or None),
        (resource.RLIMIT_FSIZE, file_bytes if file_bytes >= 0 else None),
    ):
        if wanted is not None:
            _lower(kind, wanted)


def _lower(kind: int, wanted: int) -> None:
    import resource

    hard = resource.getrlimit(kind)[1]
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    # At the soft limit of processor time comes a signal that says so; at the hard one a kill that could mean anything.
    top = value + 2 if kind == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else value
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (value, top))


if __name__ == "__main__":
    restrict(**json.loads(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - becoming the program is the point
