"""Starts MiniStack with this package's corrections, in one process.

Each correction imitates one documented behaviour of AWS that the pinned version of MiniStack lacks.
TRELLIS_LOCAL_WITHOUT=name,name switches some off: that is how their tests show that they are still
needed, and how an upgrade shows which of them can go.
"""

import os
import signal
import sys

os.umask(0o077)  # Everything it writes is its owner's: stored data, keys, unpacked code. Some modules write when imported.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control  # noqa: E402
import corrections  # noqa: E402
import edge  # noqa: E402
import lifecycle  # noqa: E402
import loading  # noqa: E402
import ministack.app  # noqa: E402
import saving  # noqa: E402
import under_way  # noqa: E402


def stop_when_parent_is_gone():
    """The operating system ends this process when the one that started it is killed.

    Linux only; elsewhere the next `up` finds the abandoned process in its state file and stops it.
    """
    if os.environ.get("TRELLIS_LOCAL_ATTACHED") != "1" or sys.platform != "linux":
        return
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    if os.getppid() == 1:
        sys.exit(0)


if __name__ == "__main__":
    stop_when_parent_is_gone()
    loading.install()
    corrections.apply()
    saving.install()
    under_way.install()
    ministack.app.app = lifecycle.gate(ministack.app.app)
    edge._answer = lifecycle.gate(edge._answer)
    control.install()
    import guard  # With what it needs of MiniStack, which corrections may have changed.

    guard.install()
    # Ctrl-C in a terminal reaches the whole process group; our parent decides when this process stops.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from ministack.app import main

    main()
