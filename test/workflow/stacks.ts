import { Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Stack } from 'aws-cdk-lib/core';
import { DataTable, Saga } from 'cdk-trellis';
import { newStack } from '../support/template.js';
import { reserved } from './definitions.js';

export const isCancelled = () => import('./fixtures/is-cancelled.js');
export const publishOutcome = () => import('./fixtures/publish-outcome.js');

/** A stack whose code is not bundled. */
export const emptyStack = () => newStack({ 'aws:cdk:bundling-stacks': [] });

/** Everything that the fixtures need. */
export function bindings(stack: Stack) {
  return {
    stock: new DataTable(stack, 'Stock', { partitionKey: 'id' }),
    orders: new DataTable(stack, 'Orders', { partitionKey: 'id' }),
    events: new EventBus(stack, 'Events'),
  };
}

/** A saga with properties that the compiler would not let pass everywhere. */
export function sagaWith(props: object = {}, stack = emptyStack()): Saga {
  return new Saga(stack, 'Fulfilment', { definition: reserved, bind: bindings(stack), ...props } as never);
}

export const templateWith = (props: object = {}) => {
  const stack = emptyStack();
  sagaWith(props, stack);
  return Template.fromStack(stack);
};

/** The definition of the only state machine in a template. */
export function definitionIn(template: Template): { StartAt: string; States: Record<string, any> } {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  return JSON.parse(machine!.Properties.DefinitionString);
}
