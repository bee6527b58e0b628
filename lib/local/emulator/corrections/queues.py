"""SQS."""

import base64
import json
import time
import uuid

import ministack.services.sqs as sqs

from . import correction


@correction
def queue_url_host():
    """Returns queue URLs with the host that serves them, as on AWS: the SDK calls that host, not its endpoint.

    MiniStack returns localhost, which may resolve to an address that it does not listen on.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
    """
    sqs.DEFAULT_HOST = "127.0.0.1"


@correction
def message_move_tasks():
    """Supports StartMessageMoveTask, which moves dead letters back to their source queues, and
    ListDeadLetterSourceQueues.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
    """

    SOURCE = "DeadLetterQueueSourceArn"
    tasks = {}

    def sources_of(dead_letters):
        for url, queue in sqs._queues.items():
            policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
            if policy.get("deadLetterTargetArn") == dead_letters:
                yield url, queue

    def move(message, queue, target, now):
        system = {name: value for name, value in message.get("sys", {}).items() if name != SOURCE}
        fresh = {"id": str(uuid.uuid4()), "receive_count": 0, "first_receive_at": None, "receipt_handle": None}
        target["messages"].append({**message, **fresh, "sent_at": now, "visible_at": now, "sys": system})
        queue["messages"].remove(message)

    def start(data, _url):
        arn = data.get("SourceArn", "")
        queue = sqs._queue_by_arn(arn)
        if queue is None:
            raise sqs._Err("ResourceNotFoundException", f"The resource {arn} doesn't exist.")
        sources = list(sources_of(arn))
        if not sources:
            raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
        now = time.time()
        with sqs._queues_lock:
            moving = [message for message in queue["messages"] if message["visible_at"] <= now]
            for message in moving:
                to = data.get("DestinationArn") or message.get("sys", {}).get(SOURCE)
                move(message, queue, sqs._queue_by_arn(to) if to else sources[0][1], now)
        task = {
            "TaskHandle": base64.b64encode(json.dumps({"sourceArn": arn}).encode()).decode(),
            "Status": "COMPLETED",
            "SourceArn": arn,
            "ApproximateNumberOfMessagesMoved": len(moving),
            "ApproximateNumberOfMessagesToMove": len(moving),
            "StartedTimestamp": int(now * 1000),
        }
        tasks.setdefault(arn, []).insert(0, task)
        sqs.esm_wake.set()
        return {"TaskHandle": task["TaskHandle"]}

    def tasks_of(data, _url):
        max_results = int(data.get("MaxResults") or 1)
        return {"Results": tasks.get(data.get("SourceArn", ""), [])[:max_results]}

    def source_queues(data, url):
        queue = sqs._get_q(data.get("QueueUrl", url), "sqs:ListDeadLetterSourceQueues")
        return {"queueUrls": [source for source, _ in sources_of(queue["attributes"]["QueueArn"])]}

    sqs._HANDLERS["ListDeadLetterSourceQueues"] = source_queues
    sqs._HANDLERS["StartMessageMoveTask"] = start
    sqs._HANDLERS["ListMessageMoveTasks"] = tasks_of
