import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishLayerVersionCommand,
} from '@aws-sdk/client-lambda';
import { correction, pairOfEmulators } from './corrections.js';
import { Emulator, inlineFunction, isRunning, zipOf } from './emulator.js';
import { rawRequest } from './raw-request.js';

const emulators = pairOfEmulators([
  'custom_runtime_environment',
  'layers_of_custom_runtimes',
  'custom_runtime_errors',
]);

/** A runtime in shell whose handler is this code; what it prints is the response. */
const runtime = (handler: string) => `#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  # A test that was killed leaves no Runtime API.
  headers=$(curl -sSf -D - -o /dev/null "$api/invocation/next") || exit 1
  id=$(echo "$headers" | grep -i '^Lambda-Runtime-Aws-Request-Id:' | cut -d: -f2 | tr -d '[:space:]')
  response=$(${handler})
  curl -sS -o /dev/null --data-binary "$response" "$api/invocation/$id/response"
done
`;

/** An archive of executable files. */
function archive(files: Record<string, string>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-zip-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return zipOf(folder);
}

async function create(
  emulator: Emulator,
  FunctionName: string,
  files: Record<string, string>,
  layers: Record<string, string>[] = [],
): Promise<void> {
  const lambda = new LambdaClient(emulator.client);
  const Layers: string[] = [];
  for (const layer of layers) {
    const LayerName = `${FunctionName}${Layers.length}`;
    const published = await lambda.send(
      new PublishLayerVersionCommand({ LayerName, Content: { ZipFile: archive(layer) } }),
    );
    Layers.push(published.LayerVersionArn!);
  }
  await emulator.deploy(FunctionName, { Resources: inlineFunction(`${FunctionName}Any`, '') });
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'provided.al2023',
      Role: `arn:aws:iam::000000000000:role/${FunctionName}AnyRole`,
      Handler: 'bootstrap',
      Code: { ZipFile: archive(files) },
      Environment: { Variables: { OWN: 'mine' } },
      Layers,
    }),
  );
}

correction(
  emulators,
  'custom_runtime_environment',
  "shows a custom runtime its own variables and Lambda's, none of the emulator, and where the services are",
  async (emulator) => {
    const names = ['OWN', 'AUTH', 'GATEWAY_PORT', 'TZ', 'AWS_ENDPOINT_URL', '_HANDLER', 'AWS_REGION'];
    const list = names.map((name) => `"\${${name}-none}"`).join(',');
    await create(emulator, 'Environment', { bootstrap: runtime(`echo "[${list.replaceAll('"', '\\"')}]"`) });
    const [own, auth, port, zone, endpoint, ...rest] = await emulator.invoke('Environment');
    return [own, auth, port, zone, endpoint === emulator.endpoint, ...rest];
  },
  ['mine', 'none', 'none', ':UTC', true, 'bootstrap', 'us-east-1'],
);

describe('layers_of_custom_runtimes', () => {
  const layers: Record<string, string>[] = [
    { 'bin/tool': '#!/bin/sh\nprintf \'"of the first layer"\'', 'bin/first': '#!/bin/sh\n' },
    { 'bin/tool': '#!/bin/sh\nprintf \'"of the second layer"\'' },
  ];
  const observed = async (emulator: Emulator) => {
    await create(emulator, 'Programs', { bootstrap: runtime('first && tool') }, layers);
    await create(emulator, 'Shared', { 'data.txt': '"of the code"' }, [
      { bootstrap: runtime('cat "$LAMBDA_TASK_ROOT/data.txt"') },
    ]);
    return [await emulator.invoke('Programs'), await emulator.invoke('Shared')];
  };
  const aws = ['of the second layer', 'of the code'];

  it("finds the layers' programs, the last one's first, and a runtime in a layer", async () => {
    expect(await observed(emulators.corrected)).toEqual(aws);
  });
  it('is still needed', async () => {
    expect(await observed(emulators.plain).catch((error: Error) => error)).not.toEqual(aws);
  });
});

