"""Access keys of functions and identities."""

import secrets
import threading

import invocation_sources
from ministack.core import lambda_runtime
from ministack.services import cognito, iam, lambda_svc, sts

from . import correction, replaced


@correction
def random_session_keys():
    """Generates random keys for execution roles: MiniStack derives them from the role's name.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html
    A function keeps the keys of its first execution environment until the emulator ends.
    """
    issued, lock = {}, threading.Lock()

    def credentials(_original, config):
        account, _region = lambda_runtime._account_region_from_function_config(config)
        role = config.get("Role", "").rsplit("/", 1)[-1]
        name = config.get("FunctionName", "function")[:64]
        identity = (config["FunctionArn"], config.get("Role", ""))
        with lock:
            if identity not in issued or issued[identity]["AWS_ACCESS_KEY_ID"] not in sts._sessions:
                issued[identity] = {
                    "AWS_ACCESS_KEY_ID": iam._gen_session_access_key(),
                    "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
                    "AWS_SESSION_TOKEN": secrets.token_urlsafe(96),
                }
                sts.register_session(
                    issued[identity]["AWS_ACCESS_KEY_ID"],
                    {
                        "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
                        "UserId": f"{role}:{name}",
                        "SecretAccessKey": issued[identity]["AWS_SECRET_ACCESS_KEY"],
                        "SessionToken": issued[identity]["AWS_SESSION_TOKEN"],
                    },
                )
                invocation_sources.function_keys.add(issued[identity]["AWS_ACCESS_KEY_ID"])
            return dict(issued[identity])

    @replaced(sts, "register_session")
    def register(original, key, session):
        original(key, session)
        # A function that assumes a role has its keys as well.
        if invocation_sources.source.get() == invocation_sources.FUNCTION:
            invocation_sources.function_keys.add(key)

    for module in (lambda_runtime, lambda_svc):
        replaced(module, "execution_credentials")(credentials)


@correction
def identities_of_pools():
    """Returns credentials only for existing identities of an identity pool.

    https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
    MiniStack invents a role for any other identity, and accepts its keys.
    """

    @replaced(cognito, "_get_credentials_for_identity")
    def credentials(original, data):
        identity = data.get("IdentityId")
        if any(identity in pool.get("_identities", {}) for pool in cognito._identity_pools.values()):
            return original(data)
        return cognito.error_response_json("ResourceNotFoundException", f"Identity '{identity}' not found.", 400)


@correction
def logins_of_identities():
    """Accepts logins of user pools only, whose tokens are verified: any page can invent a token of another provider. An
    identity without logins needs a pool that allows it.

    https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetId.html
    """

    @replaced(cognito, "_identity_logins_error")
    def failure(original, pool, identity_id, logins):
        error = original(pool, identity_id, logins)
        if error:
            return error
        foreign = [provider for provider in logins if not provider.startswith("cognito-idp.")]
        if foreign:
            message = f"The local cloud cannot verify tokens of {', '.join(foreign)}: sign in to a user pool there."
            return cognito.error_response_json("NotAuthorizedException", message, 400)
        if not logins and pool.get("AllowUnauthenticatedIdentities") not in (True, "true"):
            message = "Unauthenticated access is not supported for this identity pool."
            return cognito.error_response_json("NotAuthorizedException", message, 400)
        return None
