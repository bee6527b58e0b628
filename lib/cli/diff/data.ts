import type { ResourceDifference, TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { pathOf, type Resource, type Template } from './templates.js';

/** What a deploy would do to something that holds data. */
export interface DataChange {
  readonly path: string;
  readonly type: string;
  readonly what: 'deleted' | 'replaced' | 'may be replaced' | 'keeps less' | 'no longer kept';
  /** Whether what it holds is gone afterwards; `false` when it stays, without a stack. */
  readonly lost: boolean;
  /** The properties that make it so. */
  readonly because: readonly string[];
}

/** What holds data, as AWS's linter lists it; the archive of a bus, too. */
const STATEFUL: ReadonlySet<string> = new Set([
  'AWS::Backup::BackupVault',
  'AWS::Cognito::UserPool',
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
]);

/** How long something is kept: what is older goes when it gets shorter. None is for ever, or the default. */
const KEEPS: Readonly<Record<string, readonly [property: string, none: number]>> = {
  'AWS::Events::Archive': ['RetentionDays', Number.POSITIVE_INFINITY],
  'AWS::Kinesis::Stream': ['RetentionPeriodHours', 24],
  'AWS::Logs::LogGroup': ['RetentionInDays', Number.POSITIVE_INFINITY],
  'AWS::SQS::Queue': ['MessageRetentionPeriod', 4 * 24 * 60 * 60],
};

const KEPT = /^(Retain|RetainExceptOnCreate|Snapshot)$/;

/** Changes by what they change: a deployed resource, by its stack and logical id. */
export interface LocatedDataChange {
  readonly stack: string;
  readonly id: string;
  readonly change: DataChange;
}

/** Returns what a deployment of one stack would do to what holds data. */
export function dataChanges(stack: string, { resources }: TemplateDiff): LocatedDataChange[] {
  return Object.entries(resources.changes).flatMap(([id, difference]) => {
    const { oldValue, newValue, oldResourceType: type } = difference;
    if (type === undefined || !STATEFUL.has(type)) return [];
    const path = pathOf(stack, id, newValue ?? oldValue);
    return changesOf(difference, type).map((change) => ({ stack, id, change: { path, type, ...change } }));
  });
}

/** Whether a template has something that holds data. */
export function holdsData({ Resources = {} }: Template): boolean {
  return Object.values(Resources).some(({ Type }) => STATEFUL.has(Type));
}

type Change = Omit<DataChange, 'path' | 'type'>;

function changesOf(
  { oldValue, newValue, changeImpact, propertyUpdates }: ResourceDifference,
  type: string,
): Change[] {
  if (newValue === undefined || newValue.Type !== type) {
    return [{ what: 'deleted', lost: !KEPT.test(oldValue?.DeletionPolicy ?? ''), because: [] }];
  }
  if (changeImpact === 'WILL_REPLACE' || changeImpact === 'MAY_REPLACE') {
    const because = Object.entries(propertyUpdates).filter(
      ([, update]) => update.changeImpact === changeImpact,
    );
    // CloudFormation does not say whose policy counts, so both have to keep it.
    const isKept = [oldValue, newValue].every((value) => KEPT.test(value?.UpdateReplacePolicy ?? ''));
    const what = changeImpact === 'WILL_REPLACE' ? 'replaced' : 'may be replaced';
    return [{ what, lost: !isKept, because: because.map(([name]) => name) }];
  }
  return [...shortened(oldValue, newValue, type), ...unkept(oldValue, newValue)];
}

function shortened(oldValue: Resource | undefined, newValue: Resource, type: string): Change[] {
  const [property = '', none = 0] = KEEPS[type] ?? [];
  const kept = (of: Resource | undefined) => Number(of?.Properties?.[property] ?? none);
  return kept(newValue) < kept(oldValue) ? [{ what: 'keeps less', lost: true, because: [property] }] : [];
}

/** Nothing is lost by it yet. */
function unkept(oldValue: Resource | undefined, newValue: Resource): Change[] {
  const policies = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;
  const because = policies.filter(
    (policy) => KEPT.test(oldValue?.[policy] ?? '') && !KEPT.test(newValue[policy] ?? ''),
  );
  return because.length > 0 ? [{ what: 'no longer kept', lost: false, because }] : [];
}
