import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { scopesOf } from '../../contract/auth.js';
import { isBinary } from '../../contract/body.js';
import type { Operation } from '../../contract/operation.js';
import { responsesOf } from '../../contract/responses.js';
import {
  Integration,
  type IntegrationContext,
  type RenderedIntegration,
} from '../integrations/integration.js';
import { gatewayHeaders, originTemplate } from './cors.js';
import { capitalized } from './planned-route.js';
import { problemTemplate } from './vtl.js';

/** How a service is called. */
export interface ServiceCall {
  /** The region that the service is called in, the service, and what of it: `sqs:path/...`, `dynamodb:action/GetItem`. */
  readonly region: string;
  readonly target: string;
  /** The template of the request. */
  readonly request: string;
  /** Headers of the request to the service. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the role may do. */
  readonly statements: PolicyStatement[];
}

/** What a service's answers become. */
export interface ServiceResponse {
  /** An answer as it will be, to hold against the contract. @default - the contract says all of it */
  readonly sample?: unknown;
  /** The template of the body when the service has done it. */
  readonly template: string;
}

const SHARED = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** Of all statuses that services answer: what is none of these has not succeeded. */
const SUCCEEDED = '2\\d{2}';

/** An integration with one AWS service: a role for the one action, a template there and one back, problems for the rest. */
export abstract class ServiceIntegration<Answer> extends Integration<Answer> {
  /** What it is called in errors. */
  protected abstract readonly function: string;
  /** Whether the body of the request is handed on. */
  protected abstract readonly takesBody: boolean;

  protected abstract call(operation: Operation): ServiceCall;
  protected abstract answerOf(operation: Operation): ServiceResponse;

  /** What is wrong with its own options. */
  protected ownErrors(_operation: Operation): string[] {
    return [];
  }

  errors(operation: Operation): string[] {
    return [
      ...this.validateRequest(operation),
      ...this.validateResponse(operation),
      ...this.ownErrors(operation),
    ];
  }

  render({ scope, name, operation, cors }: IntegrationContext): RenderedIntegration {
    const { region, target, request, headers = {}, statements } = this.call(operation);
    const [status] = successesOf(operation);
    const { template } = this.answerOf(operation);
    const hasBody = (responsesOf(operation).get(status!)?.content.size ?? 0) > 0;
    // A template that is empty would hand the service's answer on.
    const success = `${cors && cors.origins.length > 1 ? originTemplate(cors.origins) : ''}${hasBody ? template : '#set($nothing = "")'}`;
    const failure = `${cors && cors.origins.length > 1 ? originTemplate(cors.origins) : ''}${FAILURE}`;
    const shared = { ...SHARED, ...(cors && unquoted(firstOrigin(cors.origins, gatewayHeaders(cors)))) };
    const sent = {
      [status!]: shared,
      502: { ...shared, 'Content-Type': 'application/problem+json' },
    };
    const response = (code: number, body: string) => ({
      statusCode: String(code),
      responseParameters: Object.fromEntries(
        Object.entries(sent[code]!).map(([header, value]) => [
          `method.response.header.${header}`,
          `'${value}'`,
        ]),
      ),
      responseTemplates: { 'application/json': body },
    });
    return {
      validatesBody: this.takesBody,
      responses: Object.fromEntries(
        Object.entries(sent).map(([code, names]) => [code, declaration(code, names)]),
      ),
      definition: {
        type: 'aws',
        httpMethod: 'POST',
        uri: `arn:${Aws.PARTITION}:apigateway:${region}:${target}`,
        credentials: roleOf(scope, name, statements).roleArn,
        // What is not JSON would pass without a template, and without a check.
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

  /** What only a function would check, or there is nothing for it to hand on. */
  private validateRequest({ auth, body, headers, idempotencyKey, idempotent }: Operation): string[] {
    const found: string[] = [];
    if (typeof auth === 'object' && 'group' in auth && auth.group !== undefined) {
      found.push(
        `${this.function} checks no group, which is for a function to do: use a scope or an authorizer`,
      );
    }
    if (scopesOf(auth).length > 1) {
      found.push(
        `${this.function} is for one scope, as API Gateway is content with any of several, got ${scopesOf(auth).join(', ')}`,
      );
    }
    if (this.takesBody && (!body || isBinary(body))) {
      found.push(`${this.function} is for an operation with a JSON body, which it hands on`);
    }
    if (headers) found.push(`${this.function} checks no \`headers\`: let a function serve the operation`);
    if (idempotencyKey) {
      found.push(`${this.function} checks no \`idempotencyKey\`: let a function serve the operation`);
    }
    if (idempotent) {
      found.push(
        `${this.function} keeps no responses, as \`idempotent\` asks: let a function serve the operation`,
      );
    }
    return found;
  }

  private validateResponse(operation: Operation): string[] {
    const successes = successesOf(operation);
    const [status] = successes;
    if (status === undefined || successes.length > 1) {
      return [
        `${this.function} is for an operation with one status below 300, got ${successes.join(', ') || 'none'}`,
      ];
    }
    const { sample } = this.answerOf(operation);
    const content = [...(responsesOf(operation).get(status)?.content ?? [])];
    if (content.length === 0 || sample === undefined) return [];
    const [[type, schema]] = content as [(typeof content)[number]];
    if (content.length > 1 || type !== 'application/json' || isBinary(schema)) {
      return [`${this.function} answers JSON, got ${content.map(([one]) => one).join(', ')}`];
    }
    const result = schema.safeParse(sample);
    return result.success
      ? []
      : [
          `${this.function} answers ${JSON.stringify(sample)}, which \`responses.${status}\` does not take: ${result.error.message}`,
        ];
  }
}

const FAILURE = problemTemplate(502, 'The service did not answer', 'It did not take the request.');

/** The statuses by which an operation says that it has succeeded. */
export function successesOf(operation: Operation): number[] {
  return [...responsesOf(operation).keys()].filter((status) => status < 300);
}

/** With several origins the first one stands there, and the template says another where it is that one which asks. */
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

/** A role for one integration: what it may do is one action on one thing. */
function roleOf(parent: Construct, name: string, statements: PolicyStatement[]): Role {
  const id = 'Integrations';
  const scope = parent.node.tryFindChild(id) ?? new Construct(parent, id);
  return new Role(scope as Construct, capitalized(name), {
    description: `Lets API Gateway carry out ${name}`,
    assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
    inlinePolicies: { Service: new PolicyDocument({ statements }) },
  });
}
