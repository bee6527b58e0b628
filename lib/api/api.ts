import { ApiDefinition, type CfnStage, EndpointType, SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Aws, type CfnOutput, RemovalPolicy, Size, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { apiInfo, type Contract, type Operation, type Operations } from '../contract/contract.js';
import { withoutParameters } from '../contract/path.js';
import type { Bindables } from '../function/binding.js';
import { NodeFunction, type NodeFunctionOptions } from '../function/node-function.js';
import { acknowledge } from '../observability/acknowledge.js';
import { CLIENT_IDS_VARIABLE } from '../runtime/authorize.js';
import { addApiAlarms } from './api-alarms.js';
import type { ApiProps, Route, RouteModule } from './api-props.js';
import { GatewayLogging } from './private/gateway-logging.js';
import { openApiBody } from './private/openapi-body.js';
import { registerApi } from './private/registry.js';
import { stageOptions } from './private/stage.js';

/**
 * A REST API made from a contract: one single-purpose function for each operation, request validation, Cognito
 * authorization, throttling, JSON access logs, tracing, errors as problem+json, alarms on 5xx and p99.
 *
 * Costs at rest: two alarms, $0.20 a month. In use $3.50 per million requests (us-east-1,
 * https://aws.amazon.com/api-gateway/pricing/) and the functions' time.
 *
 * @throws Error when an operation is not public and there are no `users`, when a route lacks or is no operation's
 * @example
 * import { Api, DataTable, UserDirectory } from 'cdk-trellis';
 * import { ordersApi } from '../contracts/orders.js';
 *
 * new Api(stack, 'Api', {
 *   contract: ordersApi,
 *   users: new UserDirectory(stack, 'Users'),
 *   bind: { orders: new DataTable(stack, 'Orders', { partitionKey: 'orderId' }) },
 *   routes: { getOrder: () => import('../lambda/get-order.js') },
 * });
 */
export class Api<
  C extends Operations,
  Modules extends { readonly [Name in keyof C]: RouteModule<C[Name]> },
  const B extends Bindables = Bindables,
> extends Construct {
  /** The REST API underneath. */
  readonly restApi: SpecRestApi;
  /** The function of each operation. */
  readonly functions: { readonly [Name in keyof C]: NodeFunction<Modules[Name]> };
  readonly accessLog: LogGroup;
  readonly alarms: readonly Alarm[];
  /** The address, ending in a slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ApiProps<C, Modules, B>) {
    super(scope, id);
    this.refuseMistakes(props);
    const { contract } = props;
    const info = contract[apiInfo];
    this.functions = this.createFunctions(props);
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const restApiName = props.restApi?.restApiName ?? `${Stack.of(this).stackName}-${info.name}`;
    this.restApi = new SpecRestApi(this, 'RestApi', {
      apiDefinition: ApiDefinition.fromInline(
        openApiBody({
          contract,
          title: restApiName,
          validateBodies: props.validateBodiesAtGateway ?? false,
          ...(props.users && { userPoolArn: props.users.userPoolArn }),
          invocationUri: (operation) =>
            `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${this.functions[operation]!.functionArn}/invocations`,
        }),
      ),
      endpointTypes: [EndpointType.REGIONAL],
      minCompressionSize: Size.kibibytes(1),
      cloudWatchRole: false,
      ...props.restApi,
      restApiName,
      deployOptions: stageOptions(this.accessLog, props.throttle, props.stage, props.restApi?.deployOptions),
    });
    this.keepExecutionLog(props.logRetention);
    if (props.cloudWatchRole ?? true)
      this.restApi.deploymentStage.node.addDependency(GatewayLogging.of(this));
    this.permitInvocations(contract);
    this.acknowledgeFindings();
    this.alarms =
      props.alarms === false ? [] : addApiAlarms(this, this.restApi, info.name, props.alarms ?? {});
    this.url = this.restApi.url;
    registerApi(this, info.name, this.restApi.node.findChild('Endpoint') as CfnOutput);
  }

  private refuseMistakes(props: ApiProps<C, Modules, B>): void {
    const at = `(at ${this.node.path})`;
    const operations = Object.keys(props.contract);
    const routes = Object.keys(props.routes);
    const mistakes = [
      ...operations.filter((name) => !routes.includes(name)).map((name) => `\`routes\` lacks ${name}`),
      ...routes
        .filter((name) => !operations.includes(name))
        .map(
          (name) => `\`routes\` has ${name}, which the contract does not (it has ${operations.join(', ')})`,
        ),
      ...Object.entries(props.contract)
        .filter(([, operation]) => operation.auth !== 'public' && !props.users)
        .map(([name]) => `${name} is not public: \`users\` must be a user directory, got undefined`),
    ];
    if (mistakes.length > 0) throw new Error(`${mistakes.join('\n')} ${at}`);
  }

  private createFunctions(props: ApiProps<C, Modules, B>): Api<C, Modules, B>['functions'] {
    const service = props.contract[apiInfo].name;
    // A scope of their own: an operation may be called like anything else here.
    const scope = new Construct(this, 'Operations');
    return Object.fromEntries(
      Object.entries(props.contract).map(([name, operation]) => {
        const route = props.routes[name] as Route<RouteModule<Operation>>;
        const { handler, ...own } = typeof route === 'function' ? { handler: route } : route;
        const options: NodeFunctionOptions = { ...props.functions, ...own };
        const created = NodeFunction.unchecked(scope, `${name[0]!.toUpperCase()}${name.slice(1)}`, {
          description: `${operation.method} ${operation.path}`,
          ...options,
          environment: {
            POWERTOOLS_SERVICE_NAME: service,
            ...(operation.auth !== 'public' && { [CLIENT_IDS_VARIABLE]: props.users!.clientIds.join(',') }),
            ...props.functions?.environment,
            ...own.environment,
          },
          handler,
          bind: props.bind ?? {},
          invokedSynchronously: true,
        });
        this.refuseOtherOperation(name, created);
        return [name, created];
      }),
    ) as never;
  }

  /** What the compiler tells users of TypeScript. */
  private refuseOtherOperation(name: string, { operation, entry }: NodeFunction): void {
    if (operation === name) return;
    const given = operation
      ? `one that implements ${operation}`
      : `one without \`route(api.${name}, ...)\`, as synth reads it from the source`;
    throw new Error(
      `\`routes.${name}\` must be a module that implements ${name}, got ${given}: ${entry} (at ${this.node.path})`,
    );
  }

  /** API Gateway makes this log group by its name if it is not there, and then keeps it for ever. */
  private keepExecutionLog(retention = RetentionDays.ONE_MONTH): void {
    const { restApiId, deploymentStage } = this.restApi;
    const stageName = (deploymentStage.node.defaultChild as CfnStage).stageName;
    const executionLog = new LogGroup(this, 'ExecutionLog', {
      logGroupName: `API-Gateway-Execution-Logs_${restApiId}/${stageName}`,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    deploymentStage.node.addDependency(executionLog);
  }

  private permitInvocations(contract: Contract<C>): void {
    const { stageName } = this.restApi.deploymentStage;
    for (const [name, { method, path }] of Object.entries(contract)) {
      this.functions[name]!.addPermission('Api', {
        principal: new ServicePrincipal('apigateway.amazonaws.com'),
        sourceArn: this.restApi.arnForExecuteApi(method, withoutParameters(path, '*'), stageName),
      });
    }
  }

  private acknowledgeFindings(): void {
    acknowledge(this.restApi, {
      'AwsSolutions-APIG2':
        'Requests are validated: the validators stand in the OpenAPI body, where this rule does not look.',
    });
    acknowledge(this.restApi.deploymentStage, {
      'AwsSolutions-APIG3':
        'A web ACL costs $5 a month and more; requests are throttled, validated and authorized. Associate one where it is worth it.',
    });
  }
}
