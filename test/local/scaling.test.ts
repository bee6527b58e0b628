import { correction, pairOfEmulators } from './corrections.js';
import { inlineFunction } from './emulator.js';

const emulators = pairOfEmulators(['measured_scaling']);

correction(
  emulators,
  'measured_scaling',
  'serves many invocations at once with few environments',
  async (emulator) => {
    const code = 'exports.handler = () => new Promise((end) => setTimeout(end, 150, process.pid))';
    await emulator.deploy('Burst', { Resources: inlineFunction('Busy', code) });
    const pids = await Promise.all(Array.from({ length: 40 }, () => emulator.invoke('Busy')));
    return { served: pids.filter(Number.isInteger).length, few: new Set(pids).size < 20 };
  },
  { served: 40, few: true },
);

it('goes on when invocations wait for others that wait behind them', async () => {
  const code = `const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');
    exports.handler = async ({ left }) => {
      if (left === 0) return 0;
      const input = { FunctionName: 'Chain', Payload: JSON.stringify({ left: left - 1 }) };
      const { Payload } = await new LambdaClient().send(new InvokeCommand(input));
      return 1 + JSON.parse(Buffer.from(Payload).toString());
    };`;
  const own = [
    { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: 'arn:aws:lambda:*:*:function:Chain' },
  ];
  await emulators.corrected.deploy('Nested', {
    Resources: inlineFunction('Chain', code, { Timeout: 20 }, own),
  });
  expect(await emulators.corrected.invoke('Chain', { left: 6 })).toBe(6);
});
