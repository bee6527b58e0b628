import { guideErrors } from './guide.js';
import { Reference } from './iam/reference.js';

it('the guide to AWS is held against an app: its services, and its cost at rest', async () => {
  const Resources = { Stream: { Type: 'AWS::Kinesis::Stream' }, Key: { Type: 'AWS::KMS::Key' } };
  const errors = guideErrors({ Shop: { Resources } }, await Reference.installed());
  expect(errors).toContain('docs/deploy-to-aws.md: lacks kinesis');
  expect(errors).toContain('docs/deploy-to-aws.md: needs no states');
  expect(errors).toContain('docs/deploy-to-aws.md: lacks: | the storefront: 1 KMS keys | $1.00 |');
});
