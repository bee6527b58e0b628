import type { ResourceDifference, TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { fixedName } from './names.js';
import type { Refusal } from './refusal.js';
import { pathOf, type Resource } from './templates.js';

type Rule = (oldValue: Resource, newValue: Resource) => string[];

const RULES: Readonly<Record<string, Rule>> = {
  'AWS::DynamoDB::Table': rejectedIndexes,
  'AWS::DynamoDB::GlobalTable': rejectedIndexes,
  'AWS::Cognito::UserPool': rejectedPoolAttributes,
};

/** Returns the updates of one stack's resources that their services reject. */
export function rejectedUpdates(stack: string, { resources }: TemplateDiff): Refusal[] {
  return Object.entries(resources.changes).flatMap(([id, difference]) => {
    const { oldValue, newValue } = difference;
    if (!oldValue || !newValue || oldValue.Type !== newValue.Type) return [];
    const reasons = isReplaced(difference)
      ? rejectedReplacement(oldValue, newValue)
      : (RULES[newValue.Type]?.(oldValue, newValue) ?? []);
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
  const attributes = [...attributesOf(oldValue)].filter(([name, attribute]) => after.get(name) !== attribute);
  return [
    ...fixed.map((name) => `${name} of a user pool cannot be changed. Create another user pool.`),
    ...attributes.map(
      ([name]) =>
        `the existing attribute ${name} cannot be changed or removed. Keep it in the pool's schema as it is.`,
    ),
  ];
}

function attributesOf({ Properties }: Resource): Map<string, string> {
  const schema = Properties?.Schema;
  if (!Array.isArray(schema)) return new Map();
  return new Map(schema.map((attribute) => [String(attribute.Name), canonical(attribute)]));
}

/** Returns JSON that does not depend on the order of keys or list items. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(canonical).sort());
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries.map(([name, item]) => [name, canonical(item)]));
}
