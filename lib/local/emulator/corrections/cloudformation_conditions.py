"""Conditions of CloudFormation templates."""

import importlib

from ministack.core.responses import get_account_id, get_region

from . import correction


@correction
def pseudo_parameters():
    """Resolves the pseudo parameters that do not depend on the stack in conditions.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
    """
    package = "ministack.services.cloudformation."
    original = importlib.import_module(package + "engine")._evaluate_conditions

    def evaluate(template, params):
        pseudo = {
            "AWS::AccountId": get_account_id(),
            "AWS::Partition": "aws",
            "AWS::Region": get_region(),
            "AWS::URLSuffix": "amazonaws.com",
        }
        return original(template, {**{name: {"Value": value} for name, value in pseudo.items()}, **(params or {})})

    for name in ("engine", "changesets", "handlers", "stacks"):
        importlib.import_module(package + name)._evaluate_conditions = evaluate
