import { bucket, bus, table } from 'cdk-trellis/runtime';
import { regionOfArn, regionOfPool, regionOfQueue } from '../../lib/runtime/per-region.js';

const region = ({ client }: { client: { config: { region: () => Promise<string> } } }) =>
  client.config.region();

beforeEach(() => {
  process.env.AWS_REGION = 'eu-west-1';
});

it.each([
  [regionOfArn, 'arn:aws:dynamodb:us-east-1:222222222222:table/orders', 'us-east-1'],
  [regionOfArn, 'arn:aws:s3:us-west-2::files', 'us-west-2'],
  [regionOfArn, 'arn:aws:s3:::files', undefined],
  [regionOfArn, 'orders', undefined],
  [regionOfArn, 'eu-west-1_orders', undefined],
  [regionOfArn, '/shop/setting', undefined],
  [regionOfQueue, 'https://sqs.ap-southeast-2.amazonaws.com/1/jobs', 'ap-southeast-2'],
  [regionOfQueue, 'http://127.0.0.1:4566/000000000000/jobs', undefined],
  [regionOfPool, 'us-gov-west-1_AbC123', 'us-gov-west-1'],
  [regionOfPool, 'somewhere', undefined],
])('%o of %s is %s', (regionOf, bound, expected) => {
  expect(regionOf(bound)).toBe(expected);
});

it('a client of a name calls the region of the function', async () => {
  const clients = [table.read.connect('orders'), bucket.read.connect('files'), bus.publish.connect('hub')];
  expect(await Promise.all(clients.map(region))).toEqual(clients.map(() => 'eu-west-1'));
});

it('a bucket of another region keeps its name, and a table is named by its ARN', () => {
  expect(bucket.read.connect('arn:aws:s3:us-east-1::files').bucketName).toBe('files');
  const arn = 'arn:aws:dynamodb:us-east-1:222222222222:table/orders';
  expect(table.read.connect(arn).tableName).toBe(arn);
});

it('one client serves all that is bound in a region', () => {
  const [a, b] = ['a', 'b'].map((name) => table.read.connect(`arn:aws:dynamodb:us-east-1:2:table/${name}`));
  expect(a!.client).toBe(b!.client);
  expect(table.read.connect('c').client).not.toBe(a!.client);
});
