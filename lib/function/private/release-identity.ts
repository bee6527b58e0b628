import { sha256 } from '../../project-cache/hash.js';
import type { Template, TemplateResource } from '../../target/template.js';
import { type References, referencesIn } from './references.js';

/** Identities that distinguish the versions of a template's functions. */
export interface Identities {
  readonly template: Template;
  /** Returns the references of a resource. */
  referencesOf(id: string): ReadonlySet<string>;
  /**
   * Returns 12 hexadecimal digits for a function and everything that it refers to.
   *
   * @param without properties that do not count
   */
  ofFunction(id: string, without: readonly string[]): string;
  /** Returns 8 hexadecimal digits for several resources and everything that they refer to. */
  ofResources(ids: readonly string[]): string;
  /** Returns the sorted parameters that a function and its references depend on. */
  parametersOf(id: string): string[];
}

/**
 * Properties whose change replaces a resource, and so its name and ARN, for types that often change otherwise: without
 * this table, a new step of a saga would publish a version of each function that starts the saga. For other types every
 * property counts: an unnecessary version costs a cold start, a missing one would keep a name that no longer exists.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::RestApi': [],
  'AWS::CloudFront::Distribution': [],
  'AWS::Events::EventBus': ['Name'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  'AWS::Lambda::Alias': ['FunctionName', 'Name'],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType', 'TenancyConfig', 'DurableConfig'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::S3::Bucket': ['BucketName', 'BucketNamePrefix', 'BucketNamespace'],
  'AWS::SNS::Topic': ['FifoTopic', 'TopicName'],
  'AWS::SQS::Queue': ['FifoQueue', 'QueueName'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 'StateMachineType'],
};

/** A resource as seen by its referrers. */
interface Node extends References {
  readonly text: string;
}

const NOTHING: References = { names: new Set(), isConditional: false };

export function identitiesOf(template: Template): Identities {
  const { Resources = {}, Parameters = {}, Conditions = {} } = template;
  const memoize = <Value>(compute: (id: string) => Value) => {
    const cached = new Map<string, Value>();
    return (id: string): Value => {
      const value = cached.get(id) ?? compute(id);
      cached.set(id, value);
      return value;
    };
  };
  const references = memoize((id) => referencesIn(Resources[id]?.Properties));
  const nodes = memoize((id): Node => {
    const { Type, Properties = {} } = Resources[id] as TemplateResource;
    const replacing = REPLACING[Type];
    if (!replacing) return { text: `${Type} ${JSON.stringify(Properties)}`, ...references(id) };
    const relevant = picked(Properties, replacing);
    return {
      text: `${Type} ${JSON.stringify(relevant)}`,
      ...(relevant.length > 0 ? referencesIn(relevant) : NOTHING),
    };
  });
  /** Returns everything that the resources refer to, directly or not. */
  const reached = (ids: readonly string[]): Map<string, Node | undefined> => {
    const found = new Map<string, Node | undefined>(ids.map((id) => [id, undefined]));
    const pending = ids.map((id) => references(id));
    for (let next = pending.pop(); next; next = pending.pop()) {
      for (const id of next.names) {
        if (found.has(id) || !Resources[id]) continue;
        const node = nodes(id);
        found.set(id, node);
        pending.push(node);
      }
    }
    return found;
  };
  /** Sorted, so that the identity does not depend on the template's order, which other functions affect. */
  const identity = (first: string, ids: readonly string[]): string => {
    const rest = [...reached(ids)].flatMap(([id, node]) => (node ? [`${id} ${node.text}`] : []));
    return sha256([first, ...rest.sort()].join('\n'));
  };
  const conditions = memoize(() => referencesIn(Conditions));
  return {
    template,
    referencesOf: (id) => references(id).names,
    ofFunction(id, without) {
      const properties = { ...Resources[id]?.Properties };
      for (const name of without) delete properties[name];
      return identity(JSON.stringify(properties), [id]).slice(0, 12);
    },
    ofResources(ids) {
      const first = ids.map((id) => JSON.stringify(Resources[id]?.Properties));
      return identity(first.join('\n'), ids).slice(0, 8);
    },
    parametersOf(id) {
      const all = [references(id), ...[...reached([id]).values()].flatMap((node) => node ?? [])];
      const names = all.flatMap((node) => [
        ...node.names,
        ...(node.isConditional ? conditions('').names : []),
      ]);
      return [...new Set(names)].filter((name) => name in (Parameters as object)).sort();
    },
  };
}

function picked(properties: Readonly<Record<string, unknown>>, names: readonly string[]): unknown[] {
  return names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]]));
}
