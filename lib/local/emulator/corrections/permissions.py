"""Permissions."""

import datetime
import json
import os

from ministack.core import iam_evaluator

from . import correction, replaced


@correction
def secure_transport():
    """Treats requests as sent over TLS.

    SDKs call AWS over HTTPS by default, where `aws:SecureTransport` is true. The loopback connection
    replaces that endpoint. Without this correction, buckets, queues and topics with `enforceSSL` reject
    all requests, including those to the CDK's bootstrap bucket.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport
    """
    import ministack.app

    pin = ministack.app.pin_request_origin
    ministack.app.pin_request_origin = lambda source_ip, _secure: pin(source_ip, True)


@correction
def denials_file():
    """Writes each request that IAM denies to the file TRELLIS_LOCAL_DENIALS, as a JSON object per line.

    Replaces CloudTrail's AccessDenied records: code that ignores the error cannot hide it.
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
    """Requires the permission of the single action for a batch: batches have no permissions of their own.

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
