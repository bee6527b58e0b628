"""The AWS SDK of Lambda's Node.js runtimes."""

import json
import os

from . import correction
from .managed_runtimes import in_worker_script


@correction
def sdk_of_the_runtime():
    """Provides the AWS SDK itself, in place of MiniStack's imitations, to code that does not bring it.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
    """
    script = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sdk.cjs")
    file = os.environ.get("TRELLIS_LOCAL_SDK", "")
    start = 'const readline = require("readline");'
    in_worker_script(start, f"require({json.dumps(script)})({json.dumps(file)});\n{start}")
    in_worker_script("const specific = _SPECIFIC_STUBS[id];", "const specific = undefined;")
    in_worker_script("if (_SDK_CLIENT_RE.test(id)) {", "if (false) {")
