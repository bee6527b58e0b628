import jsonata from 'jsonata';

const START = '2026-11-30T12:00:00.000Z';

type Values = Readonly<Record<string, unknown>>;

/** A value with the expressions in it evaluated by the reference implementation of JSONata. */
async function evaluated(template: any, values: Values): Promise<any> {
  if (typeof template === 'string' && template.startsWith('{%')) {
    const value = await jsonata(template.slice(2, -2)).evaluate({}, { ...values });
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  }
  if (typeof template !== 'object' || template === null) return template;
  const entries = await Promise.all(
    Object.entries(template).map(async ([key, value]) => [key, await evaluated(value, values)]),
  );
  return Object.fromEntries(entries);
}

/**
 * Runs the states of a check that began at noon.
 *
 * @param call what the API returns for its arguments
 */
export async function runCheck(
  states: Readonly<Record<string, any>>,
  call: (args: any) => unknown,
): Promise<{ readonly status: string; readonly cause?: string }> {
  let name = Object.keys(states)[0]!;
  let input: unknown = {};
  let variables: Values = {};
  for (;;) {
    const state = states[name];
    const context = { Execution: { StartTime: START } };
    const values = { ...variables, states: { input, context } };
    if (state.Type === 'Succeed') return { status: 'SUCCEEDED' };
    if (state.Type === 'Fail') {
      return { status: state.Error, cause: await evaluated(state.Cause, values) };
    }
    if (state.Type === 'Choice') {
      const conditions = await Promise.all(
        state.Choices.map(({ Condition }: { Condition: string }) => evaluated(Condition, values)),
      );
      for (const condition of conditions) expect(typeof condition).toBe('boolean');
      name = state.Choices[conditions.indexOf(true)]?.Next ?? state.Default;
      continue;
    }
    const result = call(await evaluated(state.Arguments, values));
    const after = { ...variables, states: { input, context, result } };
    variables = { ...variables, ...(await evaluated(state.Assign ?? {}, after)) };
    input = await evaluated(state.Output, after);
    name = state.Next;
  }
}
