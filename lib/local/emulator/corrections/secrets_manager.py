"""Secrets Manager."""

from ministack.services.cloudformation import provisioners

from . import correction, replaced


@correction
def secret_reference():
    """Returns the ARN for `Ref` of a secret in a template, as in the policies of the CDK.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html#aws-resource-secretsmanager-secret-return-values
    """
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def name_of(physical_id):
        # arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX, with a suffix of six characters.
        return physical_id.split(":secret:")[-1][:-7] if physical_id.startswith("arn:") else physical_id

    def by_arn(created):
        _name, attributes, *rest = created
        return (attributes["Arn"], attributes, *rest)

    def updated(physical_id, *args, **kwargs):
        return by_arn(update(name_of(physical_id), *args, **kwargs))

    handlers["create"] = lambda *args, **kwargs: by_arn(create(*args, **kwargs))
    handlers["update"] = updated
    handlers["delete"] = lambda physical_id, *args, **kwargs: delete(name_of(physical_id), *args, **kwargs)


@correction
def generated_secret():
    """Generates a password of 32 characters for `GenerateSecretString: {}`, the default of the CDK.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
    """

    @replaced(provisioners, "_sm_secret_string")
    def secret_string(original, props):
        if props.get("GenerateSecretString") == {}:
            props = {**props, "GenerateSecretString": {"PasswordLength": 32}}
        return original(props)
