import { existingOf, handlerOf, isCall, nothing } from '../planned-step.js';
import type { CallInput, SagaCall } from '../saga-call.js';

/** Pattern of paths of the context. */
export const PATH = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** Place of a call in a saga. */
export interface CallPlace {
  /** Subject of the messages: `` `do` of pay ``. */
  readonly label: string;
  /** Parts of the context at this place. */
  readonly parts: readonly string[];
  readonly isUndo: boolean;
}

/** Validates code of a saga that is not a call. */
export function validateCode(label: string, code: unknown): string[] {
  const isCode =
    (!isCall(code as never) && existingOf(code as never)) || (handlerOf(code as never) && code !== nothing);
  if (isCode) return [];
  const actual = code === nothing ? '`nothing`, which is only for the cases of a choice' : String(code);
  return [`${label} must be a module, \`() => import('./reserve.js')\`, or a function, got ${actual}`];
}

/** Validates a call of a function, for which the compiler has compared the types. */
export function validateCall(
  { function: fn, input, refused, ...more }: SagaCall,
  place: CallPlace,
): string[] {
  const { label, isUndo } = place;
  const unknown = Object.keys(more);
  return [
    ...(existingOf(fn) ? [] : [`\`function\` in ${label} must be a function, got ${String(fn)}`]),
    ...(unknown.length === 0
      ? []
      : [`${label} must have \`function\`, \`input\` and \`refused\` only, got ${unknown.join(', ')}`]),
    ...validateInput(input, place),
    ...(isUndo && refused !== undefined
      ? [`\`refused\` must not be in ${label}, because an undo cannot refuse`]
      : validateRefusals(label, refused)),
  ];
}

function validateInput(input: CallInput, { label, parts, isUndo }: CallPlace): string[] {
  const paths = pathsIn(input);
  const isPath = (path: unknown) =>
    typeof path === 'string' && PATH.test(path) && parts.includes(path.split('.')[0] as string);
  return [
    ...paths
      .filter((path) => !isPath(path))
      .map(
        (path) =>
          `\`input\` in ${label} must have paths of the context (${parts.join(', ')}), as in input.total, got ${JSON.stringify(path) ?? String(path)}`,
      ),
    ...(parts.includes('taskToken') && !isUndo && !paths.includes('taskToken')
      ? [`\`input\` in ${label} must pass on \`taskToken\`, with which the response is sent back`]
      : []),
  ];
}

/** Returns the leaves of a call's input; users of JavaScript may have passed any value. */
function pathsIn(input: CallInput): unknown[] {
  if (typeof input !== 'object' || input === null) return [input];
  return Object.values(input).flatMap(pathsIn);
}

function validateRefusals(label: string, refused: SagaCall['refused']): string[] {
  if (refused === undefined) return [];
  const fields = Object.entries(refused ?? {});
  const values = fields.flatMap(([, codes]) => Object.entries(codes ?? {}));
  return [
    ...(fields.length === 1 && PATH.test(fields[0]?.[0] as string) && values.length > 0
      ? []
      : [
          `\`refused\` in ${label} must have one field of the response with its values, got ${JSON.stringify(refused)}`,
        ]),
    ...values
      .filter(([, code]) => code !== false && (typeof code !== 'string' || code === ''))
      .map(
        ([value, code]) =>
          `\`refused\` in ${label} must have a code or \`false\` for ${value}, got ${JSON.stringify(code)}`,
      ),
  ];
}
