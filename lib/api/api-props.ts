import type { SpecRestApiProps, StageOptions } from 'aws-cdk-lib/aws-apigateway';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Contract, Operation, Operations } from '../contract/contract.js';
import type { Bindables, BindCheck } from '../function/binding.js';
import type { NodeFunctionOptions } from '../function/node-function-props.js';
import type { IUserDirectory } from '../identity/user-directory.js';
import type { Needs } from '../runtime/need.js';
import type { RouteHandler } from '../runtime/route.js';
import type { ApiAlarmProps } from './api-alarms.js';

/** The module of a function that implements the operation. */
export interface RouteModule<O extends Operation> {
  readonly handler: RouteHandler<O, Needs>;
}

/** How an operation is implemented: its module, or the module and properties of its function. */
export type Route<Module> =
  | (() => Promise<Module>)
  | (NodeFunctionOptions & { readonly handler: () => Promise<Module> });

export interface ApiProps<
  C extends Operations,
  Modules extends { readonly [Name in keyof C]: RouteModule<C[Name]> },
  B extends Bindables,
> {
  /** What the API promises. */
  readonly contract: Contract<C>;
  /** The module of every operation, as in `{ getOrder: () => import('../lambda/orders/get.js') }`. */
  readonly routes: {
    readonly [Name in keyof Modules]: Route<Modules[Name]> & BindCheck<Modules[Name], B>;
  } & { readonly [Name in keyof C]: Route<RouteModule<C[Name]>> };
  /** What the functions need, by the names they gave it. Each is granted only what it declared. @default - nothing */
  readonly bind?: B;
  /** Who signs in. Required when an operation is not public. */
  readonly users?: IUserDirectory;
  /**
   * Requests a second that the API takes, on average and in a burst; more are answered 429.
   * @default 100 a second and 200 in a burst, so that a mistake or an attack has a bounded bill
   */
  readonly throttle?: { readonly requestsPerSecond: number; readonly burst: number };
  /**
   * Whether the gateway refuses invalid bodies before a function runs. It spares invocations, but says no more than
   * "Invalid request body" in the problem, and what it found in the header `X-Validation-Error`.
   * @default false: the function refuses them, naming every mistake and its place
   */
  readonly validateBodiesAtGateway?: boolean;
  /** Properties of every function of the API. A route's own win; environments are merged. @default - those of NodeFunction */
  readonly functions?: NodeFunctionOptions;
  /** Alarms on failing and on slow requests; `false` for none. @default - both, with their default thresholds */
  readonly alarms?: ApiAlarmProps | false;
  /** How long the logs of requests and of the gateway's own errors are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /**
   * Whether the stack sets the role that API Gateway writes logs with: one setting for the whole account and region.
   * @default true
   */
  readonly cloudWatchRole?: boolean;
  /** Any property of the stage; it wins over the defaults. */
  readonly stage?: StageOptions;
  /** Any property of the REST API underneath; it wins over the defaults. */
  readonly restApi?: Partial<Omit<SpecRestApiProps, 'apiDefinition' | 'deploy'>>;
}
