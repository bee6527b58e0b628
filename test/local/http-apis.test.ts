import { correction, pairOfEmulators } from './corrections.js';
import { HTTP_API, PARTNER } from './guarded-app.js';

const emulators = pairOfEmulators(['http_api_cors']);

const ids = new Map<object, string>();
beforeAll(async () => {
  for (const emulator of [emulators.corrected, emulators.plain]) {
    const template = { Resources: HTTP_API, Outputs: { Id: { Value: { Ref: 'HttpApi' } } } };
    ids.set(emulator, (await emulator.deploy('Http', template)).Id as string);
  }
});

correction(
  emulators,
  'http_api_cors',
  'sends the CORS headers of the template, for a preflight and for a request',
  async (emulator) => {
    const url = `${emulator.endpoint}/_aws/execute-api/${ids.get(emulator)}/here`;
    const allowed = [];
    for (const origin of [PARTNER, 'http://evil.example'])
      for (const method of ['OPTIONS', 'GET']) {
        const headers = { origin, 'access-control-request-method': 'GET' };
        allowed.push((await fetch(url, { method, headers })).headers.get('access-control-allow-origin'));
      }
    return allowed;
  },
  [PARTNER, PARTNER, null, null],
);
