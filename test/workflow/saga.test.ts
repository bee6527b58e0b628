import { Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LogLevel } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { DataTable, defineSaga, HandlerFunction, NodeFunction, Saga } from 'cdk-trellis';
import { expectAlarmWithoutSuccess } from '../support/check-alarm.js';
import { nagFindings } from '../support/nag.js';
import { stableTemplate } from '../support/template.js';
import { templateRecord } from '../support/template-record.js';
import { everything, paid, reserve, reserved } from './definitions.js';
import { Order } from './fixtures/contract.js';
import {
  bindings,
  definitionIn,
  emptyStack,
  isCancelled,
  publishOutcome,
  sagaWith,
  templateWith,
} from './stacks.js';

const NOT_BUNDLED = { 'aws:cdk:bundling-stacks': [] };
const quick = { attempts: 1 };

describe('Saga', () => {
  it('is a state machine with logs, traces, a queue for what waits for a person, and alarms', () => {
    const stack = emptyStack();
    const stock = new DataTable(stack, 'Stock', { partitionKey: 'id' });
    new Saga(stack, 'Fulfilment', { definition: reserved, bind: { stock } });
    expect(templateRecord(stack)).toMatchSnapshot();
  });

  it('leaves cdk-nag nothing to find, whatever it is made of', () => {
    const short = { timeout: Duration.seconds(2), retry: quick, undoRetry: quick };
    const findings = nagFindings((stack) => {
      const bind = bindings(stack);
      new Saga(stack, 'Everything', {
        definition: everything,
        bind,
        cancelled: () => import('./fixtures/is-cancelled.js'),
        onOutcome: () => import('./fixtures/publish-outcome.js'),
      });
      const fulfilment = new Saga(stack, 'Express', {
        definition: defineSaga(Order).step('reserve', { do: reserve, ...short }),
        bind,
        type: 'express',
      });
      new NodeFunction(stack, 'Start', {
        handler: () => import('./fixtures/start.js'),
        bind: { fulfilment },
      });
    }, NOT_BUNDLED);
    expect(findings).toEqual([]);
  });

  it('leaves what users permit its machine on all resources to security scans', () => {
    const findings = nagFindings((stack) => {
      const { stateMachine } = new Saga(stack, 'Saga', { definition: everything, bind: bindings(stack) });
      stateMachine.addToRolePolicy(
        new PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] }),
      );
    }, NOT_BUNDLED);
    expect(findings).toEqual([
      expect.stringMatching(/AwsSolutions-IAM5.*Saga.StateMachine.Role.DefaultPolicy/),
    ]);
  });

  it('keeps its logical id: another one would lose the executions', () => {
    const machines = templateWith({ alarms: false }).findResources('AWS::StepFunctions::StateMachine');
    expect(Object.keys(machines)).toEqual(['FulfilmentStateMachineE22F1BA6']);
  });

  it('may invoke its own functions and write to its queue, and nothing else', () => {
    const stack = emptyStack();
    const { stateMachine, functions, waiting } = sagaWith(
      { definition: everything, cancelled: isCancelled, onOutcome: publishOutcome },
      stack,
    );
    const template = stableTemplate(stack) as any;
    const policies = Object.values<any>(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Policy');
    const [policy] = policies.filter(({ Properties }) =>
      JSON.stringify(Properties.Roles).includes(
        stack.getLogicalId(stateMachine.role.node.defaultChild as never),
      ),
    );
    const statements: any[] = policy.Properties.PolicyDocument.Statement;
    const allowed = (action: string) => [statements.find(({ Action }) => Action === action)?.Resource].flat();
    const arns = Object.values(functions).map(({ functionArn }) => stack.resolve(functionArn));
    expect(Object.keys(functions).sort()).toEqual([
      'approve_do',
      'fraud_do',
      'fraud_undo',
      'note_do',
      'note_undo',
      'pay_card_do',
      'pay_card_undo',
      'pay_invoice_do',
      'reserve_do',
      'reserve_undo',
      'saga_cancelled',
      'saga_outcome',
    ]);
    expect(allowed('lambda:InvokeFunction')).toEqual(arns);
    expect(allowed('sqs:SendMessage')).toEqual([stack.resolve(waiting.queueArn)]);
    const others = statements
      .flatMap(({ Action }) => Action)
      .filter((action) => !/^(logs|xray):/.test(action));
    expect(others).toEqual(['lambda:InvokeFunction', 'sqs:SendMessage']);
  });

  it('names in its definition what it may invoke', () => {
    const template = templateWith({
      definition: everything,
      cancelled: isCancelled,
      onOutcome: publishOutcome,
    });
    const text = JSON.stringify(definitionIn(template));
    const named = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    expect([...named].sort()).toEqual(Object.keys(machine!.Properties.DefinitionSubstitutions).sort());
  });

  it('invokes functions that exist, with their own timeout, or one that is longer', () => {
    const stack = emptyStack();
    const existing = (id: string, timeout?: Duration) =>
      new LambdaFunction(stack, id, {
        runtime: Runtime.NODEJS_24_X,
        code: Code.fromInline('exports.handler = async () => 1'),
        handler: 'index.handler',
        ...(timeout && { timeout }),
      });
    const imported = LambdaFunction.fromFunctionArn(
      stack,
      'Imported',
      'arn:aws:lambda:us-east-1:123456789012:function:charge',
    );
    const made = new Saga(stack, 'Fulfilment', {
      definition: defineSaga(Order)
        .step('check', { do: existing('Check', Duration.seconds(30)) })
        .step('slow', { do: existing('Default'), timeout: Duration.minutes(1) })
        .step('charge', { do: imported, timeout: Duration.seconds(5) })
        .step('reserve', { do: reserve }),
      bind: bindings(stack),
    });
    expect(made.functions.charge_do).toBe(imported);
    const { States } = JSON.parse(
      (stack.resolve((made.stateMachine.node.defaultChild as any).definitionString) as string) ?? '',
    );
    const seconds = ['check', 'slow', 'charge', 'reserve'].map((name) => States[name].TimeoutSeconds - 12);
    expect(seconds).toEqual([30, 60, 5, 10]);
  });

  it("gives a step's function and its undo the step's timeout, so that one never runs beside the other", () => {
    const stack = emptyStack();
    const made = new Saga(stack, 'Fulfilment', {
      definition: defineSaga(Order)
        .step('reserve', { do: { handler: reserve, memorySize: 512 }, timeout: Duration.seconds(20) })
        .step('pay', {
          do: () => import('./fixtures/pay.js'),
          undo: () => import('./fixtures/refund.js'),
          timeout: Duration.seconds(40),
        }),
      bind: bindings(stack),
    });
    const timeouts = Object.values(made.functions).map((fn) => (fn as LambdaFunction).timeout?.toSeconds());
    expect(timeouts).toEqual([20, 40, 40]);
  });
});

