"""Properties of CloudFormation resources."""

from ministack.services import cloudformation, dynamodb, lambda_svc
from ministack.services.cloudformation import provisioners

from . import correction, replaced


def _after(resource_type, effect):
    """Runs `effect(physical id, properties)` after MiniStack created or updated such a resource."""
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
def time_to_live():
    """`TimeToLiveSpecification` of a table.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-table-timetolivespecification.html
    """

    def set_ttl(table, props):
        wanted = props.get("TimeToLiveSpecification")
        if wanted:
            specification = {"AttributeName": wanted.get("AttributeName", ""), "Enabled": _is_true(wanted["Enabled"])}
            dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": specification})
        else:
            dynamodb._ttl_settings.pop(table, None)

    _after("AWS::DynamoDB::Table", set_ttl)
    _after("AWS::DynamoDB::GlobalTable", set_ttl)


@correction
def reserved_concurrency():
    """`ReservedConcurrentExecutions` of a function: at the limit, invocations are throttled.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    """

    def reserve(function, props):
        reserved = props.get("ReservedConcurrentExecutions")
        lambda_svc._functions[function]["concurrency"] = None if reserved is None else int(reserved)

    _after("AWS::Lambda::Function", reserve)


@correction
def user_pool_provider_url():
    """`ProviderURL`, the issuer of a user pool's tokens, as attribute of AWS::Cognito::UserPool.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpool.html
    """

    @replaced(provisioners, "_cognito_user_pool_attributes")
    def attributes(original, pool_id):
        known = original(pool_id)
        return {**known, "ProviderURL": f"https://{known['ProviderName']}"}


@correction
def table_names():
    """A table is not created under the name of another resource's table: it would be replaced by an empty one.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html
    """
    tables = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")

    def holder(name):
        for stack in cloudformation._stacks.values():
            if stack.get("StackStatus") == "DELETE_COMPLETE":
                continue
            for logical_id, resource in stack.get("_resources", {}).items():
                if resource.get("ResourceType") in tables and resource.get("PhysicalResourceId") == name:
                    return stack["StackName"], logical_id
        return None

    def refusing(create):
        def created(logical_id, props, stack_name, *rest, **kwargs):
            name = props.get("TableName")
            other = holder(name) if name in dynamodb._tables else None
            if other not in (None, (stack_name, logical_id)):
                raise ValueError(f"{name} already exists in stack {other[0]} (as {other[1]})")
            return create(logical_id, props, stack_name, *rest, **kwargs)

        return created

    for table in tables:
        handler = provisioners._RESOURCE_HANDLERS[table]
        handler["create"] = refusing(handler["create"])


@correction
def alarms_on_expressions():
    """An alarm on an expression or a query is created. Nothing evaluates it: it stays without data.

    MiniStack refuses the whole template.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-cloudwatch-alarm-metricdataquery.html
    """

    @replaced(provisioners, "_cw_metric_alarm_record")
    def record(original, name, props):
        if not props.get("Metrics"):
            return original(name, props)
        return original(name, {**props, "Metrics": None, "Namespace": "Expressions", "MetricName": name})
