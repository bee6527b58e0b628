import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Bucket, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { newStack } from './template.js';
import { templateRecord } from './template-record.js';

const metric = new Metric({ namespace: 'AWS/S3', metricName: 'Errors' });
interface Changes {
  readonly bucketId?: string;
  readonly bucket?: BucketProps;
  readonly hasAlarm?: boolean;
}

function record({ bucketId = 'Files', bucket, hasAlarm = true }: Changes = {}): string[] {
  const stack = newStack();
  new Bucket(stack, bucketId, { encryption: BucketEncryption.S3_MANAGED, ...bucket });
  new Table(stack, 'Table', {
    partitionKey: { name: 'id', type: 'S' as never },
    encryption: TableEncryption.AWS_MANAGED,
  });
  if (hasAlarm) new Alarm(stack, 'Errors', { metric, threshold: 1, evaluationPeriods: 2 });
  return templateRecord(stack).split('\n');
}

/** Lines that one record has and the other has not. */
function difference(changes: Changes): string[] {
  const [before, after] = [record(), record(changes)];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line.trim()}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line.trim()}`),
  ];
}

describe('the record of a stack shows in a line or two', () => {
  it('another logical id of what holds data', () => {
    expect(difference({ bucketId: 'Renamed' })).toEqual([
      '- Files8E6940B8 AWS::S3::Bucket (Retain)',
      expect.stringMatching(/^\+ Renamed\w{8} AWS::S3::Bucket \(Retain\)$/),
    ]);
  });

  it('removed encryption', () => {
    expect(difference({ bucket: { encryption: undefined } })).toEqual([
      '- BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: AES256 } }] }',
    ]);
  });

  it('data that would go with its stack', () => {
    expect(difference({ bucket: { removalPolicy: 'destroy' as never } })).toEqual([
      '- Files8E6940B8 AWS::S3::Bucket (Retain)',
      '+ Files8E6940B8 AWS::S3::Bucket (Delete)',
    ]);
  });

  it('a removed alarm', () => {
    const lines = difference({ hasAlarm: false });
    expect(lines).toContain('- 1 AWS::CloudWatch::Alarm');
    expect(lines.at(-1)).toMatch(
      /^- Errors\w{8}: AWS\/S3 Errors \(Average\) GreaterThanOrEqualToThreshold 1, 2 of 2 of 300 s/,
    );
  });
});
