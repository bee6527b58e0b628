"""Custom resources (Custom::*) that a Lambda function carries out; LocalStack itself has none. They are not updated."""

import json
import uuid
from concurrent.futures import Future, TimeoutError

from localstack import config
from localstack.aws.connect import connect_to
from localstack.http import Request, Response, route
from localstack.runtime import hooks
from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceRequest,
)
from localstack.services.edge import ROUTER
from localstack.utils.objects import singleton_factory

TYPE = "AWS::CloudFormation::CustomResource"
PATH = "/_trellis/custom-resource"
# Properties in the template, kept for Delete.
PROPERTIES = "__properties"
PHYSICAL_ID = "PhysicalResourceId"
# Seconds. CloudFormation's own default is an hour.
DEFAULT_TIMEOUT = 120


@hooks.on_infra_start(name="trellis_custom_types")
def install():
    """The check for unsupported types knows resource providers by exact names only."""
    from localstack.services.cloudformation.engine.v2.change_set_resource_support_checker import (
        ChangeSetResourceSupportChecker as Checker,
    )

    original = Checker._resource_support_status

    def status(self, resource_type):
        return original(self, TYPE if resource_type.startswith("Custom::") else resource_type)

    Checker._resource_support_status = status


class Responses:
    def __init__(self):
        self.waiting: dict[str, Future] = {}

    @route(f"{PATH}/<token>", methods=["PUT"])
    def receive(self, request: Request, token: str) -> Response:
        if waiter := self.waiting.pop(token, None):
            waiter.set_result(json.loads(request.data))
        return Response(status=200 if waiter else 404)


@singleton_factory
def responses() -> Responses:
    instance = Responses()
    ROUTER.add(instance)
    return instance


class CustomResourceProvider(ResourceProvider[dict]):
    TYPE = TYPE
    SCHEMA = {"typeName": TYPE, "primaryIdentifier": [f"/properties/{PHYSICAL_ID}"], "properties": {}}

    def create(self, request: ResourceRequest[dict]) -> ProgressEvent[dict]:
        return _call(request, "Create", request.desired_state)

    def delete(self, request: ResourceRequest[dict]) -> ProgressEvent[dict]:
        state = request.desired_state
        return _call(request, "Delete", state.get(PROPERTIES, state), **{PHYSICAL_ID: state.get(PHYSICAL_ID)})


def _call(request: ResourceRequest[dict], kind: str, properties: dict, **extra) -> ProgressEvent[dict]:
    token, response = str(uuid.uuid4()), Future()
    responses().waiting[token] = response
    function = properties["ServiceToken"]
    event = {
        "RequestType": kind,
        "RequestId": token,
        "ResponseURL": f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}{PATH}/{token}",
        "StackId": request.stack_id,
        "ResourceType": request.resource_type,
        "LogicalResourceId": request.logical_resource_id,
        "ServiceToken": function,
        "ResourceProperties": properties,
        **extra,
    }
    client = connect_to(aws_access_key_id=request.account_id, region_name=request.region_name).lambda_
    invocation = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    if "FunctionError" in invocation:
        return _failed(invocation["Payload"].read().decode())
    try:
        result = response.result(timeout=int(properties.get("ServiceTimeout", DEFAULT_TIMEOUT)))
    except TimeoutError:
        return _failed(f"The function {function} sent no response")
    if result["Status"] != "SUCCESS":
        return _failed(result.get("Reason", "FAILED"))
    model = {**result.get("Data", {}), PROPERTIES: properties, PHYSICAL_ID: result[PHYSICAL_ID]}
    return ProgressEvent(OperationStatus.SUCCESS, resource_model=model)


def _failed(message: str) -> ProgressEvent[dict]:
    return ProgressEvent(OperationStatus.FAILED, resource_model={}, message=message)
