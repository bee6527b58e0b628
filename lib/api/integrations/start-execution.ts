import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { allow } from '../../bindings/bindable.js';
import type { Operation } from '../../contract/operation.js';
import {
  type ServiceCall,
  ServiceIntegration,
  type ServiceResponse,
} from '../private/service-integration.js';
import { expressionOf, jsonText, payloadOf, validatePayload, validateValue } from '../private/vtl.js';
import type { Integration, RequestValue } from './integration.js';

export interface StartExecutionOptions {
  /**
   * What the execution is called, as in `params.orderId`: a standard workflow is started once for a name and an input.
   * 1 to 80 letters, digits, hyphens and underscores, which the parameter's schema should say; another is answered 502.
   * @default - a name that Step Functions makes
   */
  readonly name?: RequestValue;
  /**
   * Values of the request that the input has besides the body, as in `{ customerId: 'user.sub' }`. The input is then
   * `{ body, customerId }`.
   * @default - none: the input is the body
   */
  readonly values?: Readonly<Record<string, RequestValue>>;
}

/** What the operation answers. */
export interface StartedExecution {
  /** The name of the execution: the last part of its ARN. */
  readonly executionId: string;
}

/**
 * Starts a workflow with the body of the request as its input, without a function, and does not wait for it. API Gateway
 * checks the body against its model, which is less than the contract: let the workflow's first function parse it. The
 * input takes 256 KB at most (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html); what Step
 * Functions refuses is answered 502.
 *
 * @throws Error, by `Api`, when the operation has no JSON body, or answers something else than `{ executionId }`
 * @example
 * import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
 * import { startExecution } from 'cdk-trellis';
 *
 * const definitionBody = DefinitionBody.fromChainable(new Pass(stack, 'Done'));
 * const routes = { placeOrder: startExecution(new StateMachine(stack, 'Order', { definitionBody })) };
 */
export function startExecution(
  stateMachine: IStateMachine,
  options: StartExecutionOptions = {},
): Integration<StartedExecution> {
  return new StartExecution(stateMachine, options);
}

class StartExecution extends ServiceIntegration<StartedExecution> {
  protected readonly function = 'startExecution';
  protected readonly takesBody = true;

  constructor(
    private readonly stateMachine: IStateMachine,
    private readonly options: StartExecutionOptions,
  ) {
    super();
  }

  protected override ownErrors(operation: Operation): string[] {
    const { name, values = {} } = this.options;
    return [...validatePayload(values, operation), ...(name ? validateValue('`name', name, operation) : [])];
  }

  protected call(): ServiceCall {
    const { stateMachineArn, env } = this.stateMachine;
    const { name, values = {} } = this.options;
    const { before, expression } = payloadOf(values);
    const called = name ? `"name":${jsonText(expressionOf(name))},` : '';
    return {
      region: env.region,
      target: 'states:action/StartExecution',
      request: `${before}{"stateMachineArn":"${stateMachineArn}",${called}"input":${jsonText(expression)}}`,
      statements: [allow('states', ['StartExecution'], [stateMachineArn])],
    };
  }

  protected answerOf(): ServiceResponse {
    return {
      sample: { executionId: '5fea7756-0ea4-451a-a703-a558b933e274' },
      template: `{"executionId":"$input.path('$.executionArn').replaceAll("^.*:", "")"}`,
    };
  }
}
