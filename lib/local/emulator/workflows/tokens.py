"""Task tokens. A token contains its execution, so that it stays valid after a restart."""

import base64
import json

from ministack.core.responses import new_uuid

from . import interpreter


def new_token(key, branch):
    return base64.urlsafe_b64encode(json.dumps([*key, branch["id"], new_uuid()]).encode()).decode()


def execution_of(token):
    """Returns the key of a token's execution, and the branch."""
    try:
        account, region, arn, name, _ = json.loads(base64.urlsafe_b64decode(token))
        return (account, region, arn), name
    except (ValueError, TypeError):
        return None, None


def waiting_for(token):
    key, name = execution_of(token)
    record, branch = interpreter.branch_of(key, name) if key else (None, None)
    return (key, record, branch) if branch and branch.get("token") == token else (key, None, None)
