import type { Template } from '../../target/template.js';

interface Parameter {
  readonly Type?: string;
  readonly NoEcho?: boolean | string;
  readonly MaxLength?: number;
  readonly AllowedValues?: readonly string[];
}

/** Assumed maximum length of a parameter's value: names, ids and ARNs are shorter. `maxLength` overrides it. */
const DEFAULT_LENGTH = 110;

/** Parameters for the location of code, which contain the hash of the code in their name. */
const ASSET = /^AssetParameters[0-9a-f]{64}/;

/**
 * Returns the parameter values for a version's description, as many as fit, and the names of the others. A changed
 * parameter value changes nothing in a template; in the description it makes CloudFormation publish a version.
 */
export function deploymentValues(
  template: Template,
  names: readonly string[],
  maxLength: number,
): { readonly joined: readonly unknown[]; readonly omitted: readonly string[] } {
  const parameters = (template.Parameters ?? {}) as Readonly<Record<string, Parameter>>;
  const joined: unknown[] = [];
  const omitted: string[] = [];
  let left = maxLength;
  for (const name of names) {
    const parameter = parameters[name];
    if (!parameter || ASSET.test(name)) continue;
    const length = maxLengthOf(parameter) + 1;
    // A secret value must not be in a description.
    if (isSecret(parameter) || length > left) {
      omitted.push(name);
      continue;
    }
    left -= length;
    joined.push(isList(parameter) ? { 'Fn::Join': [',', { Ref: name }] } : { Ref: name });
  }
  return { joined, omitted };
}

function maxLengthOf({ MaxLength, AllowedValues, Type = 'String' }: Parameter): number {
  if (AllowedValues && AllowedValues.length > 0) {
    return Math.max(...AllowedValues.map((value) => String(value).length));
  }
  // For a parameter in Parameter Store, it limits the name, not the value.
  if (MaxLength !== undefined && !Type.startsWith('AWS::SSM::')) return Number(MaxLength);
  return DEFAULT_LENGTH;
}

function isSecret({ NoEcho }: Parameter): boolean {
  return NoEcho === true || NoEcho === 'true';
}

function isList({ Type = 'String' }: Parameter): boolean {
  return Type === 'CommaDelimitedList' || Type.includes('List<');
}
