import type { ResourceDifference, TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { pathOf, type Resource, type Template } from './templates.js';

/** Effect of a deployment on a resource that holds data. */
export interface DataChange {
  readonly path: string;
  readonly type: string;
  readonly change: 'deleted' | 'replaced' | 'may be replaced' | 'keeps less' | 'no longer kept';
  /** True if the data is lost; false if the resource is retained outside of the stack. */
  readonly lost: boolean;
  /** Changed properties that cause it. */
  readonly changedProperties: readonly string[];
}

/**
 * Types that hold data: those of cfn-lint's stateful resources, archives of event buses, groups with their
 * members, and state machines with their running executions.
 */
const STATEFUL: ReadonlySet<string> = new Set([
  'AWS::Backup::BackupVault',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolGroup',
  'AWS::DocDB::DBCluster',
  'AWS::DocDB::DBInstance',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::EC2::Volume',
  'AWS::EFS::FileSystem',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::Elasticsearch::Domain',
  'AWS::Events::Archive',
  'AWS::FSx::FileSystem',
  'AWS::KMS::Key',
  'AWS::Kinesis::Stream',
  'AWS::Logs::LogGroup',
  'AWS::Neptune::DBCluster',
  'AWS::Neptune::DBInstance',
  'AWS::OpenSearchService::Domain',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
  'AWS::S3::Bucket',
  'AWS::SDB::Domain',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
  // Its running executions end: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
  'AWS::StepFunctions::StateMachine',
]);

/** Retention properties, with the value that applies without one. A shorter retention deletes older data. */
const RETENTION: Readonly<Record<string, readonly [property: string, defaultValue: number]>> = {
  'AWS::Events::Archive': ['RetentionDays', Number.POSITIVE_INFINITY],
  'AWS::Kinesis::Stream': ['RetentionPeriodHours', 24],
  'AWS::Logs::LogGroup': ['RetentionInDays', Number.POSITIVE_INFINITY],
  'AWS::SQS::Queue': ['MessageRetentionPeriod', 4 * 24 * 60 * 60],
};

const RETAINED = /^(Retain|RetainExceptOnCreate|Snapshot)$/;

/** A change with the deployed resource that it concerns. */
export interface LocatedDataChange {
  readonly stack: string;
  readonly id: string;
  readonly change: DataChange;
}

/** Returns the effects of deploying one stack on its resources with data. */
export function dataChanges(stack: string, { resources }: TemplateDiff): LocatedDataChange[] {
  return Object.entries(resources.changes).flatMap(([id, difference]) => {
    const { oldValue, newValue, oldResourceType: type } = difference;
    if (type === undefined || !STATEFUL.has(type)) return [];
    const path = pathOf(stack, id, newValue ?? oldValue);
    return changesOf(difference, type).map((change) => ({ stack, id, change: { path, type, ...change } }));
  });
}

/** Returns true if a template has a resource that holds data. */
export function holdsData({ Resources = {} }: Template): boolean {
  return Object.values(Resources).some(({ Type }) => STATEFUL.has(Type));
}

type Change = Omit<DataChange, 'path' | 'type'>;

function changesOf(
  { oldValue, newValue, changeImpact, propertyUpdates }: ResourceDifference,
  type: string,
): Change[] {
  if (newValue === undefined || newValue.Type !== type) {
    return [
      { change: 'deleted', lost: !RETAINED.test(oldValue?.DeletionPolicy ?? ''), changedProperties: [] },
    ];
  }
  if (changeImpact === 'WILL_REPLACE' || changeImpact === 'MAY_REPLACE') {
    const properties = Object.entries(propertyUpdates).filter(
      ([, update]) => update.changeImpact === changeImpact,
    );
    // CloudFormation does not document which of the two policies applies, so both must retain it.
    const isRetained = [oldValue, newValue].every((value) => RETAINED.test(value?.UpdateReplacePolicy ?? ''));
    const change = changeImpact === 'WILL_REPLACE' ? 'replaced' : 'may be replaced';
    return [{ change, lost: !isRetained, changedProperties: properties.map(([name]) => name) }];
  }
  return [...shortenedRetention(oldValue, newValue, type), ...weakenedPolicies(oldValue, newValue)];
}

function shortenedRetention(oldValue: Resource | undefined, newValue: Resource, type: string): Change[] {
  const [property = '', defaultValue = 0] = RETENTION[type] ?? [];
  const retention = (resource: Resource | undefined) =>
    Number(resource?.Properties?.[property] ?? defaultValue);
  return retention(newValue) < retention(oldValue)
    ? [{ change: 'keeps less', lost: true, changedProperties: [property] }]
    : [];
}

/** Returns weaker removal policies. They lose no data yet. */
function weakenedPolicies(oldValue: Resource | undefined, newValue: Resource): Change[] {
  const policies = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;
  const changedProperties = policies.filter(
    (policy) => RETAINED.test(oldValue?.[policy] ?? '') && !RETAINED.test(newValue[policy] ?? ''),
  );
  return changedProperties.length > 0 ? [{ change: 'no longer kept', lost: false, changedProperties }] : [];
}
