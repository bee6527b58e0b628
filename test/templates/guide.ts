import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { costOf } from '../../lib/observability/prices.js';
import { fencesOf } from '../docs/fences.js';
import { findingsOf } from './iam/findings.js';
import type { Reference } from './iam/reference.js';
import type { Templates } from './iam/template.js';

const GUIDE = join(__dirname, '../../docs/deploy-to-aws.md');

interface Document {
  readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}

/** The prefix of a type's actions, where it is not the service's name in the type. */
const PREFIXES: Readonly<Record<string, string>> = { Cognito: 'cognito-idp', StepFunctions: 'states' };

/** Returns the guide's errors about an app's stacks: missing, superfluous and unknown actions of policies, and costs. */
export function guideErrors(templates: Templates, reference: Reference): string[] {
  const [deployer, operator, services] = policiesOfGuide();
  const granted = new Set(actionsOf(services).map((action) => action.split(':')[0] as string));
  const types = Object.values(templates).flatMap(({ Resources }) =>
    Object.values(Resources).map(({ Type }) => Type),
  );
  const needed = new Set(types.flatMap((type) => prefixOf(type) ?? []));
  const unknown = [deployer, operator, services]
    .flatMap((policy) => findingsOf(asTemplate(policy), reference))
    .filter(({ rule }) => rule === 'unknown action' || rule === 'resource mismatch');
  return [
    ...costErrors(templates),
    ...[...needed].filter((prefix) => !granted.has(prefix)).map((prefix) => `lacks ${prefix}`),
    ...[...granted].filter((prefix) => !needed.has(prefix)).map((prefix) => `needs no ${prefix}`),
    ...unknown.map(({ rule, what, resource }) => `${rule}: ${what} on ${resource}`),
  ].map((error) => `docs/deploy-to-aws.md: ${error}`);
}

/** Returns the guide's errors about the cost at rest. */
function costErrors(templates: Templates): string[] {
  const resources = Object.values(templates).flatMap(({ Resources }) => Object.values(Resources));
  const { lines, monthly } = costOf(
    resources.map(({ Type, Properties = {} }) => ({ type: Type, property: (name) => Properties[name] })),
  );
  const what = lines.map((line) => `${line.count} ${line.what}`).join(', ');
  const row = `| the storefront: ${what} | $${monthly.toFixed(2)} |`;
  return readFileSync(GUIDE, 'utf8').includes(row) ? [] : [`lacks: ${row}`];
}

function policiesOfGuide(): [Document, Document, Document] {
  const found = fencesOf(GUIDE).filter(({ language }) => language === 'json');
  if (found.length !== 3) throw new Error(`Expected three policies in ${GUIDE}, got ${found.length}`);
  return found.map(({ text }) => JSON.parse(text)) as [Document, Document, Document];
}

function actionsOf({ Statement }: Document): string[] {
  return Statement.flatMap(({ Action }) => Action);
}

/** Metadata and custom resources are CloudFormation's own. */
function prefixOf(type: string): string | undefined {
  const [vendor, service = ''] = type.split('::');
  if (vendor !== 'AWS' || service === 'CDK' || service === 'CloudFormation') return undefined;
  return PREFIXES[service] ?? service.toLowerCase();
}

function asTemplate(PolicyDocument: Document): Templates {
  return {
    guide: { Resources: { Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument } } } },
  };
}
