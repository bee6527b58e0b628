import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Project, removeProjects } from '../support/project.js';

afterAll(removeProjects);

const TSX = pathToFileURL(require.resolve('tsx')).href;

it('ends the app with its message, without the minified file of the CDK that throws it again', () => {
  const project = new Project({
    'lambda/late.ts': "import { x } from './nowhere.js'; export const handler = async () => x;",
    'app.ts': `import { App, Stack } from 'aws-cdk-lib/core';
      import { NodeFunction } from 'cdk-trellis';
      const app = new App();
      new NodeFunction(new Stack(app, 'Shop'), 'Late', { handler: () => import('./lambda/late.js') });
      app.synth();`,
  });
  for (const name of ['aws-cdk-lib', 'constructs']) {
    project.link(`node_modules/${name}`, dirname(require.resolve(`${name}/package.json`)));
  }
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=cdk-trellis-source', '--import', TSX, 'app.ts'],
    { cwd: project.folder, encoding: 'utf8', env: { ...process.env, CDK_OUTDIR: project.path('cdk.out') } },
  );
  expect(status).toBe(1);
  expect(stderr).toBe(`BundlingError: The code of Shop/Late cannot be bundled (from lambda/late.ts):
  lambda/late.ts:1:19: Could not resolve "./nowhere.js". The file does not exist.
`);
}, 60_000);
