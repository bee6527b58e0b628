// A function for every access to every kind of resource, each with the handler in the kind's fixture that needs this alone.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib/core';
import { HandlerFunction, type NodeFunction } from 'cdk-trellis';
import { accessesOf, KINDS, resourceOf } from '../../bindings/fixtures.js';
import { idOf } from './logical-id.js';

/** Not in the repository, and below it, so that handlers find their packages. */
const HANDLERS = join(__dirname, '.trellis');

const stack = new Stack(new App(), 'Grants');

mkdirSync(HANDLERS, { recursive: true });
for (const kind of KINDS) {
  const it = resourceOf(kind, stack);
  for (const { access, exportName } of accessesOf(kind)) {
    const id = idOf(kind, access);
    // Synth reads the path from the text of the function.
    const file = join(HANDLERS, `${id}.cjs`);
    const path = `../../../bindings/kinds/${kind}.js`;
    writeFileSync(
      file,
      `module.exports = (use) => use(() => import('${path}').then((module) => ({ handler: module.${exportName} })));\n`,
    );
    const fn: NodeFunction = require(file)(
      (handler: () => Promise<unknown>) =>
        new HandlerFunction(stack, id, { sharesBindings: true, handler, bind: { it } }),
    );
    new CfnOutput(stack, `${id}Name`, { value: fn.functionName });
    new CfnOutput(stack, `${id}Role`, { value: fn.role!.roleName });
  }
}
