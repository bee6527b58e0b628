"""Executions that a rule starts with a part of the event: LocalStack names them after the id of what it sends.

With an InputPath or an InputTransformer that has none: nothing is started, and the event is lost ("Failed to deliver to
target ...: 'id'"). On AWS the name is made of the event's id and random characters.
"""

import json
import uuid

from localstack.runtime import hooks


@hooks.on_infra_start(name="trellis_executions")
def install():
    from localstack.services.events.target import StatesTargetSender

    def send_event(self, event, _trace_header):
        self.service = "stepfunctions"
        self.client.start_execution(
            stateMachineArn=self.target["Arn"], name=str(uuid.uuid4()), input=json.dumps(event)
        )

    StatesTargetSender.send_event = send_event
