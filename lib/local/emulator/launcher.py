"""Starts MiniStack with this package's corrections, in one process.

Each correction implements a documented behaviour of AWS that the pinned version of MiniStack lacks.
TRELLIS_LOCAL_WITHOUT=name,name disables corrections: their tests prove that they are still needed, and
an upgrade finds those that can be removed.
"""

import os
import signal
import sys

os.umask(0o077)  # All files are private: stored data, keys, unpacked code. Some modules write when they are imported.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cli_requests  # noqa: E402
import corrections  # noqa: E402
import site_edge  # noqa: E402
import lifecycle  # noqa: E402
import save_loading  # noqa: E402
import ministack.app  # noqa: E402
import save_schedule  # noqa: E402
import background_work  # noqa: E402


def stop_with_parent():
    """Ends this process when its parent is killed, by a signal of the operating system.

    Linux only; on other systems the next `up` finds the orphaned process in its state file and stops it.
    """
    if os.environ.get("TRELLIS_LOCAL_ATTACHED") != "1" or sys.platform != "linux":
        return
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    if os.getppid() == 1:
        sys.exit(0)


if __name__ == "__main__":
    stop_with_parent()
    save_loading.install()
    corrections.apply()
    save_schedule.install()
    background_work.install()
    ministack.app.app = lifecycle.gate(ministack.app.app)
    site_edge._respond = lifecycle.gate(site_edge._respond)
    cli_requests.install()
    import guard  # Imported last: it uses functions of MiniStack that corrections replace.

    guard.install()
    # Ctrl-C in a terminal reaches the whole process group, but the parent decides when this process stops.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from ministack.app import main

    main()
