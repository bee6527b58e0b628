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
   * Adds the first step. Its module must call `step()` and read the `input`: the later steps rely on its validation.
   * (An existing function must validate the input itself.)
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
    { readonly input: Input } & { readonly [Key in Name]: ResultOf<Do> },
    Do | Undo,
    CodeOf<Do>
  >;
}

/**
 * Starts the definition of a saga: steps that all succeed, or are undone.
 *
 * Each handler gets the context so far, `{ input, reserve, pay ... }`, and the compiler checks that it accepts it.
 *
 * @param input the schema of the saga's input
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
