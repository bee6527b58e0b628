"""Step Functions."""

from . import correction


@correction
def durable_executions():
    """Executions survive the process, and run as on AWS: heartbeats, limits, redrives, a context for each branch.

    https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
    """
    import workflows

    workflows.install()
