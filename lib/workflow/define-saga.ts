import type { input as InputOf, ZodType } from 'zod';
import { SagaDefinition } from './saga-definition.js';
import type {
  CodeOf,
  ModuleChecking,
  ModuleTaking,
  NoRefusal,
  ResultOf,
  SagaCode,
  StepInput,
  StepOptions,
  UndoInput,
} from './saga-types.js';

/** A saga without steps. */
export interface SagaStart<Input> {
  /**
   * The first step. Its module must be made by `step()` and read the `input`: what comes after relies on its check.
   * (A function that exists must check the input itself.)
   */
  step<
    const Name extends string,
    Do extends ModuleChecking<StepInput<{ readonly input: Input }>>,
    Undo extends ModuleTaking<UndoInput<{ readonly input: Input }, Name, ResultOf<Do>>> = never,
  >(
    name: Name,
    step: { readonly do: SagaCode<Do>; readonly undo?: SagaCode<Undo> & NoRefusal<Undo> } & StepOptions,
  ): SagaDefinition<
    Input,
    { readonly input: Input } & { readonly [Own in Name]: ResultOf<Do> },
    Do | Undo,
    CodeOf<Do>
  >;
}

/**
 * Begins the definition of a saga: steps that are all done, or undone again.
 *
 * Each handler is given the context so far, `{ input, reserve, pay ... }`, and the compiler checks that it can read it.
 *
 * @param input the schema of what the saga is started with
 * @example
 * import { defineSaga } from 'cdk-trellis';
 * import { Order } from '../contracts/fulfilment.js';
 *
 * export const fulfilment = defineSaga(Order)
 *   .step('reserve', { do: () => import('../lambda/reserve.js'), undo: () => import('../lambda/release.js') })
 *   .step('pay', { do: () => import('../lambda/pay.js') });
 */
export function defineSaga<Input extends ZodType>(input: Input): SagaStart<InputOf<Input>> {
  return new SagaDefinition(input, []) as unknown as SagaStart<InputOf<Input>>;
}
