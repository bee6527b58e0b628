"""User pools of Cognito: the triggers."""

import ast
import json

from ministack.services import cognito, lambda_svc

from . import correction, replaced

_CODE = "UserLambdaValidationException"


def _failure(trigger, message):
    """Returns Cognito's message for a failed trigger."""
    return f"{trigger} failed with error {message}."


@correction
def trigger_errors():
    """Returns the error message of a failed pre sign-up trigger to the user, without the function's stack trace.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html
    """

    @replaced(cognito, "_apply_presignup_trigger")
    def apply(original, *args, **kwargs):
        try:
            return original(*args, **kwargs)
        except cognito._PreSignUpRejected as error:
            try:
                message = ast.literal_eval(str(error))["errorMessage"]
            except (ValueError, SyntaxError, KeyError, TypeError):
                raise error from None
            raise cognito._PreSignUpRejected(_failure("PreSignUp", message)) from None


@correction
def sign_in_triggers():
    """Invokes the triggers pre authentication, post authentication and post confirmation. A failed trigger fails the
    request.

    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
    """

    @replaced(cognito, "_run_idp_handler")
    def run(original, handler, action, data):
        flow = data.get("AuthFlow", "")
        if action in ("InitiateAuth", "AdminInitiateAuth") and not flow.startswith("REFRESH_TOKEN"):
            error = run_trigger("PreAuthentication", "Authentication", data, {"validationData": {}})
            if error:
                return error
        response = original(handler, action, data)
        if response[0] >= 400:
            return response
        if action in ("ConfirmSignUp", "AdminConfirmSignUp"):
            return run_trigger("PostConfirmation", "ConfirmSignUp", data) or response
        if action == "ConfirmForgotPassword":
            return run_trigger("PostConfirmation", "ConfirmForgotPassword", data) or response
        if is_signed_in(response[2]) and not flow.startswith("REFRESH_TOKEN"):
            return run_trigger("PostAuthentication", "Authentication", data, {"newDeviceUsed": False}) or response
        return response

    def is_signed_in(body):
        response = json.loads(body) if body else {}
        return isinstance(response, dict) and bool(response.get("AuthenticationResult"))

    def run_trigger(trigger, source, data, request=None):
        """Invokes the function of the trigger, if configured. Returns the error response, or None."""
        pool, client = pool_of(data)
        arn = ((pool or {}).get("LambdaConfig") or {}).get(trigger)
        parameters = data.get("AuthParameters") or data.get("ChallengeResponses") or {}
        user = pool and cognito._resolve_user(pool, data.get("Username") or parameters.get("USERNAME"))[0]
        if not arn or not user:
            return None
        event = {
            "version": "1",
            "triggerSource": f"{trigger}_{source}",
            "region": cognito._pool_region(pool["Id"]),
            "userPoolId": pool["Id"],
            "userName": user["Username"],
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client},
            "request": {"userAttributes": cognito._attr_list_to_dict(user["Attributes"]), **(request or {})},
            "response": {},
        }
        record, config, _name = lambda_svc._get_func_record_for_ref(arn)
        result = lambda_svc._execute_function_with_config_scope(
            lambda_svc._execution_record_for_config(record, config), event
        )
        if not result.get("error"):
            return None
        body = result.get("body")
        message = body.get("errorMessage") if isinstance(body, dict) else body
        return cognito.error_response_json(_CODE, _failure(trigger, message), 400)

    def pool_of(data):
        if data.get("UserPoolId"):
            return cognito._user_pools.get(data["UserPoolId"]), "CLIENT_ID_NOT_APPLICABLE"
        return cognito._pool_for_client(data.get("ClientId"))[0], data.get("ClientId")
