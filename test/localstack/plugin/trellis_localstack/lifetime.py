"""LocalStack ends with the process that started it, also when that is killed."""

import os
import threading
import time

from localstack.runtime import hooks


@hooks.on_infra_start(name="trellis_lifetime")
def install():
    starter = os.environ.get("TRELLIS_LOCALSTACK_STARTER")
    if starter:
        threading.Thread(target=_follow, args=(int(starter),), daemon=True).start()


def _follow(starter: int):
    from localstack.runtime import get_current_runtime

    while os.getppid() == starter:
        time.sleep(0.5)
    get_current_runtime().exit(0)
