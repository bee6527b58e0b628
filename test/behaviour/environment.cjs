// Jest's environment for the suite: what the file TRELLIS_LEFT_OUT lists for the target is skipped, or tried and expected
// to fail. It is told before anything runs.
const { readFileSync } = require('node:fs');
const { TestEnvironment } = require('jest-environment-node');

module.exports = class SuiteEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const list = process.env.TRELLIS_LEFT_OUT;
    const file = context.testPath
      .split('/test/')
      .at(-1)
      .replace(/^behaviour\//, '');
    /** @type {import('./left-out.js').LeftOut[]} */
    this.leftOut = (list ? JSON.parse(readFileSync(list, 'utf8')) : []).filter(
      (entry) => entry.file === file,
    );
  }

  handleTestEvent(event, state) {
    if (event.name === 'run_start') this.leaveOut(state.rootDescribeBlock, []);
  }

  leaveOut(block, path) {
    for (const child of block.children) {
      const names = [...path, child.name];
      if (child.type === 'describeBlock') this.leaveOut(child, names);
      else {
        const entry = this.entryOf(names.join(' › '));
        if (entry?.tried) child.failing = true;
        else if (entry) child.mode = 'skip';
      }
    }
  }

  entryOf(name) {
    return this.leftOut.find(({ expectations = [''] }) =>
      expectations.some((start) => name.startsWith(start)),
    );
  }
};