describe('the properties of a Saga', () => {
  it('cancelled: asks between the steps', () => {
    const { States } = definitionIn(templateWith({ definition: paid, cancelled: isCancelled }));
    expect(States.reserve.Next).toBe('Is it cancelled before pay?');
    expect(definitionIn(templateWith({ definition: paid })).States.reserve.Next).toBe('Is reserve done?');
  });

  it('onOutcome: is invoked at each end', () => {
    const { States } = definitionIn(
      templateWith({ onOutcome: { handler: publishOutcome, memorySize: 512 } }),
    );
    for (const name of ['Completed', 'Undone', 'Refused']) {
      expect(States[name].Arguments.FunctionName).toBe('${saga_outcome}');
    }
    expect(definitionIn(templateWith()).States.Completed.Type).toBe('Pass');
  });

  it('type: an express saga leaves to a person what it cannot wait for, and has no events', () => {
    const short = { timeout: Duration.seconds(2), retry: quick, undoRetry: quick };
    const definition = defineSaga(Order).step('reserve', {
      do: reserve,
      undo: () => import('./fixtures/release.js'),
      ...short,
    });
    const template = templateWith({ definition, type: 'express' });
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineType: 'EXPRESS' });
    template.resourceCountIs('AWS::Events::Rule', 0);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ExecutionsTimedOut' });
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    expect(definitionIn(template).States['Wait for a person: Undo reserve'].Next).toBe('Undone');
  });

  it('retry and undoRetry: of all steps, unless a step has its own', () => {
    const template = templateWith({
      definition: reserved.step('pay', { do: () => import('./fixtures/pay.js'), retry: { attempts: 1 } }),
      retry: { attempts: 4, interval: Duration.seconds(3), backoff: 1.5, maxInterval: Duration.seconds(9) },
      undoRetry: { attempts: 2 },
      onOutcome: publishOutcome,
    });
    const { States } = definitionIn(template);
    expect(States.reserve.Retry.at(-1)).toEqual({
      ErrorEquals: ['States.ALL'],
      IntervalSeconds: 3,
      MaxAttempts: 3,
      BackoffRate: 1.5,
      MaxDelaySeconds: 9,
      JitterStrategy: 'FULL',
    });
    expect(States['Undo reserve'].Retry.at(-1).MaxAttempts).toBe(1);
    expect(States.Undone.Retry.at(-1).MaxAttempts).toBe(1);
    expect(States.pay.Retry).toHaveLength(1);
  });

  it('functions: are for all, and environments are merged', () => {
    const definition = defineSaga(Order).step('reserve', {
      do: { handler: reserve, memorySize: 1024, environment: { OWN: 'own' } },
      undo: () => import('./fixtures/release.js'),
    });
    const functions = { memorySize: 512, environment: { STAGE: 'beta' } };
    const template = templateWith({ definition, functions });
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 1024,
      Environment: { Variables: Match.objectLike({ OWN: 'own', STAGE: 'beta' }) },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 512,
      Environment: { Variables: Match.objectLike({ STAGE: 'beta', OWN: Match.absent() }) },
    });
  });

  it('alarms: have thresholds and a topic of your own', () => {
    const stack = emptyStack();
    const topic = new Topic(stack, 'Alarms');
    const alarms = { failures: 5, duration: Duration.hours(1), topic };
    const made = sagaWith({ alarms }, stack);
    expect(made.alarms).toHaveLength(4);
    const found = Object.values<any>((stableTemplate(stack) as any).Resources).filter(
      ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
    );
    expect(found.map(({ Properties }) => [Properties.MetricName, Properties.Threshold])).toEqual([
      ['ApproximateNumberOfMessagesVisible', 0],
      ['ExecutionsFailed', 5],
      ['ExecutionTime', 3_600_000],
      // The check for stuck executions: an expression.
      [undefined, 0],
    ]);
    for (const { Properties } of found)
      expect(Properties.AlarmActions).toEqual([stack.resolve(topic.topicArn)]);
  });

  it('alarms: take into account what a saga waits for', () => {
    const template = templateWith({ definition: everything });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ExecutionTime',
      Threshold: Duration.days(1).plus(Duration.minutes(5)).toMilliseconds(),
    });
  });

  it('alarms: can be left out, with the check for stuck executions', () => {
    const template = templateWith({ alarms: false });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    expect(sagaWith({ alarms: { stuckAfter: false } }).alarms).toHaveLength(3);
  });

  it('alarms: the half-hourly check for stuck executions has its time, and may list the executions of this saga only', () => {
    const stack = emptyStack();
    const made = sagaWith({ alarms: { stuckAfter: Duration.hours(2) } }, stack);
    const template = Template.fromStack(stack);
    const machines = template.findResources('AWS::StepFunctions::StateMachine', {
      Properties: { StateMachineType: 'EXPRESS' },
    });
    const [[id, check]] = Object.entries(machines) as [[string, any]];
    const definition: string = check.Properties.DefinitionString;
    expect(definition).toContain('> 7200000');
    const saga = stack.resolve(made.stateMachine.stateMachineArn);
    expect(check.Properties.DefinitionSubstitutions.Saga).toEqual(saga);
    const role = template.findResources('AWS::IAM::Role')[check.Properties.RoleArn['Fn::GetAtt'][0]] as any;
    expect(role.Properties.Policies.map((one: any) => one.PolicyDocument.Statement)).toEqual([
      [{ Effect: 'Allow', Action: 'states:ListExecutions', Resource: saga }],
    ]);
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain(
      check.Properties.RoleArn['Fn::GetAtt'][0],
    );
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(30 minutes)',
      State: 'ENABLED',
      // A message in the saga's queue would be taken for an execution that waits for a person.
      Targets: [{ Arn: { Ref: id }, Input: '{}', DeadLetterConfig: Match.absent() }],
    });
    expectAlarmWithoutSuccess(template, id, 3600);
  });

  it('stateMachine: wins over the defaults', () => {
    const stack = emptyStack();
    const destination = new LogGroup(stack, 'Logs');
    sagaWith(
      {
        stateMachine: {
          stateMachineName: 'fulfilment',
          logs: { destination, level: LogLevel.ERROR, includeExecutionData: true },
          tracingEnabled: false,
        },
      },
      stack,
    );
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'fulfilment',
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: false },
    });
  });
});

