"""Events of status changes, for EventBridge's default bus.

https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

import json

from ministack.services import eventbridge, stepfunctions

from . import engine, records
from .records import dumps


def note(key, record):
    """Stores the event of a status change until it is published, so that a killed process does not lose it."""
    if record["trellis"]["type"] != "STANDARD":
        return
    redrivable, reason = records.is_redrivable(record)
    status, kept = record["status"], record["trellis"]
    text = dumps(
        {
            "executionArn": record["executionArn"],
            "stateMachineArn": record["stateMachineArn"],
            "name": record["name"],
            "status": status,
            "startDate": stepfunctions._iso_to_epoch_ms(record["startDate"]),
            "stopDate": stepfunctions._iso_to_epoch_ms(record["stopDate"]),
            **_payload("input", record["input"]),
            **_payload("output", record["output"] if status == "SUCCEEDED" else None),
            "stateMachineVersionArn": kept.get("versionArn"),
            "stateMachineAliasArn": kept.get("aliasArn"),
            "redriveCount": kept["redriveCount"],
            "redriveDate": stepfunctions._iso_to_epoch_ms(kept["redriveDate"]),
            "redriveStatus": "REDRIVABLE" if redrivable else "NOT_REDRIVABLE",
            "redriveStatusReason": reason,
            "error": record.get("error"),
            "cause": record.get("cause"),
        }
    )
    kept["unpublished"] = [*kept["unpublished"], text]
    engine.soon(publish, key)


def _payload(name, text):
    """Returns a payload for the event, without text that is larger than 248 KiB.

    https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    """
    included = text is not None and len(json.dumps(text)) <= stepfunctions._STATUS_EVENT_PAYLOAD_CAP
    return {name: text if included else None, f"{name}Details": None if text is None else {"included": included}}


def publish(key):
    with engine.lock:
        record = records.find(key)
        texts = record["trellis"]["unpublished"] if record else []
    for text in texts:
        entry = {
            "Source": "aws.states",
            "DetailType": "Step Functions Execution Status Change",
            "Detail": text,
            "Resources": [record["executionArn"]],
        }
        try:
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
        except Exception:
            engine.logger.exception("The status of %s was not published", key[2])
    with engine.lock:
        record["trellis"]["unpublished"] = record["trellis"]["unpublished"][len(texts) :]
