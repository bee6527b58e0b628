import { execFileSync } from 'node:child_process';
import { LOCALSTACK_TYPES } from '../../../lib/target/tables/localstack-types.js';

const LIST =
  'import json; from localstack.services.cloudformation.resource_provider import plugin_manager; ' +
  'print(json.dumps(sorted(plugin_manager.list_names())))';

it('the table of types that LocalStack creates is its own list', () => {
  const python = process.env.TRELLIS_LOCALSTACK_INSTALLED as string;
  const listed = JSON.parse(
    execFileSync(python, ['-c', LIST], { encoding: 'utf8' }).trim().split('\n').at(-1)!,
  );
  // The plugin adds custom resources.
  expect([...LOCALSTACK_TYPES].sort()).toEqual([...listed, 'AWS::CloudFormation::CustomResource'].sort());
});
