import type { Archive, CfnArchive } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Aws } from 'aws-cdk-lib/core';

/**
 * Encrypts an archive of encrypted events with the key of their bus. CDK's own property names the bus in the key policy,
 * and the bus depends on the key: a circular dependency.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
 */
export function encryptArchive(archive: Archive, key: IKey): void {
  (archive.node.defaultChild as CfnArchive).kmsKeyIdentifier = key.keyArn;
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
}
