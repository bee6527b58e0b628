import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import type { Operation } from '../../contract/operation.js';
import type { Cors } from '../private/cors.js';

/** The operation of an integration, and the scope of its resources. */
export interface IntegrationContext {
  /** The parent of its role. */
  readonly scope: Construct;
  readonly name: string;
  readonly operation: Operation;
  readonly cors?: Cors;
}

/** The parts of an integration in the OpenAPI body. */
export interface RenderedIntegration {
  /** The `x-amazon-apigateway-integration`. */
  readonly definition: object;
  /** The OpenAPI responses with their headers, by status. */
  readonly responses: Readonly<Record<string, object>>;
  /** True if the gateway must validate the body, because no function does. */
  readonly validatesBody: boolean;
}

/** Implementation of an operation by a call of API Gateway to an AWS service, without a function. */
export abstract class Integration<Response> {
  /** Compile-time only: the body of the operation's response. */
  declare readonly response?: Response;

  /** Returns the errors of the integration for an operation. */
  abstract validate(operation: Operation): string[];

  /** Creates the integration's role and returns its definition. */
  abstract render(context: IntegrationContext): RenderedIntegration;
}

/** The body of an operation's successful response; `unknown` without a body. */
export type ResponseOf<O extends Operation> = BodyOf<O['responses'][keyof O['responses'] & SuccessStatus]>;

type SuccessStatus = 200 | 201 | 202 | 204;

type BodyOf<Response> = Response extends z.ZodType
  ? z.input<Response>
  : Response extends { readonly body: infer Body extends z.ZodType }
    ? z.input<Body>
    : unknown;

/**
 * A value of the request, as in `params.orderId`: a path or query parameter, a claim of the signed-in user, or a value
 * of a Lambda authorizer's context.
 */
export type RequestValue =
  | `params.${string}`
  | `query.${string}`
  | `user.${'sub' | 'username' | 'clientId'}`
  | `context.${string}`;

/** CDK's table, or a construct with a `table`. */
export type TableLike = ITable | { readonly table: ITable };
