import * as z from 'zod';
import { isLambdaAuth, isUserAuth } from '../../contract/auth.js';
import { binaryMediaTypes } from '../../contract/binary-media-types.js';
import { isBinary } from '../../contract/body.js';
import { apiInfo, type Contract } from '../../contract/contract.js';
import type { Operation } from '../../contract/operation.js';
import { parametersOf } from '../../contract/path.js';
import { type Cors, gatewayHeaders, preflight } from './cors.js';
import { gatewayResponses } from './gateway-responses.js';
import { gatewaySchema } from './gateway-schema.js';
import { capitalized } from './planned-route.js';
import { type SchemeSources, securityOf, securitySchemes } from './security.js';

export interface BodyOptions extends SchemeSources {
  readonly contract: Contract;
  /** The API's name: an import names the API by its title, whatever the resource's `Name` is. */
  readonly title: string;
  /** Returns the `x-amazon-apigateway-integration` of an operation. */
  readonly integrationOf: (operation: string) => object;
  /** Returns whether the gateway validates an operation's body besides its parameters. */
  readonly validatesBody: (operation: string) => boolean;
  /** Returns responses that override or extend the contract's, by status. @default - the contract's only */
  readonly responsesOf?: (operation: string) => Readonly<Record<string, object>>;
  /** Returns the headers that an operation declares as parameters. @default - none */
  readonly headersOf?: (operation: string) => readonly string[];
  readonly cors?: Cors;
  /** Size from which responses are compressed. @default - no compression */
  readonly minCompressionBytes?: number;
  /** False disables the default endpoint. @default true */
  readonly hasEndpoint?: boolean;
}

type Paths = Record<string, Record<string, unknown>>;

/** Returns the definition of the REST API: OpenAPI 3.0.1 with API Gateway's extensions. */
export function openApiBody(options: BodyOptions): Record<string, unknown> {
  const { contract, cors } = options;
  const schemas: Record<string, unknown> = {};
  const paths: Paths = {};
  for (const [name, operation] of Object.entries(contract)) {
    const { method, path, body } = operation;
    const model = `${capitalized(name)}Body`;
    const hasModel = body && !isBinary(body);
    if (hasModel) schemas[model] = gatewaySchema(body);
    paths[path] ??= {};
    const described = {
      operationId: name,
      ...(operation.summary && { summary: operation.summary }),
      ...parameters(operation, options.headersOf?.(name)),
      ...(hasModel && { requestBody: requestBody(model) }),
      responses: {
        ...Object.fromEntries(
          Object.keys(operation.responses).map((status) => [status, { description: `Status ${status}` }]),
        ),
        ...options.responsesOf?.(name),
      },
      security: securityOf(operation),
      'x-amazon-apigateway-request-validator': options.validatesBody(name) ? 'all' : 'parameters',
      'x-amazon-apigateway-integration': options.integrationOf(name),
    };
    paths[path][method.toLowerCase()] = described;
    // The same function serves HEAD; a method in the body adds no CloudFormation resource.
    if (hasHead(operation, described['x-amazon-apigateway-integration'])) {
      const { operationId: _, ...head } = described;
      paths[path].head = head;
    }
  }
  if (cors) addPreflights(paths, cors);
  const info = contract[apiInfo];
  const bytes = binaryMediaTypes(Object.values(contract));
  const auths = Object.values<Operation>(contract).map(({ auth }) => auth);
  const schemes = securitySchemes(Object.values(contract), options);
  return {
    openapi: '3.0.1',
    info: { title: options.title, version: info.version, description: info.description },
    paths,
    components: {
      ...(Object.keys(schemas).length > 0 && { schemas }),
      ...(Object.keys(schemes).length > 0 && { securitySchemes: schemes }),
    },
    ...(bytes.length > 0 && { 'x-amazon-apigateway-binary-media-types': bytes }),
    ...(options.minCompressionBytes !== undefined && {
      'x-amazon-apigateway-minimum-compression-size': options.minCompressionBytes,
    }),
    'x-amazon-apigateway-request-validators': {
      all: { validateRequestBody: true, validateRequestParameters: true },
      parameters: { validateRequestBody: false, validateRequestParameters: true },
    },
    ...(options.hasEndpoint === false && {
      'x-amazon-apigateway-endpoint-configuration': { disableExecuteApiEndpoint: true },
    }),
    'x-amazon-apigateway-gateway-responses': gatewayResponses({
      ...(cors && { headers: gatewayHeaders(cors) }),
      takesTokens: auths.some((auth) => isUserAuth(auth) || isLambdaAuth(auth)),
      takesSignatures: auths.includes('iam'),
    }),
  };
}

/** Returns whether the operation's function also serves HEAD. */
function hasHead({ method }: Operation, integration: object): boolean {
  return method === 'GET' && 'type' in integration && integration.type === 'aws_proxy';
}

function addPreflights(paths: Paths, cors: Cors): void {
  for (const item of Object.values(paths)) {
    const methods = Object.keys(item).map((method) => method.toUpperCase());
    item.options = preflight(cors, methods);
  }
}

function requestBody(model: string) {
  const schema = { $ref: `#/components/schemas/${model}` };
  return { required: true, content: { 'application/json': { schema } } };
}

function parameters(operation: Operation, headers: readonly string[] = []): { parameters?: unknown[] } {
  const inPath = parametersOf(operation.path).map((name) => ({ name, in: 'path', required: true }));
  const query: { properties?: object; required?: string[] } = operation.query
    ? gatewaySchema(operation.query)
    : {};
  const inQuery = Object.keys(query.properties ?? {}).map((name) => ({
    name,
    in: 'query',
    // The gateway rejects an empty required parameter as missing.
    required: (query.required?.includes(name) ?? false) && !acceptsEmpty(operation.query!.shape[name]!),
  }));
  const inHeaders = headers.map((name) => ({ name, in: 'header', required: false }));
  const all = [...inPath, ...inQuery, ...inHeaders].map((parameter) => ({
    ...parameter,
    schema: { type: 'string' },
  }));
  return all.length > 0 ? { parameters: all } : {};
}

function acceptsEmpty(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, '').success;
}

/** Returns the integration of an operation with a function. */
export function functionIntegration(uri: string): object {
  return { type: 'aws_proxy', httpMethod: 'POST', uri, passthroughBehavior: 'when_no_match' };
}
