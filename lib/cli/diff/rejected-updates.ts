import type { ResourceDifference, TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { fixedName } from './names.js';
import type { Rejection } from './rejection.js';
import { pathOf, type Resource } from './templates.js';

type Rule = (oldValue: Resource, newValue: Resource) => string[];

const RULES: Readonly<Record<string, Rule>> = {
  'AWS::DynamoDB::Table': rejectedIndexes,
  'AWS::DynamoDB::GlobalTable': rejectedIndexes,
  'AWS::Cognito::UserPool': rejectedPoolAttributes,
};

/** Rules of resources that are replaced: CloudFormation creates the new one before it deletes the old one. */
const REPLACEMENT_RULES: Readonly<Record<string, Rule>> = {
  'AWS::Cognito::UserPoolDomain': secondPoolDomain,
};

/** Returns the updates of one stack's resources that their services reject. */
export function rejectedUpdates(stack: string, { resources }: TemplateDiff): Rejection[] {
  return Object.entries(resources.changes).flatMap(([id, difference]) => {
    const { oldValue, newValue } = difference;
    if (!oldValue || !newValue || oldValue.Type !== newValue.Type) return [];
    const rules = isReplaced(difference)
      ? [rejectedReplacement, REPLACEMENT_RULES[newValue.Type]]
      : [RULES[newValue.Type]];
    const reasons = rules.flatMap((rule) => rule?.(oldValue, newValue) ?? []);
    return reasons.map((reason) => ({ path: pathOf(stack, id, newValue), type: newValue.Type, reason }));
  });
}

/**
 * Returns the reason why a replacement fails.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
 */
function rejectedReplacement(oldValue: Resource, newValue: Resource): string[] {
  const name = fixedName(newValue);
  if (name === undefined || name !== fixedName(oldValue)) return [];
  return [
    `it is replaced, and CloudFormation cannot replace a resource whose name is fixed (${name}). Change the name as well.`,
  ];
}

/**
 * Returns the reason why a user pool cannot get another domain: it has one prefix and one custom domain at most.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html
 */
function secondPoolDomain(oldValue: Resource, newValue: Resource): string[] {
  const [before, after] = [oldValue, newValue].map(({ Properties = {} }) => ({
    domain: canonical(Properties.Domain),
    isCustom: Properties.CustomDomainConfig !== undefined,
    pool: canonical(Properties.UserPoolId),
  }));
  const isSecond =
    before!.pool === after!.pool && before!.isCustom === after!.isCustom && before!.domain !== after!.domain;
  if (!isSecond) return [];
  return [
    'its domain changes, and CloudFormation creates the new one first, but a user pool has only one. Remove the domain in an earlier deployment; until the next one its sign-in pages are not available.',
  ];
}

function isReplaced({ changeImpact }: ResourceDifference): boolean {
  return changeImpact === 'WILL_REPLACE';
}

/**
 * Returns index changes that DynamoDB rejects. An index whose keys or projection change is deleted and created.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
 */
function rejectedIndexes(oldValue: Resource, newValue: Resource): string[] {
  const [before, after] = [indexesOf(oldValue), indexesOf(newValue)];
  const created = [...after].filter(([name, index]) => before.get(name) !== index).map(([name]) => name);
  const deleted = [...before].filter(([name, index]) => after.get(name) !== index).map(([name]) => name);
  if (created.length + deleted.length < 2) return [];
  const changes = [
    ...(created.length > 0 ? [`creates ${created.join(', ')}`] : []),
    ...(deleted.length > 0 ? [`deletes ${deleted.join(', ')}`] : []),
  ];
  return [
    `it ${changes.join(' and ')}, but DynamoDB allows one creation or deletion of a global secondary index per update. Deploy them one after the other.`,
  ];
}

function indexesOf({ Properties }: Resource): Map<string, string> {
  const indexes = Properties?.GlobalSecondaryIndexes;
  if (!Array.isArray(indexes)) return new Map();
  return new Map(
    indexes.map(({ IndexName, KeySchema, Projection }) => [
      String(IndexName),
      JSON.stringify([KeySchema, Projection]),
    ]),
  );
}

/**
 * Returns attribute changes that Cognito rejects.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-updating.html
 */
function rejectedPoolAttributes(oldValue: Resource, newValue: Resource): string[] {
  const fixed = ['UsernameConfiguration', 'AliasAttributes', 'UsernameAttributes'].filter(
    (name) => canonical(oldValue.Properties?.[name]) !== canonical(newValue.Properties?.[name]),
  );
  const after = attributesOf(newValue);
  const before = attributesOf(oldValue);
  const required = [...after].filter(([name, { isRequired }]) => isRequired && !before.has(name));
  const attributes = [...before].filter(([name, { text }]) => after.get(name)?.text !== text);
  return [
    ...fixed.map((name) => `${name} of a user pool cannot be changed. Create another user pool.`),
    ...attributes.map(
      ([name]) =>
        `the existing attribute ${name} cannot be changed or removed. Keep it in the pool's schema as it is.`,
    ),
    ...required.map(
      ([name]) =>
        `the attribute ${name} cannot become required: users who exist may lack it. Require it in the sign-up form, or create another user pool.`,
    ),
  ];
}

interface PoolAttribute {
  readonly text: string;
  readonly isRequired: boolean;
}

function attributesOf({ Properties }: Resource): Map<string, PoolAttribute> {
  const schema = Properties?.Schema;
  if (!Array.isArray(schema)) return new Map();
  return new Map(
    schema.map((attribute) => [
      String(attribute.Name),
      { text: canonical(attribute), isRequired: attribute.Required === true },
    ]),
  );
}

/** Returns JSON that does not depend on the order of keys or list items. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(canonical).sort());
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries.map(([name, item]) => [name, canonical(item)]));
}
