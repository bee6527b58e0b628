import { sha256 } from '../../project-cache/hash.js';
import type { Template, TemplateResource } from '../../target/template.js';
import { type References, referencesIn } from './references.js';

/** What versions of a template's functions are told apart by. */
export interface Identities {
  readonly template: Template;
  /** What a resource refers to. */
  referencesOf(id: string): ReadonlySet<string>;
  /** 12 hexadecimal digits. @param without properties that do not count */
  ofFunction(id: string, without: readonly string[]): string;
  /** 8 hexadecimal digits of several resources and all that they refer to. */
  ofResources(ids: readonly string[]): string;
  /** The parameters that a function and what it refers to depend on, in order. */
  parametersOf(id: string): string[];
}

/**
 * Properties whose change replaces a resource, and so its name and ARN, of types that change often for other reasons:
 * without this table a saga's new step would publish a version of each function that starts the saga. Of other types
 * every property counts: a version too many costs a cold start, a version too few would keep a name that is gone.
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

/** A resource as others that refer to it see it. */
interface Node extends References {
  readonly text: string;
}

const NOTHING: References = { names: new Set(), isConditional: false };

export function identitiesOf(template: Template): Identities {
  const { Resources = {}, Parameters = {}, Conditions = {} } = template;
  const memo = <Value>(make: (id: string) => Value) => {
    const known = new Map<string, Value>();
    return (id: string): Value => {
      const value = known.get(id) ?? make(id);
      known.set(id, value);
      return value;
    };
  };
  const references = memo((id) => referencesIn(Resources[id]?.Properties));
  const nodes = memo((id): Node => {
    const { Type, Properties = {} } = Resources[id] as TemplateResource;
    const replacing = REPLACING[Type];
    if (!replacing) return { text: `${Type} ${JSON.stringify(Properties)}`, ...references(id) };
    const counted = picked(Properties, replacing);
    return {
      text: `${Type} ${JSON.stringify(counted)}`,
      ...(counted.length > 0 ? referencesIn(counted) : NOTHING),
    };
  });
  /** All that the first ones refer to, directly or not. */
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
  /** The order must not depend on the template's: then another function would change it. */
  const identity = (first: string, ids: readonly string[]): string => {
    const others = [...reached(ids)].flatMap(([id, node]) => (node ? [`${id} ${node.text}`] : []));
    return sha256([first, ...others.sort()].join('\n'));
  };
  const conditions = memo(() => referencesIn(Conditions));
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
      const names = all.flatMap((one) => [...one.names, ...(one.isConditional ? conditions('').names : [])]);
      return [...new Set(names)].filter((name) => name in (Parameters as object)).sort();
    },
  };
}

function picked(properties: Readonly<Record<string, unknown>>, names: readonly string[]): unknown[] {
  return names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]]));
}
