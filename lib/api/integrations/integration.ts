import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import type { Operation } from '../../contract/operation.js';
import type { Cors } from '../private/cors.js';

/** What an integration is made for. */
export interface IntegrationContext {
  /** Where its role goes. */
  readonly scope: Construct;
  readonly name: string;
  readonly operation: Operation;
  readonly cors?: Cors;
}

/** An integration as the OpenAPI body has it. */
export interface RenderedIntegration {
  /** The `x-amazon-apigateway-integration`. */
  readonly definition: object;
  /** What the operation may answer, by status, with the headers that it sends. */
  readonly responses: Readonly<Record<string, object>>;
  /** Whether the gateway checks the body: nobody else does. */
  readonly validatesBody: boolean;
}

/** An operation that API Gateway carries out by calling an AWS service, without a function. */
export abstract class Integration<Answer> {
  /** Only for the compiler: what the operation answers. */
  declare readonly answer?: Answer;

  /** What is wrong with it for this operation. */
  abstract errors(operation: Operation): string[];

  /** How the gateway calls the service, with a role of its own. */
  abstract render(context: IntegrationContext): RenderedIntegration;
}

/** The body that an operation answers when it succeeds; anything when it has none. */
export type ResponseOf<O extends Operation> = BodyOf<O['responses'][keyof O['responses'] & SuccessStatus]>;

type SuccessStatus = 200 | 201 | 202 | 204;

type BodyOf<Response> = Response extends z.ZodType
  ? z.input<Response>
  : Response extends { readonly body: infer Body extends z.ZodType }
    ? z.input<Body>
    : unknown;

/**
 * A value of the request, as in `params.orderId`: a parameter of the path or the query, something of the signed-in
 * user, or something that a Lambda authorizer told.
 */
export type RequestValue =
  | `params.${string}`
  | `query.${string}`
  | `user.${'sub' | 'username' | 'clientId'}`
  | `context.${string}`;

/** A table of CDK's, or a construct that has one. */
export type TableLike = ITable | { readonly table: ITable };
