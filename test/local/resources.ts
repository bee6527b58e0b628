/** A table with the string key `id`, as a resource of a template. */
export function table(TableName = 'Notes', properties: object = {}) {
  return {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      ...properties,
    },
  };
}

/** The security scheme of IAM authorization in an OpenAPI document. */
export const IAM_SCHEME = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

/** A WebSocket API without routes, as a resource of a template. */
export const SOCKET_API = {
  Type: 'AWS::ApiGatewayV2::Api',
  Properties: {
    Name: 'socket',
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.action',
  },
};

/** A role that a service of AWS assumes, with these statements, as a resource of a template. */
export function roleFor(service: string, Statement: readonly object[], properties: object = {}) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...properties,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' },
        ],
      },
      Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement } }],
    },
  };
}
