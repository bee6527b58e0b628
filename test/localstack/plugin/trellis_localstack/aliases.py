"""A second deployment of an alias: LocalStack creates it again ("Alias already exists") and cannot update one.

It takes a reference to a function that changed for a new FunctionName, which would replace the alias. On AWS an alias
is moved to its new version in place.
"""

from localstack.runtime import hooks

PROPERTIES = ("FunctionName", "FunctionVersion", "Name", "Description", "RoutingConfig")


@hooks.on_infra_start(name="trellis_aliases")
def install():
    from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
    from localstack.services.lambda_.resource_providers.lambda_alias import LambdaAliasProvider

    def update(_self, request):
        model = request.desired_state
        wanted = {name: model[name] for name in PROPERTIES if name in model}
        updated = request.aws_client_factory.lambda_.update_alias(**wanted)
        return ProgressEvent(OperationStatus.SUCCESS, resource_model=model | {"Id": updated["AliasArn"]})

    LambdaAliasProvider.update = update
    LambdaAliasProvider.SCHEMA = {**LambdaAliasProvider.SCHEMA, "createOnlyProperties": []}
