"""Lambda layers."""

import json
import os

from . import correction
from .managed_runtimes import in_worker_script


@correction
def layers_at_opt():
    """Merges the layers of a function into /opt in their order, for imports and for reading files.

    https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
    """
    opt = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "opt.cjs")
    start = 'const readline = require("readline");'
    in_worker_script(start, f"require({json.dumps(opt)});\n{start}")
