import type { Template } from '../../target/template.js';

interface Parameter {
  readonly Type?: string;
  readonly NoEcho?: boolean | string;
  readonly MaxLength?: number;
  readonly AllowedValues?: readonly string[];
}

/** Names, ids and ARNs are shorter; a parameter that says its `maxLength` is taken at its word. */
const USUAL_LENGTH = 110;

/** The location of code, whose parameter has the hash of the code in its name. */
const ASSET = /^AssetParameters[0-9a-f]{64}/;

/**
 * The values of parameters for a version's description, as many as fit, and the names of the others. A changed
 * parameter changes nothing in a template; in the description it makes CloudFormation publish a version.
 */
export function deploymentValues(
  template: Template,
  names: readonly string[],
  room: number,
): { readonly joined: readonly unknown[]; readonly unseen: readonly string[] } {
  const parameters = (template.Parameters ?? {}) as Readonly<Record<string, Parameter>>;
  const joined: unknown[] = [];
  const unseen: string[] = [];
  let left = room;
  for (const name of names) {
    const parameter = parameters[name];
    if (!parameter || ASSET.test(name)) continue;
    const length = maxLengthOf(parameter) + 1;
    // A secret value must not be in a description.
    if (isSecret(parameter) || length > left) {
      unseen.push(name);
      continue;
    }
    left -= length;
    joined.push(isList(parameter) ? { 'Fn::Join': [',', { Ref: name }] } : { Ref: name });
  }
  return { joined, unseen };
}

function maxLengthOf({ MaxLength, AllowedValues, Type = 'String' }: Parameter): number {
  if (AllowedValues && AllowedValues.length > 0) {
    return Math.max(...AllowedValues.map((value) => String(value).length));
  }
  // Of a parameter in Parameter Store it limits the name, not the value.
  if (MaxLength !== undefined && !Type.startsWith('AWS::SSM::')) return Number(MaxLength);
  return USUAL_LENGTH;
}

function isSecret({ NoEcho }: Parameter): boolean {
  return NoEcho === true || NoEcho === 'true';
}

function isList({ Type = 'String' }: Parameter): boolean {
  return Type === 'CommaDelimitedList' || Type.includes('List<');
}
