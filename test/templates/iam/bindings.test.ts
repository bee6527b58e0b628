import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { asBindable } from '../../../lib/bindings/binding.js';
import { accessesOf, KINDS, resourceOf } from '../../bindings/fixtures.js';
import { newStack } from '../../support/template.js';
import { EXCEPTIONS, type Exception, withoutExceptions } from './exceptions.js';
import { findingsOf } from './findings.js';
import { Reference } from './reference.js';

const TOKENS: readonly Exception[] = ['states:SendTaskSuccess', 'states:SendTaskFailure'].map((what) => ({
  rule: 'resource mismatch',
  what,
  resource: /:stateMachine:/,
  reason:
    'IAM knows the state machine of a token, although the reference omits it: https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html',
}));

const ALIASES = EXCEPTIONS.filter(({ what }) => what === 'lambda:InvokeFunction');

it('every binding grants what AWS knows, on the resource alone', async () => {
  const stack = newStack();
  const key = new Key(stack, 'Key');
  const bound = KINDS.flatMap((kind) => {
    const bindable = asBindable(resourceOf(kind, stack, key))!;
    const granted = accessesOf(kind).map(
      ({ access }) => [kind, access, bindable.bindingFor(access).statements] as const,
    );
    // A text or a number needs no permission.
    return granted.filter(([, , statements]) => statements.length > 0);
  });
  expect(bound.length).toBeGreaterThanOrEqual(16);
  for (const [kind, access, statements] of bound) {
    const role = new Role(stack, `${kind}-${access}`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) role.addToPolicy(statement);
  }
  const { Resources } = Template.fromStack(stack).toJSON();
  const ofBindings = findingsOf({ Stack: { Resources } }, await Reference.installed()).filter(({ at }) =>
    bound.some(([kind, access]) => at.includes(`${kind}${access}`)),
  );
  expect(withoutExceptions(ofBindings, [...TOKENS, ...ALIASES])).toEqual([]);
});
