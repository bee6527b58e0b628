"""Step Functions."""

import threading

from ministack.core import iam_actions
from ministack.services import stepfunctions

from . import correction, replaced


@correction
def parallel_output():
    """A parallel state makes its output by its `Output`, as every state in JSONata does.

    https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html
    """

    @replaced(stepfunctions, "_run_parallel_branches")
    def run(original, state, raw_input, execution, context):
        results, following = original(state, raw_input, execution, context)
        if stepfunctions._state_query_language(state, context) == "JSONata":
            results = stepfunctions._apply_jsonata_output(
                state, raw_input, context, result=results, default=results
            )
        return results, following


@correction
def callback_failures():
    """A task that waits for a callback fails at once when the function fails that it is handed to.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
    """

    class FunctionFailed(Exception):
        """Is not caught where MiniStack drops the function's error."""

    handing_over = threading.local()

    @replaced(stepfunctions, "_call_lambda")
    def call(original, *args):
        try:
            return original(*args)
        except stepfunctions._ExecutionError as error:
            if not getattr(handing_over, "on", False):
                raise
            raise FunctionFailed(error) from error

    @replaced(stepfunctions, "_invoke_with_callback")
    def invoke(original, resource, input_data, token, state):
        handing_over.on = True
        try:
            return original(resource, input_data, token, state)
        except FunctionFailed as failure:
            stepfunctions._task_tokens.pop(token, None)
            raise failure.args[0] from None
        finally:
            handing_over.on = False


@correction
def token_resource():
    """Who brings a task token back needs the permission for its state machine.

    The reference of actions has no resource for it, but the answer of a denied call names the state machine, and
    CDK's `grantTaskResponse` allows nothing else.
    https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_stepfunctions.StateMachine.html#grantwbrtaskwbrresponseidentity
    """
    machines = {}
    running = threading.local()

    @replaced(stepfunctions, "_execute_task")
    def execute(original, state, raw_input, execution, context):
        running.machine = context["StateMachine"]["Id"]
        return original(state, raw_input, execution, context)

    @replaced(stepfunctions, "_invoke_with_callback")
    def invoke(original, resource, input_data, token, state):
        # Kept for one that is brought back too late, too.
        machines[token] = running.machine
        return original(resource, input_data, token, state)

    @replaced(iam_actions, "extract_resource_arn")
    def extract(original, service, method, path, headers, body, *args):
        token = iam_actions._safe_json_field(body, "taskToken") if service == "states" else None
        return machines.get(token) or original(service, method, path, headers, body, *args)
