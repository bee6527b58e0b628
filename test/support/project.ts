import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, type AppProps, Stack } from 'aws-cdk-lib/core';
import { HandlerFunction, type NodeFunctionOptions } from 'cdk-trellis';
import type { Bindables } from '../../lib/bindings/binding.js';

const REPOSITORY = join(__dirname, '..', '..');
const PACKAGES = ['zod', '@aws-sdk', 'cdk-trellis', '@babel'];

const projects: Project[] = [];

/** Removes the projects of a test file. */
export function removeProjects(): void {
  for (const { place } of projects.splice(0)) rmSync(place, { recursive: true, force: true });
}

/** A user's project in a separate folder, with a lockfile, packages and a cache. */
export class Project {
  readonly place = realpathSync(mkdtempSync(join(tmpdir(), 'trellis-project-')));
  readonly folder: string;
  private callers = 0;

  /** @param name name of its folder, in a temporary one @default - the temporary folder itself */
  constructor(files: Record<string, string> = {}, name = '') {
    this.folder = join(this.place, name);
    projects.push(this);
    this.write('package.json', '{ "name": "shop", "private": true }');
    this.write('package-lock.json', '{ "name": "shop", "lockfileVersion": 3 }');
    for (const name of PACKAGES) {
      const target = name === 'cdk-trellis' ? REPOSITORY : join(REPOSITORY, 'node_modules', name);
      this.link(`node_modules/${name}`, target);
    }
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  path(path: string): string {
    return join(this.folder, path);
  }

  write(path: string, text: string | Uint8Array): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    symlinkSync(target, this.path(path));
  }

  app(props: AppProps = {}): App {
    return new App({ outdir: mkdtempSync(join(this.folder, 'cdk.out-')), ...props });
  }

  /** Adds a function as a file of the project does: `new NodeFunction(stack, id, { handler: () => import(path) })`. */
  add(
    stack: Stack,
    id: string,
    path: string,
    options: NodeFunctionOptions & { bind?: Bindables } = {},
  ): HandlerFunction {
    const caller = `caller-${this.callers++}.cjs`;
    this.write(caller, `module.exports = (use) => use(() => import('${path}'));\n`);
    const call = require(this.path(caller)) as (
      use: (handler: () => Promise<unknown>) => HandlerFunction,
    ) => HandlerFunction;
    return call((handler) => new HandlerFunction(stack, id, { sharesBindings: true, handler, ...options }));
  }
}

/** Creates an app of one stack with one function. */
export function oneFunction(
  project: Project,
  path: string,
  options: NodeFunctionOptions & { bind?: Bindables } = {},
) {
  const app = project.app();
  const stack = new Stack(app, 'Shop');
  return { app, stack, fn: project.add(stack, 'Fn', path, options) };
}
