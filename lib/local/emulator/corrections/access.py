"""Who may do what."""

import datetime
import json
import os

from ministack.core import iam_evaluator

from . import correction, replaced


@correction
def secure_transport():
    """A request counts as sent over TLS.

    Every AWS endpoint an SDK calls by default is HTTPS, so `aws:SecureTransport` is true there. The
    loopback connection stands for that endpoint. Without this, a bucket, queue or topic with
    `enforceSSL` refuses everyone, among them CDK's own bootstrap bucket.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport
    """
    import ministack.app

    pin = ministack.app.pin_request_origin
    ministack.app.pin_request_origin = lambda source_ip, _secure: pin(source_ip, True)


@correction
def denials_file():
    """Writes each call that IAM denies to the file TRELLIS_LOCAL_DENIALS, one JSON object a line.

    Stands for CloudTrail's AccessDenied records: code that swallows the error cannot hide it.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    file = os.environ.get("TRELLIS_LOCAL_DENIALS")
    if not file:
        return

    def record(principal, action, resource):
        line = {
            "time": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "principal": principal,
            "action": action,
            "resource": resource,
        }
        with open(file, "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")

    @replaced(iam_evaluator, "enforce")
    def enforce(original, access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        denied = original(access_key_id, iam_action, service, region, resource_arn, service_context)
        if isinstance(denied, iam_evaluator.EvalResult):
            record(denied.principal_arn, iam_action, resource_arn)
        return denied

    @replaced(iam_evaluator, "evaluate_trust_policy")
    def evaluate_trust_policy(original, trust_doc, caller_arn, context=None, *rest):
        allowed = original(trust_doc, caller_arn, context, *rest)
        if not allowed and context is not None:
            record(caller_arn, context.action, context.resource_arn)
        return allowed


@correction
def batch_actions():
    """A batch needs the permission for its single action: there is none for the batch.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
    """
    single = {
        "sns:PublishBatch": "sns:Publish",
        "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
        "sqs:SendMessageBatch": "sqs:SendMessage",
    }

    @replaced(iam_evaluator, "enforce")
    def enforce(original, access_key_id, iam_action, *args, **kwargs):
        return original(access_key_id, single.get(iam_action, iam_action), *args, **kwargs)
