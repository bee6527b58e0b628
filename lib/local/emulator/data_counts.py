"""Counts the data in deployed resources, before a deployment replaces or deletes them."""

import json

from ministack.services import cloudformation, cloudwatch_logs, cognito, dynamodb, eventbridge, kinesis, s3, secretsmanager, sqs, stepfunctions


def _of(store, name):
    return next((value for key, value in list(store._data.items()) if key[-1] == name), None) or {}


_COUNTS = {
    "AWS::DynamoDB::Table": ("items", lambda name: sum(map(len, _of(dynamodb._tables, name).get("items", {}).values()))),
    "AWS::DynamoDB::GlobalTable": ("items", lambda name: sum(map(len, _of(dynamodb._tables, name).get("items", {}).values()))),
    "AWS::S3::Bucket": ("objects", lambda name: len(_of(s3._buckets, name).get("objects", {}))),
    "AWS::SQS::Queue": ("messages", lambda url: len(_of(sqs._queues, url).get("messages", []))),
    "AWS::Cognito::UserPool": ("users", lambda pool: len(_of(cognito._user_pools, pool).get("_users", {}))),
    "AWS::Logs::LogGroup": ("log events", lambda name: _log_events(_of(cloudwatch_logs._log_groups, name))),
    "AWS::Events::Archive": ("events", lambda name: len(_of(eventbridge._archives, name).get("Events", []))),
    "AWS::Kinesis::Stream": (
        "records",
        lambda name: sum(len(shard["records"]) for shard in _of(kinesis._streams, name).get("shards", {}).values()),
    ),
    "AWS::StepFunctions::StateMachine": ("running executions", lambda arn: _running_executions(arn)),
    "AWS::SecretsManager::Secret": ("values", lambda arn: _versions(arn)),
}


def _running_executions(arn):
    executions = list(stepfunctions._executions._data.values())
    return sum(each.get("stateMachineArn") == arn and each.get("status") == "RUNNING" for each in executions)


def _log_events(group):
    return sum(len(stream["events"]) for stream in group.get("streams", {}).values())


def _versions(arn):
    secrets = secretsmanager._secrets._data.values()
    return next((len(secret.get("Versions", {})) for secret in secrets if secret.get("ARN") == arn), 0)


async def counts_from(receive):
    """Returns [{count, what}] for [{stack, id, type}]; the count is null for types that cannot be counted."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return [_count(**resource) for resource in json.loads(body)["resources"]]


def _count(stack, id, type):  # noqa: A002
    physical = _physical_id(stack, id)
    if physical is None:
        return {"count": 0, "what": "items"}
    what, count = _COUNTS.get(type, ("data", None))
    return {"count": count and count(physical), "what": what}


def _physical_id(stack, logical_id):
    """Returns the physical id. `stack` is a stack name; for a nested stack `<name of the parent>/<logical id>`."""
    name, *nested = stack.split("/")
    for step in [*nested, logical_id]:
        match = next((each for key, each in list(cloudformation._stacks._data.items()) if name in (key[-1], each.get("StackId"))), None)
        name = ((match or {}).get("_resources", {}).get(step) or {}).get("PhysicalResourceId")
        if name is None:
            return None
    return name
