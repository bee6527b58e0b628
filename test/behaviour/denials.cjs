// Jest runs this before and after the suite. A call that IAM denied fails the suite, also one whose error nobody
// saw. The local cloud writes denied calls into the file TRELLIS_DENIALS; where it is not set there is nothing to see.
const { existsSync, readFileSync } = require('node:fs');

function deniedCalls() {
  const file = process.env.TRELLIS_DENIALS;
  return file && existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

/** @type {number} */
let before = 0;

exports.setup = () => {
  before = deniedCalls().length;
};

exports.teardown = () => {
  const denied = deniedCalls().slice(before);
  if (denied.length > 0) throw new Error(`IAM denied ${denied.length} calls:\n${denied.join('\n')}`);
};
