import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { job, text } from 'cdk-trellis/runtime';
import { lambdaContext } from 'cdk-trellis/testing';

const dynamo = mockClient(DynamoDBClient);
const times: string[] = [];
const handler = job({ stage: text() }, async ({ scheduledTime }, { stage }) => {
  times.push(`${stage} ${scheduledTime.toISOString()}`);
});

beforeEach(() => {
  times.length = 0;
  dynamo.reset();
});

// That runs neither overlap nor are done twice is tested with a real table: test/local/messaging.test.ts.
describe('job', () => {
  it('knows when it was due, and reaches nothing in a unit test', async () => {
    await handler.with({ stage: 'beta' })({ scheduledTime: '2026-03-01T05:00:00Z' });
    expect(times).toEqual(['beta 2026-03-01T05:00:00.000Z']);
    expect(dynamo.calls()).toEqual([]);
  });

  it('is due now when it is invoked by hand', async () => {
    const before = new Date().toISOString();
    await handler.with({ stage: 'beta' })({});
    expect(times[0]! >= `beta ${before}`).toBe(true);
  });

  it('logs when it was due, when it cannot be connected to what it needs', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation();
    await expect(handler({ scheduledTime: '2026-03-01T05:00:00Z' }, lambdaContext())).rejects.toThrow(
      'has no binding for',
    );
    expect(JSON.parse(log.mock.calls[0]?.[0])).toMatchObject({
      message: 'The job has failed',
      scheduledTime: '2026-03-01T05:00:00.000Z',
    });
    log.mockRestore();
  });

  it('rejects an invalid time', async () => {
    await expect(async () =>
      handler.with({ stage: 'beta' })({ scheduledTime: '<aws.scheduler.scheduled-time>' }),
    ).rejects.toThrow(
      '`scheduledTime` must be a date and time (ISO 8601), got "<aws.scheduler.scheduled-time>"',
    );
  });
});
