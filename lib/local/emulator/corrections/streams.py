"""How functions get the changes of a table."""

import threading

from ministack.services import dynamodb, lambda_svc

from . import correction, replaced


def _first_failed(esm, records, result):
    """The place of the first record that the function has not handled; None when it has handled all."""
    if result.get("error"):
        return 0
    body = result.get("body")
    if "ReportBatchItemFailures" not in esm.get("FunctionResponseTypes", []) or not isinstance(body, dict):
        return None
    failed = {failure.get("itemIdentifier") for failure in body.get("batchItemFailures") or []}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    return next((at for at, number in enumerate(numbers) if number in failed), None)


def _move_to(esm, record):
    """The stream goes on from this record."""
    table = esm["EventSourceArn"].split("/")[1]
    position = lambda_svc._dynamodb_stream_positions[esm["UUID"]]
    records = dynamodb.stream_records_since(table, position, esm.get("BatchSize", 100))
    numbers = [each["dynamodb"]["SequenceNumber"] for each in records]
    lambda_svc._dynamodb_stream_positions[esm["UUID"]] = position + numbers.index(record["dynamodb"]["SequenceNumber"])


@correction
def stream_failures():
    """Of a stream, what a function could not handle comes again from the first failed record on, as often as the
    event source allows; then it goes to the destination for failures, and the stream goes on.

    A batch is not split: with BisectBatchOnFunctionError the record that was reported is given up alone.
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
        if not getattr(polling, "active", False):
            return result
        records = event["Records"]
        esm = next(
            each
            for each in lambda_svc._esms.values()
            if each.get("EventSourceArn") == records[0]["eventSourceARN"]
            and each["FunctionName"] == function["config"]["FunctionName"]
        )
        at = _first_failed(esm, records, result)
        if at is None:
            return result
        key = (esm["UUID"], records[at]["dynamodb"]["SequenceNumber"])
        tries[key] = tries.get(key, 0) + 1
        most = int(esm.get("MaximumRetryAttempts", -1))
        if 0 <= most < tries[key]:
            del tries[key]
            alone = bool(esm.get("BisectBatchOnFunctionError")) and not result.get("error")
            given_up = records[at : at + 1] if alone else records[at:]
            lambda_svc._send_ddb_stream_failure_record(
                esm, function, given_up, esm["EventSourceArn"], result, "RetryAttemptsExhausted"
            )
            at += len(given_up)
            if at == len(records):
                return {**result, "error": False}
        _move_to(esm, records[at])
        return {**result, "error": True}
