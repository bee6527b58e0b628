"""State that survives the end of the process."""

import copy
import json

import save_schedule
from ministack.services import cloudformation, dynamodb, lambda_svc

from . import correction, replaced

@correction
def save_while_running():
    """Saves the state within a second of each change: AWS never loses acknowledged writes.

    MiniStack saves only at a clean stop.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html#ddb_highavailability
    """
    save_schedule.save_while_used()


@correction
def interrupted_stacks():
    """Ends the operations of stacks that the end of the process interrupted: they would stay in progress for ever.

    AWS completes every operation. Here, an interrupted creation becomes ROLLBACK_COMPLETE, which the CDK
    deletes and creates again. An interrupted update becomes UPDATE_ROLLBACK_COMPLETE with a template of the resources
    that exist: it differs from the app's, so that the next deployment checks each resource, and it shows which data
    that would replace or delete.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    """

    @replaced(cloudformation, "load_persisted_state")
    def load(original, data):
        original(data)
        for stack in cloudformation._stacks._data.values():
            status = stack.get("StackStatus", "")
            if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
                continue
            stack["StackStatusReason"] = "The local cloud was stopped during this operation."
            if status.startswith("UPDATE"):
                stack["StackStatus"] = "UPDATE_ROLLBACK_COMPLETE"
                stack["_template_body"] = json.dumps(_template_of_resources(stack), default=str)
            else:
                stack["StackStatus"] = "DELETE_FAILED" if status.startswith("DELETE") else "ROLLBACK_COMPLETE"


def _template_of_resources(stack):
    resources = {
        logical_id: {"Type": resource.get("ResourceType"), "Properties": resource.get("Properties") or {}}
        for logical_id, resource in (stack.get("_resources") or {}).items()
    }
    return {"Metadata": {"interrupted": True}, "Resources": resources}


@correction
def kept_streams():
    """Saves the records and sequence numbers of a table's stream, like its items.

    MiniStack starts with an empty stream, and functions miss changes until it reaches their former position.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
    """

    @replaced(dynamodb, "get_state")
    def state(original):
        streams = {
            "records": copy.deepcopy(dynamodb._stream_records),
            "trimmed": copy.deepcopy(dynamodb._stream_trimmed),
            "last_number": dynamodb._stream_seq_counter,
        }
        return {**original(), "trellis_streams": streams}

    @replaced(dynamodb, "load_persisted_state")
    def load(original, data):
        original(data)
        streams = (data or {}).get("trellis_streams")
        if streams:
            dynamodb._stream_records.update(streams["records"])
            dynamodb._stream_trimmed.update(streams["trimmed"])
            dynamodb._stream_seq_counter = streams["last_number"]

    @replaced(lambda_svc, "load_persisted_state")
    def load_functions(original, data):
        original(data)
        # Functions are saved after the tables, so their positions may be beyond the saved records.
        positions = lambda_svc._dynamodb_stream_positions._data
        for (account, region, source), position in list(positions.items()):
            table = lambda_svc._esms.get_scoped(account, region, source)["EventSourceArn"].split("/")[1]
            end = dynamodb.stream_end_position(table, account_id=account, region=region)
            positions[account, region, source] = min(position, end)
