// The behaviour suite and the drills on LocalStack: a fresh one without Docker, or the one at LOCALSTACK_ENDPOINT.
// Usage: run.ts [REPORT]
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CloudInfo, LocalCloudError } from '../../lib/local/index.js';
import { claimPort } from '../../lib/local/port.js';
import { type Outcome, runJest, unusedEntries } from '../behaviour/jest-run.js';
import type { SuiteTarget } from '../behaviour/left-out.js';
import { conclude } from '../behaviour/results.js';
import { census, layersLeft, layerVersions } from './census.js';
import { appClientId, type DeployedApp, deploy, furnish, type Place } from './deployed.js';
import { joinLocalStack } from './existing.js';
import { installLocalStack, VERSION } from './install.js';
import { type Instance, startLocalStack } from './instance.js';
import { MissingTool } from './machine.js';

const root = join(__dirname, '../..');
const log = (line: string) => console.log(line);

const REAL = ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

async function main(report: string | undefined): Promise<void> {
  const unused = REAL.filter((name) => process.env[name]);
  if (unused.length > 0) log(`Not used, as LocalStack has credentials of its own: ${unused.join(', ')}`);
  const given = process.env.LOCALSTACK_ENDPOINT;
  const target = given ? 'foreign' : 'localstack';
  const outcomes: Outcome[] = [];
  const localStack = given ? await joinLocalStack(given, log) : await ownLocalStack(outcomes);
  const place = { ...localStack, log };
  try {
    const before = await census(place.endpoint);
    // The drill's Outbox publishes to this proxy, which fails some of the calls.
    process.env.TRELLIS_DRILL_EVENTS = `http://127.0.0.1:${await claimPort(0)}`;
    const layers: string[] = [];
    // Deployed first, so that its schedule has fired by the time it is looked at.
    await within(join(__dirname, 'drill/app'), 'drill', place, layers, async ({ info: drill }) => {
      await within(root, 'storefront', place, layers, async ({ info }) => {
        await furnish(info);
        const env = {
          TRELLIS_INFO: saved('info.json', info, place),
          TRELLIS_TOKEN_KEY: place.tokenKey,
          TRELLIS_CLIENT_ID: await appClientId(place.endpoint),
        };
        outcomes.push(runJest('behaviour', target, place.folder, env));
      });
      const env = { TRELLIS_DRILL_INFO: saved('drill.json', drill, place) };
      outcomes.push(runJest('localstack', target, place.folder, env));
    });
    const left = [
      ...(await census(place.endpoint)).filter((what) => !before.includes(what)),
      ...(await layersLeft(place.endpoint, layers)),
    ];
    for (const what of left) console.error(`Left behind after everything was destroyed: ${what}`);
    finish(target, report, outcomes, left.length);
  } finally {
    await localStack.stop();
  }
}

/** Our pieces are tested before they are used. */
async function ownLocalStack(outcomes: Outcome[]): Promise<Instance> {
  const installed = await installLocalStack(log);
  outcomes.push(testPieces(installed.python));
  // For the drill that asks this LocalStack what it has.
  process.env.TRELLIS_LOCALSTACK_INSTALLED = installed.python;
  const instance = await startLocalStack(installed);
  log(`LocalStack ${VERSION} at ${instance.endpoint}`);
  return instance;
}

function testPieces(python: string): Outcome {
  const { status, stderr } = spawnSync(python, ['-B', '-m', 'unittest', 'test_plugin'], {
    cwd: join(__dirname, 'plugin'),
    encoding: 'utf8',
  });
  if (status !== 0) console.error(stderr);
  const count = Number(/^Ran (\d+) tests?/m.exec(stderr)?.[1] ?? 0);
  return { passed: status === 0 ? count : 0, failed: status === 0 && count > 0 ? 0 : 1, expectations: [] };
}

/**
 * Deploys an app, does something with it and destroys it, whatever comes of that.
 *
 * @param layers gets the layer versions that it had
 */
async function within(
  projectDir: string,
  name: string,
  place: Place,
  layers: string[],
  work: (app: DeployedApp) => Promise<void>,
): Promise<void> {
  const app = await timed(`deployed the ${name}`, () => deploy(projectDir, name, place));
  try {
    layers.push(...(await layerVersions(place.endpoint, Object.keys(app.info.outputs))));
    await timed(`ran the tests of the ${name}`, () => work(app));
  } finally {
    await timed(`destroyed the ${name}`, () => app.destroy());
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const result = await work();
  log(`${what} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  return result;
}

function saved(name: string, info: CloudInfo, { folder }: Place): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(info));
  return file;
}

function finish(
  target: SuiteTarget,
  report: string | undefined,
  outcomes: readonly Outcome[],
  left: number,
): void {
  const expectations = outcomes.flatMap((outcome) => outcome.expectations);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  let failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0) + (left > 0 ? 1 : 0);
  failed += unusedEntries(target, expectations);
  failed += conclude(target, { failed, expectations });
  if (report) writeFileSync(report, JSON.stringify({ passed, failed }));
  process.exitCode = failed > 0 ? 1 : 0;
}

main(process.argv[2]).catch((error) => {
  const isTold = error instanceof MissingTool || error instanceof LocalCloudError;
  console.error(isTold ? error.message : error);
  process.exitCode = 1;
});
