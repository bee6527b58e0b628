"""Delivery of a table's changes to functions."""

import threading

from ministack.services import dynamodb, lambda_svc

from . import correction, replaced


def _first_failed(esm, records, result):
    """Returns the index of the first record that the function has not handled; None if it has handled all."""
    if result.get("error"):
        return 0
    body = result.get("body")
    if "ReportBatchItemFailures" not in esm.get("FunctionResponseTypes", []) or not isinstance(body, dict):
        return None
    failed = {failure.get("itemIdentifier") for failure in body.get("batchItemFailures") or []}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    return next((index for index, number in enumerate(numbers) if number in failed), None)


def _move_to(esm, record):
    """Continues the stream from this record."""
    table = esm["EventSourceArn"].split("/")[1]
    position = lambda_svc._dynamodb_stream_positions[esm["UUID"]]
    records = dynamodb.stream_records_since(table, position, esm.get("BatchSize", 100))
    numbers = [entry["dynamodb"]["SequenceNumber"] for entry in records]
    lambda_svc._dynamodb_stream_positions[esm["UUID"]] = position + numbers.index(record["dynamodb"]["SequenceNumber"])


@correction
def stream_failures():
    """Retries a batch of a stream from the first failed record, up to the limit of the event source mapping. Then the
    records go to the destination for failures, and the stream continues.

    A batch is not split: with BisectBatchOnFunctionError only the reported record goes to the destination.
    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    polling = threading.local()
    tries = {}

    @replaced(lambda_svc, "_poll_dynamodb_streams")
    def poll(original):
        polling.active = True
        try:
            return original()
        finally:
            polling.active = False

    @replaced(lambda_svc, "_execute_function")
    def execute(original, function, event, *rest, **kwargs):
        result = original(function, event, *rest, **kwargs)
        # A throttled batch did not reach the function, so it is not counted as a try.
        if not getattr(polling, "active", False) or result.get("throttle"):
            return result
        records = event["Records"]
        esm = next(
            each
            for each in lambda_svc._esms.values()
            if each.get("EventSourceArn") == records[0]["eventSourceARN"]
            and each["FunctionName"] == function["config"]["FunctionName"]
        )
        index = _first_failed(esm, records, result)
        if index is None:
            return result
        key = (esm["UUID"], records[index]["dynamodb"]["SequenceNumber"])
        tries[key] = tries.get(key, 0) + 1
        max_retries = int(esm.get("MaximumRetryAttempts", -1))
        if 0 <= max_retries < tries[key]:
            del tries[key]
            is_single = bool(esm.get("BisectBatchOnFunctionError")) and not result.get("error")
            exhausted = records[index : index + 1] if is_single else records[index:]
            lambda_svc._send_ddb_stream_failure_record(
                esm, function, exhausted, esm["EventSourceArn"], result, "RetryAttemptsExhausted"
            )
            index += len(exhausted)
            if index == len(records):
                return {**result, "error": False}
        _move_to(esm, records[index])
        return {**result, "error": True}
