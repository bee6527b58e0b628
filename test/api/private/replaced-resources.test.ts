import { REPLACING } from '../../../lib/api/private/replaced-resources.js';

/** AWS's schemas, as the CDK has them for `cdk diff`. */
const { loadAwsServiceSpecSync } = require(
  require.resolve('@aws-cdk/aws-service-spec', { paths: [require.resolve('@aws-cdk/cloudformation-diff')] }),
);

it.each(Object.entries(REPLACING))('has every property whose change replaces a %s', (type, listed) => {
  const [{ properties }] = loadAwsServiceSpecSync().lookup('resource', 'cloudFormationType', 'equals', type);
  const replacing = Object.entries<any>(properties).filter(
    ([, { causesReplacement = 'no' }]) => causesReplacement !== 'no',
  );
  expect(replacing.length).toBeGreaterThan(0);
  expect(listed).toEqual(expect.arrayContaining(replacing.map(([name]) => name)));
  for (const name of listed) expect(properties).toHaveProperty(name);
});
