"""Properties of CloudFormation resources."""

from ministack.services import cloudformation, dynamodb, lambda_svc
from ministack.services.cloudformation import provisioners

from . import correction, replaced


def _after(resource_type, effect):
    """Registers `effect(physical id, properties)`, which runs after a resource of the type is created or updated."""
    handler = provisioners._RESOURCE_HANDLERS[resource_type]
    create, update = handler["create"], handler["update"]

    def created(logical_id, props, *rest, **kwargs):
        result = create(logical_id, props, *rest, **kwargs)
        effect(result[0], props)
        return result

    def updated(physical_id, old_props, new_props, *rest, **kwargs):
        result = update(physical_id, old_props, new_props, *rest, **kwargs)
        effect(result[0], new_props)
        return result

    handler["create"], handler["update"] = created, updated


def _is_true(value):
    return value in (True, "true")


@correction
def updated_global_tables():
    """Updates a table of `AWS::DynamoDB::GlobalTable` in place. MiniStack derives another name from its physical id, and so
    replaces it by an empty one at every change.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-globaltable.html
    """
    handler = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"]
    update = handler["update"]

    def updated(physical_id, old_props, new_props, stack_name, logical_id=None):
        replaces = any(old_props.get(name) != new_props.get(name) for name in ("TableName", "KeySchema", "LocalSecondaryIndexes"))
        if replaces or new_props.get("TableName"):
            return update(physical_id, old_props, new_props, stack_name)
        named = {"TableName": physical_id}
        return update(physical_id, {**old_props, **named}, {**new_props, **named}, stack_name)

    handler["update"] = updated


@correction
def time_to_live():
    """Supports `TimeToLiveSpecification` of a table.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-table-timetolivespecification.html
    """

    def set_ttl(table, props):
        ttl = props.get("TimeToLiveSpecification")
        if ttl:
            specification = {"AttributeName": ttl.get("AttributeName", ""), "Enabled": _is_true(ttl["Enabled"])}
            dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": specification})
        else:
            dynamodb._ttl_settings.pop(table, None)

    _after("AWS::DynamoDB::Table", set_ttl)
    _after("AWS::DynamoDB::GlobalTable", set_ttl)


@correction
def reserved_concurrency():
    """Supports `ReservedConcurrentExecutions` of a function, which throttles invocations at the limit.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    """

    def reserve(function, props):
        reserved = props.get("ReservedConcurrentExecutions")
        lambda_svc._functions[function]["concurrency"] = None if reserved is None else int(reserved)

    _after("AWS::Lambda::Function", reserve)


@correction
def user_pool_provider_url():
    """Adds the attribute `ProviderURL` of AWS::Cognito::UserPool, the issuer of its tokens.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpool.html
    """

    @replaced(provisioners, "_cognito_user_pool_attributes")
    def attributes(original, pool_id):
        values = original(pool_id)
        return {**values, "ProviderURL": f"https://{values['ProviderName']}"}


@correction
def table_names():
    """Rejects a table with the name of another resource's table, which would be replaced by an empty one.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html
    """
    tables = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")

    def owner_of(name):
        for stack in cloudformation._stacks.values():
            if stack.get("StackStatus") == "DELETE_COMPLETE":
                continue
            for logical_id, resource in stack.get("_resources", {}).items():
                if resource.get("ResourceType") in tables and resource.get("PhysicalResourceId") == name:
                    return stack["StackName"], logical_id
        return None

    def rejecting_duplicates(create):
        def created(logical_id, props, stack_name, *rest, **kwargs):
            name = props.get("TableName")
            owner = owner_of(name) if name in dynamodb._tables else None
            if owner not in (None, (stack_name, logical_id)):
                raise ValueError(f"{name} already exists in stack {owner[0]} (as {owner[1]})")
            return create(logical_id, props, stack_name, *rest, **kwargs)

        return created

    for table in tables:
        handler = provisioners._RESOURCE_HANDLERS[table]
        handler["create"] = rejecting_duplicates(handler["create"])


@correction
def alarms_on_expressions():
    """Creates alarms on expressions and queries. They are not evaluated and stay without data.

    MiniStack rejects the whole template.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-cloudwatch-alarm-metricdataquery.html
    """

    @replaced(provisioners, "_cw_metric_alarm_record")
    def record(original, name, props):
        if not props.get("Metrics"):
            return original(name, props)
        return original(name, {**props, "Metrics": None, "Namespace": "Expressions", "MetricName": name})