correction(
  emulators,
  'custom_runtime_errors',
  'returns the error that the runtime reported, or how it ended',
  async (emulator) => {
    const failed = '{"errorType":"NoTable","errorMessage":"missing","stackTrace":["line 1"]}';
    const initError = `#!/bin/sh\ncurl -sS -o /dev/null --data-binary '${failed}' "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/init/error"\nexit 1\n`;
    const runtimes = {
      Reports: initError,
      Ends: '#!/bin/sh\nexit 3\n',
      Leaves: '#!/bin/sh\nexit 0\n',
      Dies: '#!/bin/sh\nkill -9 $$\n',
      EndsLater: runtime('kill $$'),
    };
    const errors: unknown[] = [];
    for (const [name, bootstrap] of Object.entries(runtimes)) {
      await create(emulator, name, { bootstrap });
      const { errorMessage, ...rest } = await emulator.invoke(name);
      errors.push({
        ...rest,
        errorMessage: errorMessage.replace(/^RequestId: [0-9a-f-]{36} /, 'RequestId: ... '),
      });
    }
    return errors;
  },
  [
    { errorType: 'NoTable', errorMessage: 'missing', stackTrace: ['line 1'] },
    ...[
      'Runtime exited with error: exit status 3',
      'Runtime exited without providing a reason',
      'Runtime exited with error: signal: killed',
      'Runtime exited with error: signal: terminated',
    ].map((end) => ({ errorType: 'Runtime.ExitError', errorMessage: `RequestId: ... Error: ${end}` })),
  ],
);

it('logs what a runtime wrote before it failed', async () => {
  const { corrected } = emulators;
  await create(corrected, 'Logs', { bootstrap: '#!/bin/sh\necho "no table" >&2\nexit 1\n' });
  const lambda = new LambdaClient(corrected.client);
  const { LogResult = '' } = await lambda.send(new InvokeCommand({ FunctionName: 'Logs', LogType: 'Tail' }));
  expect(Buffer.from(LogResult, 'base64').toString()).toContain('no table');
});

describe.each([
  ['ends with the emulator', [] as string[], true],
  ['would go on for ever otherwise', ['custom_runtimes_end_with_the_emulator'], false],
])('a runtime that polls for ever, despite errors, %s', (_, without, ends) => {
  const stubborn = runtime('printf $$').replace('|| exit 1', '|| sleep 0.1');

  it.each(['kill', 'stop'] as const)('(%s)', async (end) => {
    const emulator = await Emulator.start(without);
    await create(emulator, 'Stubborn', { bootstrap: stubborn });
    const pid: number = await emulator.invoke('Stubborn');
    try {
      expect(isRunning(pid)).toBe(true);
      await emulator[end]();
      for (let waited = 0; waited < 300 && isRunning(pid) === ends; waited += 1) await sleep(100);
      expect(isRunning(pid)).toBe(!ends);
    } finally {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
      if (end === 'kill') await emulator.stop();
    }
  });
});

describe('the Runtime API', () => {
  it('accepts requests with the secret of the environment only, and no page in a browser', async () => {
    const { corrected } = emulators;
    await create(corrected, 'Address', { bootstrap: runtime('printf \'"%s"\' "$AWS_LAMBDA_RUNTIME_API"') });
    const api: string = await corrected.invoke('Address');
    const [host, secret] = api.split('/') as [string, string];
    const port = Number(host.split(':')[1]);
    const response = '/2018-06-01/runtime/invocation/none/response';
    const statusFor = (path: string, ...headers: string[]) =>
      rawRequest(port, [`POST ${path} HTTP/1.1`, ...headers]);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect([
      await statusFor(`/${secret}${response}`, `Host: ${host}`),
      await statusFor(response, `Host: ${host}`),
      await statusFor(`/${secret.slice(1)}x${response}`, `Host: ${host}`),
      await statusFor(`//${response}`, `Host: ${host}`),
      await statusFor(`http://${host}/${secret}${response}`, `Host: ${host}`),
      await statusFor(`/${secret}${response}`, `Host: ${host}`, 'Origin: http://evil.example'),
      await statusFor(`/${secret}${response}`, `Host: ${host}`, 'Sec-Fetch-Site: cross-site'),
      await statusFor(`/${secret}${response}`, `Host: evil.example:${port}`),
    ]).toEqual([400, 403, 403, 403, 403, 403, 403, 403]);
    expect(
      await rawRequest(port, ['GET /2018-06-01/runtime/invocation/next HTTP/1.1', `Host: ${host}`]),
    ).toBe(403);
    expect(await corrected.invoke('Address')).toBe(api);
  });

  it('has a secret for each environment', async () => {
    const { corrected } = emulators;
    const printed = runtime('printf \'"%s"\' "$AWS_LAMBDA_RUNTIME_API"');
    for (const name of ['First', 'Second']) await create(corrected, name, { bootstrap: printed });
    const [first, second]: string[] = await Promise.all(
      ['First', 'Second'].map((name) => corrected.invoke(name)),
    );
    expect(first?.split('/')[1]).not.toBe(second?.split('/')[1]);
  });
});
