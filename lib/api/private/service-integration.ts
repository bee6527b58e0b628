import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { scopesOf } from '../../contract/auth.js';
import { isBinary } from '../../contract/body.js';
import type { Operation } from '../../contract/operation.js';
import { responsesOf } from '../../contract/responses.js';
import { PROBLEMS } from '../../http/problems.js';
import {
  Integration,
  type IntegrationContext,
  type RenderedIntegration,
} from '../integrations/integration.js';
import { gatewayHeaders, originTemplate } from './cors.js';
import { capitalized } from './planned-route.js';
import { problemTemplate } from './vtl.js';

/** A call of a service. */
export interface ServiceCall {
  /** The region of the called resource. */
  readonly region: string;
  /** The service and its action or path: `sqs:path/...`, `dynamodb:action/GetItem`. */
  readonly target: string;
  /** The template of the request. */
  readonly request: string;
  /** Headers of the request to the service. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The permissions of the role. */
  readonly statements: PolicyStatement[];
}

/** The response of a service integration. */
export interface ServiceResponse {
  /** A sample to validate with the contract's schema. @default - none: the template follows the schema */
  readonly sample?: unknown;
  /** The template of the body for a successful call. */
  readonly template: string;
}

const SHARED = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** The service's status codes of a successful call; all others become problems. */
const SUCCEEDED = '2\\d{2}';

/** Integration with one AWS service: a role for one action, templates of the request and response, and problems for errors. */
export abstract class ServiceIntegration<Response> extends Integration<Response> {
  /** The name of the function that creates it, for errors. */
  protected abstract readonly function: string;
  /** True if the service gets the body of the request. */
  protected abstract readonly takesBody: boolean;

  protected abstract call(operation: Operation): ServiceCall;
  protected abstract responseOf(operation: Operation): ServiceResponse;

  /** Returns the errors of the integration's options. */
  protected validateOptions(_operation: Operation): string[] {
    return [];
  }

  validate(operation: Operation): string[] {
    return [
      ...this.validateRequest(operation),
      ...this.validateResponse(operation),
      ...this.validateOptions(operation),
    ];
  }

  render({ scope, name, operation, cors }: IntegrationContext): RenderedIntegration {
    const { region, target, request, headers = {}, statements } = this.call(operation);
    const [status] = successesOf(operation);
    const { template } = this.responseOf(operation);
    const hasBody = (responsesOf(operation).get(status!)?.content.size ?? 0) > 0;
    // With an empty template API Gateway would pass the service's response through.
    const success = `${cors && cors.origins.length > 1 ? originTemplate(cors.origins) : ''}${hasBody ? template : '#set($nothing = "")'}`;
    const failure = `${cors && cors.origins.length > 1 ? originTemplate(cors.origins) : ''}${FAILURE}`;
    const shared = { ...SHARED, ...(cors && unquoted(firstOrigin(cors.origins, gatewayHeaders(cors)))) };
    const headersByStatus = {
      [status!]: shared,
      502: { ...shared, 'Content-Type': 'application/problem+json' },
    };
    const response = (code: number, body: string) => ({
      statusCode: String(code),
      responseParameters: Object.fromEntries(
        Object.entries(headersByStatus[code]!).map(([header, value]) => [
          `method.response.header.${header}`,
          `'${value}'`,
        ]),
      ),
      responseTemplates: { 'application/json': body },
    });
    return {
      validatesBody: this.takesBody,
      responses: Object.fromEntries(
        Object.entries(headersByStatus).map(([code, names]) => [code, declaration(code, names)]),
      ),
      definition: {
        type: 'aws',
        httpMethod: 'POST',
        uri: `arn:${Aws.PARTITION}:apigateway:${region}:${target}`,
        credentials: roleOf(scope, name, statements).roleArn,
        // A body that is not JSON would otherwise pass without a template and validation.
        passthroughBehavior: 'never',
        contentHandling: 'CONVERT_TO_TEXT',
        ...(Object.keys(headers).length > 0 && {
          requestParameters: Object.fromEntries(
            Object.entries(headers).map(([header, value]) => [
              `integration.request.header.${header}`,
              `'${value}'`,
            ]),
          ),
        }),
        requestTemplates: { 'application/json': request },
        responses: { [SUCCEEDED]: response(status!, success), default: response(502, failure) },
      },
    };
  }

  /** Reports features that require a function, and a missing body. */
  private validateRequest({ auth, body, headers, idempotencyKey, idempotent }: Operation): string[] {
    const errors: string[] = [];
    if (typeof auth === 'object' && 'group' in auth && auth.group !== undefined) {
      errors.push(
        `${this.function} does not support a group, which only a function checks: use a scope or an authorizer`,
      );
    }
    if (scopesOf(auth).length > 1) {
      errors.push(
        `${this.function} supports one scope, because API Gateway accepts any of several, got ${scopesOf(auth).join(', ')}`,
      );
    }
    if (this.takesBody && (!body || isBinary(body))) {
      errors.push(`${this.function} requires an operation with a JSON body, which it forwards`);
    }
    for (const [name, value] of Object.entries({ headers, idempotencyKey, idempotent })) {
      if (value)
        errors.push(`${this.function} does not support \`${name}\`: use a function for the operation`);
    }
    return errors;
  }

  private validateResponse(operation: Operation): string[] {
    const successes = successesOf(operation);
    const [status] = successes;
    if (status === undefined || successes.length > 1) {
      return [
        `${this.function} requires an operation with one status below 300, got ${successes.join(', ') || 'none'}`,
      ];
    }
    const { sample } = this.responseOf(operation);
    const content = [...(responsesOf(operation).get(status)?.content ?? [])];
    if (content.length === 0 || sample === undefined) return [];
    const [[type, schema]] = content as [(typeof content)[number]];
    if (content.length > 1 || type !== 'application/json' || isBinary(schema)) {
      return [
        `\`responses.${status}\` must be JSON, which ${this.function} returns, got ${content.map(([contentType]) => contentType).join(', ')}`,
      ];
    }
    const result = schema.safeParse(sample);
    return result.success
      ? []
      : [
          `\`responses.${status}\` must accept ${JSON.stringify(sample)}, which ${this.function} returns: ${result.error.message}`,
        ];
  }
}

const FAILURE = problemTemplate(PROBLEMS.badGateway, 'The service rejected the request.');

/** Returns the statuses of an operation's successful responses. */
export function successesOf(operation: Operation): number[] {
  return [...responsesOf(operation).keys()].filter((status) => status < 300);
}

/** Sets the first of several origins as the default; the template overrides it for requests from another one. */
function firstOrigin(origins: readonly string[], headers: Record<string, string>): Record<string, string> {
  if (origins.length === 1) return headers;
  return { ...headers, 'Access-Control-Allow-Origin': `'${origins[0]}'`, Vary: "'Origin'" };
}

function unquoted(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.slice(1, -1)]));
}

function declaration(status: string, headers: object): object {
  const names = Object.keys(headers).map((name) => [name, { schema: { type: 'string' } }]);
  return { description: `Status ${status}`, headers: Object.fromEntries(names) };
}

/** Creates the role of one integration, which allows one action on one resource. */
function roleOf(parent: Construct, name: string, statements: PolicyStatement[]): Role {
  const id = 'Integrations';
  const scope = parent.node.tryFindChild(id) ?? new Construct(parent, id);
  return new Role(scope as Construct, capitalized(name), {
    description: `Lets API Gateway carry out ${name}`,
    assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
    inlinePolicies: { Service: new PolicyDocument({ statements }) },
  });
}
