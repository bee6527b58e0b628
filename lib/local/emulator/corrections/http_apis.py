"""What HTTP APIs answer."""

from ministack.services import apigateway

from . import correction, replaced


@correction
def http_api_cors():
    """An HTTP API from a template has the CORS that the template gives it; there its properties begin with capitals.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigatewayv2-api-cors.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """

    def as_in_the_api(configuration):
        return {name[0].lower() + name[1:]: value for name, value in configuration.items()}

    for name in ("_cors_response_headers", "_cors_preflight_response"):

        @replaced(apigateway, name)
        def respond(original, configuration, origin):
            return original(as_in_the_api(configuration), origin)
