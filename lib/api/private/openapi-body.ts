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
  /** What the API is called: an import names the API by its title, whatever else the resource says. */
  readonly title: string;
  /** How the gateway carries an operation out. */
  readonly integrationOf: (operation: string) => object;
  /** Which operations the gateway checks the bodies of, besides the parameters. */
  readonly validatesBody: (operation: string) => boolean;
  /** What an operation answers besides what the contract says, or with which headers. */
  readonly responsesOf?: (operation: string) => Readonly<Record<string, object>>;
  /** Headers that an operation needs as parameters. */
  readonly headersOf?: (operation: string) => readonly string[];
  readonly cors?: Cors;
  /** From how many bytes on responses are compressed. @default - never */
  readonly minCompressionBytes?: number;
  /** Whether it can be called at the address that API Gateway gives it. */
  readonly hasEndpoint?: boolean;
}

type Paths = Record<string, Record<string, unknown>>;

/** The definition of the REST API: OpenAPI 3.0.1 with API Gateway's extensions. */
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
    // The same function answers HEAD; a method inside of the body costs no resource.
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

/** Whether the gateway hands HEAD on to the function that answers GET. */
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
    // The gateway takes a required parameter that is empty for missing.
    required: (query.required?.includes(name) ?? false) && !takesNothing(operation.query!.shape[name]!),
  }));
  const inHeaders = headers.map((name) => ({ name, in: 'header', required: false }));
  const all = [...inPath, ...inQuery, ...inHeaders].map((parameter) => ({
    ...parameter,
    schema: { type: 'string' },
  }));
  return all.length > 0 ? { parameters: all } : {};
}

function takesNothing(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, '').success;
}

/** Has a function carry out an operation. */
export function functionIntegration(uri: string): object {
  return { type: 'aws_proxy', httpMethod: 'POST', uri, passthroughBehavior: 'when_no_match' };
}
