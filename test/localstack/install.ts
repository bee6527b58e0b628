import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { installIntoPython } from '../../lib/local/python.js';
import { type RunResult, run, tail } from '../../lib/local/run.js';
import { installOnce, toolCache } from '../../lib/local/tool-cache.js';
import { checkMachine, type Machine } from './machine.js';

export const VERSION = '4.14.0';

/** An installed LocalStack, with what it would fetch itself when it has Docker and the internet. */
export interface Installation {
  /** The Python that has LocalStack. */
  readonly python: string;
  readonly javaHome: string;
  /** The folder with DynamoDB Local and JSONata. */
  readonly jars: string;
  /** The folder with `node_modules` of the Kinesis mock and of Lambda's runtime interface client. */
  readonly packages: string;
}

type Log = (line: string) => void;

const here = (...path: string[]) => join(__dirname, ...path);

/** Published as sources only; each is plain Python. */
const FROM_SOURCE = ['airspeed-ext', 'crontab', 'jsonpath-rw'];

/**
 * Installs LocalStack into the tool cache; later calls need no network. Everything comes from PyPI (pinned by hashes),
 * npm (by a lockfile) and Maven Central (by versions).
 *
 * @throws MissingTool when this machine lacks Python 3.13, Java or Maven
 */
export async function installLocalStack(log: Log, signal?: AbortSignal): Promise<Installation> {
  const machine = await checkMachine();
  const [python, packages, jars] = await Promise.all([
    installIntoPython(machine.python, {
      requirements: here('requirements.txt'),
      title: `LocalStack ${VERSION}`,
      fromSource: FROM_SOURCE,
      compileOnUse: true,
      log,
      signal,
    }),
    installPackages(log, signal),
    installJars(machine, log, signal),
  ]);
  return { python, javaHome: machine.javaHome, jars, packages };
}

function installPackages(log: Log, signal?: AbortSignal): Promise<string> {
  const files = ['package.json', 'package-lock.json'].map((name) => here('runtime', name));
  const proof = 'node_modules/aws-lambda-ric/index.mjs';
  return installOnce(placeOf('localstack-npm', files), proof, async (into) => {
    log('Installing the Kinesis mock and the runtime of functions (once)');
    for (const file of files) cpSync(file, join(into, file.split('/').at(-1)!));
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev', '--loglevel=error'];
    succeeded(await run('npm', ['ci', ...flags], { cwd: into, signal }), 'npm packages');
  });
}

function installJars(machine: Machine, log: Log, signal?: AbortSignal): Promise<string> {
  const files = readdirSync(here('maven')).map((name) => here('maven', name));
  return installOnce(placeOf('localstack-jars', files), 'dynamodb-local/DynamoDBLocal.jar', async (into) => {
    log('Installing DynamoDB Local and JSONata (once)');
    const dynamodb = join(into, 'dynamodb-local');
    const fetch = (name: string, to: string) => fetchJars(machine, name, to, signal);
    await fetch('dynamodb', join(dynamodb, 'DynamoDBLocal_lib'));
    await fetch('jsonata', join(into, 'jsonata'));
    // LocalStack starts DynamoDB Local with an agent of its own, which lifts the limit of 20 indexes and is in no
    // registry. This well-known one takes its place and does nothing.
    await fetch('agent', join(into, 'agent'));
    const [agent] = readdirSync(join(into, 'agent'));
    renameSync(join(into, 'agent', agent!), join(dynamodb, 'ddb-local-loader-0.1.jar'));
    cpSync(here('maven/log4j2.xml'), join(dynamodb, 'log4j2.xml'));
    succeeded(
      await run(machine.python.command, [here('maven/launcher_jar.py'), dynamodb], { signal }),
      'DynamoDB Local',
    );
  });
}

async function fetchJars({ maven, javaHome }: Machine, name: string, into: string, signal?: AbortSignal) {
  mkdirSync(into, { recursive: true });
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
  const settings = ['-B', '-q', '-f', here('maven', `${name}.xml`), `-DoutputDirectory=${into}`];
  const env = { ...process.env, JAVA_HOME: javaHome };
  const result = await run(maven, [goal, ...settings, '-DincludeScope=runtime'], { env, signal });
  succeeded(result, `the packages of ${name}.xml from Maven Central`);
}

/** A folder of the tool cache that is named after what it is made from. */
function placeOf(name: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return join(toolCache(), `${name}-${hash.digest('hex').slice(0, 16)}`);
}

function succeeded({ code, stdout, stderr }: RunResult, what: string): void {
  if (code === 0) return;
  throw new Error(
    `LocalStack needs ${what}, which could not be installed. Is the network there? It is needed once.\n${tail(`${stdout}\n${stderr}`)}`,
  );
}
