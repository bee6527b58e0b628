"""Versions and aliases of functions, and updates during invocations."""

import contextvars
import os
import threading
import time

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners, stacks

from . import correction, replaced

_FUNCTION = "AWS::Lambda::Function"
_VERSION = "AWS::Lambda::Version"


@correction
def serving_environments_finish():
    """Lets an environment finish its invocation when its function is updated or its version is deleted.

    Lambda sends new invocations to other environments, and does not interrupt running ones.
    https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    """
    current = threading.local()
    retired = set()
    acquire, release = lambda_svc.acquire_worker, lambda_svc.release_worker

    def acquiring(*args, **kwargs):
        worker, reason = acquire(*args, **kwargs)
        current.worker = worker
        return worker, reason

    def releasing(worker):
        current.worker = None
        release(worker)
        if worker in retired:
            retired.discard(worker)
            lambda_runtime.kill_workers([worker])

    def invalidating(func_name, qualifier=None, account=None, region=None):
        # A failed invocation discards its own environment by this function.
        failed = getattr(current, "worker", None)
        with lambda_runtime._lock:
            doomed = []
            for key in list(lambda_runtime._workers):
                parts = key.split(":")
                pattern = (account, region, func_name, qualifier)
                if any(value is not None and value != part for value, part in zip(pattern, parts)):
                    continue
                for worker in lambda_runtime._workers.pop(key):
                    if worker.in_use and worker is not failed:
                        retired.add(worker)
                    else:
                        doomed.append(worker)
        lambda_runtime.kill_workers(doomed)

    lambda_svc.acquire_worker, lambda_svc.release_worker = acquiring, releasing
    lambda_svc.invalidate_worker = lambda_runtime.invalidate_worker = invalidating


@correction
def separate_updates():
    """Updates a function's configuration (with its layers) first, and its code some seconds later, like CloudFormation.

    Between the updates `$LATEST` is a mix of both. TRELLIS_LOCAL_UPDATE_SECONDS sets the delay, by default 0.
    https://github.com/aws/aws-cdk/issues/8446
    """
    pause = float(os.environ.get("TRELLIS_LOCAL_UPDATE_SECONDS", "0"))
    handler = provisioners._RESOURCE_HANDLERS[_FUNCTION]
    update = handler["update"]

    def updated(physical_id, old_props, new_props, *rest, **kwargs):
        code = old_props.get("Code")
        if code != new_props.get("Code") and {**new_props, "Code": code} != old_props:
            update(physical_id, old_props, {**new_props, "Code": code}, *rest, **kwargs)
        time.sleep(pause)
        return update(physical_id, old_props, new_props, *rest, **kwargs)

    handler["update"] = updated
    if pause:

        @replaced(stacks, "_runs_on_worker_thread")
        def on_thread(original, resource_type):
            return resource_type == _FUNCTION or original(resource_type)


@correction
def settled_versions():
    """Publishes versions with a completed update, and ends the environments of deleted versions.

    https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    """

    @replaced(lambda_svc, "_publish_version")
    def publish(original, name, data):
        result = original(name, data)
        for version in lambda_svc._functions.get(name, {}).get("versions", {}).values():
            config = version["config"]
            if (config.get("SnapStart") or {}).get("OptimizationStatus") != "On":
                config.update(State="Active", StateReason="", StateReasonCode="", LastUpdateStatus="Successful")
        return result

    handler = provisioners._RESOURCE_HANDLERS[_VERSION]
    delete = handler["delete"]

    def deleted(physical_id, props, *rest, **kwargs):
        name, version = physical_id.split(":")[-2:]
        delete(physical_id, props, *rest, **kwargs)
        lambda_svc.invalidate_worker(name, qualifier=version)

    handler["delete"] = deleted


@correction
def invoked_alias():
    """Passes the alias's ARN in the context of a function that is invoked by an alias, and in its failure records.

    https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
    """

    @replaced(lambda_svc, "_effective_func_record_for_qualifier")
    def effective(original, function, qualifier):
        record, config = original(function, qualifier)
        if config is None or qualifier not in function.get("aliases", {}):
            return record, config
        arn = f"{function['config']['FunctionArn']}:{qualifier}"
        # The execution reads the configuration from the record as well.
        config = {**config, "FunctionArn": arn}
        return {**record, "config": config}, config


@correction
def asynchronous_by_alias():
    """Applies the alias's configuration to asynchronous invocations of the alias: retries, age and destinations. Each
    attempt invokes the version of the alias at that time.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
    """
    current = contextvars.ContextVar("trellis_invoked", default=None)

    def parts(record):
        arn = (record.get("config") or record).get("FunctionArn", "")
        return (arn.split(":") + [""])[6:8]

    @replaced(lambda_svc, "invoke_async_with_retry")
    def invoke(original, record, event):
        name, qualifier = parts(record)
        function = lambda_svc._functions.get(name)
        if not qualifier or function is None:
            return original(record, event)
        configured = lambda_svc._event_invoke_config(function, qualifier) or {}
        token = current.set((record, name, qualifier))
        try:
            # The original runs in a copy of this context.
            return original({**record, "event_invoke_config": configured, "event_invoke_configs": {}}, event)
        finally:
            current.reset(token)

    @replaced(lambda_svc, "_execute_function")
    def execute(original, record, *rest, **kwargs):
        invoked = current.get()
        if invoked is None or (record.get("config") or record).get("FunctionArn") != invoked[0]["config"]["FunctionArn"]:
            return original(record, *rest, **kwargs)
        _, name, qualifier = invoked
        latest, config = lambda_svc._get_func_record_for_qualifier(name, qualifier)
        if config is None:
            return original(record, *rest, **kwargs)
        arn = record["config"]["FunctionArn"]
        return original({**latest, "config": {**config, "FunctionArn": arn}}, *rest, **kwargs)

    # The record of a failure has the ARN that was invoked.
    scoped = type(lambda_svc._functions)
    get = scoped.get

    def named(self, name, *default):
        record = get(self, name, *default)
        if type(name) is not _Invoked or not record:
            return record
        return {**record, "config": {**record["config"], "FunctionArn": name.arn}}

    scoped.get = named

    @replaced(lambda_svc, "_route_async_failure")
    def route(original, target, name, event, result):
        invoked = current.get()
        if invoked is not None:
            name = _Invoked(name)
            name.arn = invoked[0]["config"]["FunctionArn"]
        return original(target, name, event, result)


class _Invoked(str):
    """A function's name, with the ARN that was invoked."""
