"""SQS."""

import ministack.services.sqs as sqs

from . import correction


@correction
def queue_url_host():
    """A queue's URL names the host that serves it, as on AWS; the SDK calls that host, not its endpoint.

    MiniStack says localhost, which may be another address than the one it listens on.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
    """
    sqs.DEFAULT_HOST = "127.0.0.1"
