"""Responses of HTTP APIs."""

from ministack.services import apigateway

from . import correction, replaced


@correction
def http_api_cors():
    """Applies the CORS configuration of an HTTP API in a template, where property names begin with capitals.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigatewayv2-api-cors.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """

    def lower_camel_case(configuration):
        return {name[0].lower() + name[1:]: value for name, value in configuration.items()}

    for name in ("_cors_response_headers", "_cors_preflight_response"):

        @replaced(apigateway, name)
        def respond(original, configuration, origin):
            return original(lower_camel_case(configuration), origin)
