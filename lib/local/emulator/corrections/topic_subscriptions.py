"""SNS."""

import contextvars

from ministack.services import lambda_svc, sns

from . import correction, replaced


@correction
def asynchronous_subscriptions():
    """Invokes the functions that subscribe to a topic asynchronously: a failed or throttled invocation is retried.

    MiniStack invokes them once, and drops the message if that fails.
    https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
    """
    delivers = contextvars.ContextVar("trellis_delivers", default=False)

    @replaced(sns, "_deliver_to_lambda")
    def deliver(original, *args):
        token = delivers.set(True)
        try:
            original(*args)
        finally:
            delivers.reset(token)

    @replaced(lambda_svc, "_execute_function_with_config_scope")
    def execute(original, function, event):
        return (lambda_svc.invoke_async_with_retry if delivers.get() else original)(function, event)
