import { apiInfo, type Contract, type Operation } from '../../contract/contract.js';
import { parametersOf } from '../../contract/path.js';
import { gatewayResponses } from './gateway-responses.js';
import { gatewaySchema } from './gateway-schema.js';

/** The scope that every access token has which Cognito issues to a signed-in user; it makes the gateway take access tokens. */
const SIGNED_IN = 'aws.cognito.signin.user.admin';

const USERS = 'users';

export interface BodyOptions {
  readonly contract: Contract;
  /** What the API is called: an import names the API by its title, whatever else the resource says. */
  readonly title: string;
  /** The URI that the gateway invokes an operation's function by. */
  readonly invocationUri: (operation: string) => string;
  /** Whether the gateway checks bodies, too. */
  readonly validateBodies: boolean;
  /** ARN of the user pool; needed when an operation is not public. */
  readonly userPoolArn?: string;
}

/** The definition of the REST API: OpenAPI 3.0.1 with API Gateway's extensions. */
export function openApiBody(options: BodyOptions): Record<string, unknown> {
  const { contract, userPoolArn } = options;
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of Object.entries(contract)) {
    const item = paths[operation.path] ?? {};
    paths[operation.path] = item;
    const model = `${name[0]!.toUpperCase()}${name.slice(1)}Body`;
    if (operation.body) schemas[model] = gatewaySchema(operation.body);
    item[operation.method.toLowerCase()] = {
      operationId: name,
      ...(operation.summary && { summary: operation.summary }),
      ...parameters(operation),
      ...(operation.body && {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: `#/components/schemas/${model}` } } },
        },
      }),
      responses: Object.fromEntries(
        Object.keys(operation.responses).map((status) => [status, { description: `Status ${status}` }]),
      ),
      // An operation that is public says so: none inherits it.
      security: operation.auth === 'public' ? [] : [{ [USERS]: [SIGNED_IN] }],
      'x-amazon-apigateway-request-validator': options.validateBodies ? 'all' : 'parameters',
      'x-amazon-apigateway-integration': {
        type: 'aws_proxy',
        httpMethod: 'POST',
        uri: options.invocationUri(name),
        passthroughBehavior: 'when_no_match',
      },
    };
  }
  const info = contract[apiInfo];
  return {
    openapi: '3.0.1',
    info: { title: options.title, version: info.version, description: info.description },
    paths,
    components: {
      ...(Object.keys(schemas).length > 0 && { schemas }),
      ...(userPoolArn && { securitySchemes: { [USERS]: cognitoScheme(userPoolArn) } }),
    },
    'x-amazon-apigateway-request-validators': {
      all: { validateRequestBody: true, validateRequestParameters: true },
      parameters: { validateRequestBody: false, validateRequestParameters: true },
    },
    'x-amazon-apigateway-gateway-responses': gatewayResponses(),
  };
}

function parameters(operation: Operation): { parameters?: unknown[] } {
  const inPath = parametersOf(operation.path).map((name) => ({ name, in: 'path', required: true }));
  const query: { properties?: object; required?: string[] } = operation.query
    ? gatewaySchema(operation.query)
    : {};
  const inQuery = Object.keys(query.properties ?? {}).map((name) => ({
    name,
    in: 'query',
    required: query.required?.includes(name) ?? false,
  }));
  const all = [...inPath, ...inQuery].map((parameter) => ({ ...parameter, schema: { type: 'string' } }));
  return all.length > 0 ? { parameters: all } : {};
}

function cognitoScheme(userPoolArn: string): Record<string, unknown> {
  return {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'cognito_user_pools',
    'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools', providerARNs: [userPoolArn] },
  };
}
