"""The gateway on loopback only: LocalStack binds every interface, despite GATEWAY_LISTEN.

Processes that it starts itself are beyond control: DynamoDB Local and the Kinesis mock bind every interface, on
free ports.
"""

from functools import partial

from localstack.runtime import hooks


@hooks.on_infra_start(name="trellis_loopback")
def install():
    from twisted.internet import endpoints

    endpoints.TCP4ServerEndpoint = partial(endpoints.TCP4ServerEndpoint, interface="127.0.0.1")
