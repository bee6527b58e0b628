import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Python, probePython } from '../../lib/local/python.js';
import { run } from '../../lib/local/run.js';

/** Requirements of LocalStack that are in no package registry. */
export interface Machine {
  readonly python: Python;
  /** The folder of a Java runtime. */
  readonly javaHome: string;
  /** The command that starts Maven. */
  readonly maven: string;
}

/** Something is missing: what was expected, what was found, and what to do. */
export class MissingTool extends Error {
  override readonly name = 'MissingTool';
}

/**
 * Looks for Python 3.13, for a Java runtime from 17 on, and for Maven.
 *
 * @throws MissingTool with all that is missing
 */
export async function checkMachine(env: NodeJS.ProcessEnv = process.env): Promise<Machine> {
  const missing: string[] = [];
  const noteMissing = (error: unknown) => {
    if (!(error instanceof MissingTool)) throw error;
    missing.push(error.message);
    return undefined;
  };
  const [python, javaHome, maven] = await Promise.all([
    findPython313(env).catch(noteMissing),
    findJavaHome(env).catch(noteMissing),
    findMaven(env).catch(noteMissing),
  ]);
  if (python && javaHome && maven) return { python, javaHome, maven };
  throw new MissingTool(missing.sort().join('\n'));
}

/** LocalStack's metadata requires 3.10, but it uses features of 3.13, and its dependencies are pinned for that. */
async function findPython313(env: NodeJS.ProcessEnv): Promise<Python> {
  const chosen = env.TRELLIS_LOCALSTACK_PYTHON;
  const candidates = chosen ? [chosen] : ['python3.13', ...pyenvPythons(), 'python3'];
  const found: string[] = [];
  for (const command of candidates) {
    const python = await probePython(command);
    if (python?.version.startsWith('3.13.')) return python;
    if (python) found.push(`${command} is Python ${python.version}`);
  }
  throw new MissingTool(
    `LocalStack needs Python 3.13, but ${found.join(' and ') || `${candidates[0]} was not found`}.\n` +
      '  Install it (pyenv install 3.13, or https://www.python.org/downloads/), or set TRELLIS_LOCALSTACK_PYTHON to the path of one.',
  );
}

function pyenvPythons(): string[] {
  const versions = join(homedir(), '.pyenv/versions');
  if (!existsSync(versions)) return [];
  const own = readdirSync(versions).filter((name) => name.startsWith('3.13.'));
  return own.map((name) => join(versions, name, 'bin/python'));
}

/** DynamoDB Local is compiled for Java 17. */
async function findJavaHome(env: NodeJS.ProcessEnv): Promise<string> {
  const command = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin/java') : inPath('java', env);
  const printed = command ? await run(command, ['-version']) : undefined;
  const version = /version "(?:1\.)?(\d+)/.exec(`${printed?.stdout}${printed?.stderr}`)?.[1];
  if (command && printed?.code === 0 && Number(version) >= 17) return dirname(dirname(realpathSync(command)));
  throw new MissingTool(
    `LocalStack needs a Java runtime, 17 or newer, but ${version ? `${command} is Java ${version}` : `${command ?? 'java'} was not found`}.\n` +
      '  Install it (on Debian and Ubuntu: apt install openjdk-17-jre-headless), or set JAVA_HOME to the folder of one.',
  );
}

async function findMaven(env: NodeJS.ProcessEnv): Promise<string> {
  const command = inPath('mvn', env);
  if (command && (await run(command, ['--version'])).code === 0) return command;
  throw new MissingTool(
    'LocalStack needs Maven to fetch DynamoDB Local, but mvn was not found.\n' +
      '  Install it (on Debian and Ubuntu: apt install maven).',
  );
}

function inPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
