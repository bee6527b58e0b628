import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimPort } from '../../lib/local/port.js';
import { endGroup, tail } from '../../lib/local/run.js';
import type { Installation } from './install.js';

const READY_WITHIN = 60_000;
const STOPS_WITHIN = 20_000;

/** A LocalStack that holds nothing yet and ends with this process. */
export interface Instance {
  readonly endpoint: string;
  /** Key of the tokens that its substitute for authorizers accepts. */
  readonly tokenKey: string;
  /** Which Node.js runs the functions of a runtime, by major. */
  readonly nodesFile: string;
  readonly logFile: string;
  /** Folder of this run, deleted at its end. */
  readonly folder: string;
  stop(): Promise<void>;
}

export async function startLocalStack(installed: Installation, signal?: AbortSignal): Promise<Instance> {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-localstack-'));
  const port = await claimPort(0);
  const instance = {
    endpoint: `http://127.0.0.1:${port}`,
    tokenKey: randomBytes(32).toString('hex'),
    nodesFile: join(folder, 'nodes.json'),
    logFile: join(folder, 'localstack.log'),
    folder,
  };
  writeFileSync(instance.nodesFile, '{}');
  furnish(installed, join(folder, 'root/var/lib/localstack'));
  mkdirSync(join(folder, 'tmp'));
  const log = openSync(instance.logFile, 'w');
  const child = spawn(installed.python, ['-m', 'localstack.runtime.main'], {
    cwd: folder,
    env: environment(installed, instance, port),
    stdio: ['ignore', log, log],
    // A group of its own: Ctrl-C in the terminal must not reach it before its stacks are destroyed.
    detached: true,
  });
  closeSync(log);
  const stop = async () => {
    await end(child);
    // Processes of functions may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    await ready(instance, child, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...instance, stop };
}

/** Puts what is installed where LocalStack's own installers look whether they have anything to do. */
function furnish({ javaHome, jars, packages }: Installation, home: string): void {
  const links = {
    'lib/java/21': javaHome,
    'lib/dynamodb-local/2': join(jars, 'dynamodb-local'),
    'lib/jsonata/0.9.7': join(jars, 'jsonata'),
    'lib/kinesis-local/0.5.2': packages,
  };
  for (const [place, target] of Object.entries(links)) {
    mkdirSync(dirname(join(home, place)), { recursive: true });
    symlinkSync(target, join(home, place));
  }
  // Without it LocalStack requests the list of types from its vendor, and offline rejects every type.
  const catalogue = {
    schema_version: 'v1',
    localstack: { version: '4.14.0' },
    services: {},
    cloudformation_resources: { community: {}, pro: {} },
  };
  mkdirSync(join(home, 'cache'));
  writeFileSync(join(home, 'cache/aws_catalog.json'), JSON.stringify(catalogue));
}

/** Only what it needs: it and its functions must not see credentials, profiles and proxies of this machine. */
function environment(
  installed: Installation,
  { tokenKey, nodesFile, folder }: Pick<Instance, 'tokenKey' | 'nodesFile' | 'folder'>,
  port: number,
): NodeJS.ProcessEnv {
  const { HOME, LANG, PATH = '' } = process.env;
  return {
    HOME,
    LANG,
    PATH: `${dirname(process.execPath)}:${PATH}`,
    TMPDIR: join(folder, 'tmp'),
    PYTHONPATH: join(__dirname, 'plugin'),
    PYTHONUNBUFFERED: '1',
    FILESYSTEM_ROOT: join(folder, 'root'),
    // Also where this machine is a container itself.
    OVERRIDE_IN_DOCKER: '0',
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    LOCALSTACK_HOST: `127.0.0.1:${port}`,
    // No requests to other machines.
    DISABLE_EVENTS: '1',
    SKIP_SSL_CERT_DOWNLOAD: '1',
    DNS_ADDRESS: '0',
    PERSISTENCE: '0',
    DYNAMODB_IN_MEMORY: '1',
    // Addresses of queues that need no name server.
    SQS_ENDPOINT_STRATEGY: 'path',
    CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES: '0',
    LAMBDA_RUNTIME_EXECUTOR: 'process',
    // Milliseconds. Each idle process of a function holds some 60 MB.
    LAMBDA_KEEPALIVE_MS: '30000',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    TRELLIS_LOCALSTACK_NODES: nodesFile,
    TRELLIS_LOCALSTACK_OPT: join(__dirname, '../../lib/local/emulator/opt.cjs'),
    TRELLIS_LOCALSTACK_RUNTIME: join(installed.packages, 'node_modules/aws-lambda-ric'),
    TRELLIS_LOCALSTACK_SHIM: join(__dirname, 'plugin/trellis_localstack/shim.cjs'),
    TRELLIS_LOCALSTACK_STARTER: String(process.pid),
    TRELLIS_LOCALSTACK_TOKEN_KEY: tokenKey,
  };
}

async function ready(
  { endpoint, logFile }: Pick<Instance, 'endpoint' | 'logFile'>,
  child: ChildProcess,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN;
  while (!(await isReady(endpoint))) {
    signal?.throwIfAborted();
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || Date.now() > deadline)
      throw new Error(
        `LocalStack ${hasEnded ? 'ended while starting' : `did not start within ${READY_WITHIN / 1000} s`}. The end of its log:\n${tail(readFileSync(logFile, 'utf8'))}`,
      );
    await sleep(100);
  }
}

async function isReady(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_localstack/health`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/** It ends what it has started itself; what takes too long is killed. */
async function end(child: ChildProcess): Promise<void> {
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  child.kill('SIGTERM');
  const deadline = Date.now() + STOPS_WITHIN;
  while (isAlive() && Date.now() < deadline) await sleep(50);
  endGroup(child.pid);
}
