import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Stack } from 'aws-cdk-lib/core';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { codeFolder, logicalIds, runInLambda } from './lambda.js';
import { oneFunction, type Project } from './project.js';

/** A project's only function, as it would be deployed. */
export interface Synthesized {
  readonly assembly: CloudAssembly;
  readonly stack: Stack;
  /** The folder of the function's code, and that of the dependency layer. */
  readonly code: string;
  readonly layer: string;
  /** The name of the code's asset, which is the hash of its content. */
  readonly hash: string;
  /** The text of `index.mjs`. */
  readonly text: string;
  /** Runs the body of an async function with `handler`, and returns what it returns. */
  run(script: string): any;
}

export function synthesized(project: Project, options: Parameters<typeof oneFunction>[2] = {}): Synthesized {
  const { app, stack } = oneFunction(project, './lambda/main.js', options);
  const assembly = app.synth();
  const [fn = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
  const [layer = ''] = logicalIds(assembly, stack, 'AWS::Lambda::LayerVersion').filter((id) =>
    id.startsWith('NodeModules'),
  );
  const code = codeFolder(assembly, stack, fn);
  return {
    assembly,
    stack,
    code,
    layer: codeFolder(assembly, stack, layer),
    hash: basename(code),
    text: readFileSync(join(code, 'index.mjs'), 'utf8'),
    run: (script) => runInLambda(assembly, stack, fn, script),
  };
}

/** The message of the error that a project's only function ends in. */
export function synthError(project: Project, options: Parameters<typeof oneFunction>[2] = {}): string {
  try {
    synthesized(project, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

/** The paths of all files in a folder, in order. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(folder.length + 1))
    .sort();
}
