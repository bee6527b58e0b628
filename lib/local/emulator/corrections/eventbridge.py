"""EventBridge, its archives and its Scheduler."""

import datetime
import json

from ministack.services import eventbridge, lambda_svc
from ministack.services.cloudformation import provisioners

from . import correction, replaced


@correction
def queued_invocations():
    """Invokes the functions of EventBridge and its Scheduler asynchronously: Lambda tries an event three times, and
    then sends it to the function's destination for failures.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """

    @replaced(eventbridge, "_dispatch_to_lambda")
    def dispatch(original, arn, payload):
        function, config, _ = lambda_svc._get_func_record_for_ref(arn)
        if not function or not config:
            return original(arn, payload)
        record = lambda_svc._execution_record_for_config(function, config)
        return lambda_svc.invoke_async_with_retry(record, json.loads(payload))


@correction
def event_size():
    """Limits the entries of a `PutEvents` request to 1 MiB in total.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
    """
    max_size = 1024 * 1024

    def size(entry):
        texts = [entry.get("Source"), entry.get("DetailType"), entry.get("Detail"), *(entry.get("Resources") or [])]
        time = 14 if entry.get("Time") is not None else 0
        return time + sum(len(text.encode("utf-8", "surrogatepass")) for text in texts if isinstance(text, str))

    @replaced(eventbridge, "_put_events")
    def put(original, data, *args, **kwargs):
        if sum(map(size, data.get("Entries", []))) > max_size:
            message = "Total size of the entries in the request is over the limit."
            return eventbridge.error_response_json("ValidationException", message, 400)
        return original(data, *args, **kwargs)


@correction
def event_archives():
    """Supports `AWS::Events::Archive` in templates.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-archive.html
    """

    def settings(name, props):
        pattern = props.get("EventPattern", "")
        return {
            "ArchiveName": name,
            "EventSourceArn": props.get("SourceArn", ""),
            "Description": props.get("Description", ""),
            "EventPattern": pattern if isinstance(pattern, str) else json.dumps(pattern),
            "RetentionDays": int(props.get("RetentionDays", 0)),
        }

    def attributes(name):
        return {"Arn": eventbridge._archives[name]["ArchiveArn"]}

    def create(logical_id, props, stack_name):
        name = props.get("ArchiveName") or provisioners._physical_name(stack_name, logical_id, max_len=48)
        status, _, body = eventbridge._create_archive(settings(name, props))
        if status >= 400:
            raise ValueError(f"AWS::Events::Archive {name}: {body!r}")
        return name, attributes(name)

    def update(physical_id, _old_props, props, *_rest, **_kwargs):
        eventbridge._update_archive(settings(physical_id, props))
        return physical_id, attributes(physical_id)

    def delete(physical_id, _props):
        eventbridge._archives.pop(physical_id, None)

    handlers = {"create": create, "update": update, "delete": delete}
    provisioners._RESOURCE_HANDLERS.setdefault("AWS::Events::Archive", handlers)


@correction
def schedule_context():
    """Resolves context attributes in the input of a schedule's target, such as the scheduled time.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """

    def due(event, expression):
        time = datetime.datetime.fromtimestamp(int(event["Time"]), tz=datetime.timezone.utc)
        if expression.startswith("cron"):
            time = time.replace(second=0)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ")

    @replaced(eventbridge, "_invoke_target")
    def invoke(original, target, event, rule, view=None):
        if event.get("Source") != "aws.scheduler" or not target.get("Input"):
            return original(target, event, rule, view)
        values = {
            "schedule-arn": rule.get("Arn", ""),
            "scheduled-time": due(event, rule.get("ScheduleExpression", "")),
            "execution-id": event["EventId"],
            "attempt-number": "1",
        }
        text = target["Input"]
        for name, value in values.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return original({**target, "Input": text}, event, rule, view)