describe('a binding to a Saga', () => {
  const statementsOf = (handler: () => Promise<any>) => {
    const stack = emptyStack();
    const fulfilment = sagaWith({ definition: everything }, stack);
    const fn = new HandlerFunction(stack, 'Bound', { sharesBindings: true, handler, bind: { fulfilment } });
    const role = (stableTemplate(stack) as any).Resources[
      stack.getLogicalId(fn.role!.node.defaultChild as never)
    ];
    const found: any[] = role.Properties.Policies[0].PolicyDocument.Statement;
    const arn = stack.resolve(fulfilment.stateMachine.stateMachineArn);
    return { statements: found.filter(({ Action }) => JSON.stringify(Action).includes('states:')), arn };
  };

  it('starts it, and can compare a second start with the first one', () => {
    const { statements, arn } = statementsOf(() => import('./fixtures/start.js'));
    expect(statements).toEqual([
      { Effect: 'Allow', Action: 'states:StartExecution', Resource: arn },
      {
        Effect: 'Allow',
        Action: 'states:DescribeExecution',
        Resource: expect.objectContaining({ 'Fn::Join': expect.anything() }),
      },
    ]);
    expect(JSON.stringify(statements[1].Resource)).toMatch(/:execution:.*:\*/);
  });

  it('responds to the steps that wait', () => {
    const { statements, arn } = statementsOf(() => import('./fixtures/respond.js'));
    expect(statements).toEqual([
      { Effect: 'Allow', Action: ['states:SendTaskSuccess', 'states:SendTaskFailure'], Resource: arn },
    ]);
  });

  it('knows no other access', () => {
    const made = sagaWith();
    expect(made.accesses).toEqual(['start', 'respond']);
    expect(() => made.bindingFor('stop' as never)).toThrow('must be one of start, respond, got stop');
    expect(Stack.of(made)).toBeDefined();
  });
});
