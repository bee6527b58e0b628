import type { AppDiff } from './app-diff.js';
import type { DataChange } from './data.js';
import type { PermissionChange } from './permissions.js';
import type { Refusal } from './refusal.js';

/** A diff as lines for people. */
export function described({ newStacks, leftStacks, data, permissions, refused, cost }: AppDiff): string {
  const { before, after } = cost;
  return [
    ...(newStacks.length > 0 ? [`New: ${newStacks.join(', ')}`] : []),
    ...(leftStacks.length > 0
      ? [`No longer in the app, and left as they are: ${leftStacks.join(', ')}`]
      : []),
    ...(refused.length > 0 ? [section('Refused by AWS', refused.map(refusalLine), '')] : []),
    section('Data', data.map(dataLine), 'nothing is deleted or replaced'),
    section('Permissions', permissions.map(permissionLine), 'as they are'),
    section(
      'Cost at rest, a month in us-east-1',
      before.monthly === after.monthly ? [] : [`${dollars(before.monthly)} -> ${dollars(after.monthly)}`],
      `${dollars(after.monthly)}, as it is`,
    ),
  ].join('\n');
}

function section(name: string, lines: readonly string[], nothing: string): string {
  return lines.length > 0 ? [name, ...lines.map((line) => `  ${line}`)].join('\n') : `${name}: ${nothing}`;
}

function dataLine({ path, type, what, lost, because }: DataChange): string {
  const why = because.length > 0 ? ` (changed: ${because.join(', ')})` : '';
  return `${path} (${type}) ${sentence(what, lost)}${why}`;
}

function sentence(what: DataChange['what'], lost: boolean): string {
  if (what === 'keeps less') return 'KEEPS LESS: what is older is lost';
  if (what === 'no longer kept') return 'stays, but is no longer kept when it leaves the stack';
  if (what === 'deleted')
    return lost ? 'is DELETED, with its data' : 'leaves the stack; it is kept, with its data';
  const happens = what === 'replaced' ? 'is REPLACED' : 'may be REPLACED';
  return `${happens} by an empty one; ${lost ? 'its data is lost' : 'the old one is kept, with its data, without a stack'}`;
}

function refusalLine({ path, type, reason }: Refusal): string {
  return `${path} (${type}): ${reason}`;
}

const SIGNS: Readonly<Record<PermissionChange['what'], string>> = {
  allowed: '+',
  'no longer denied': '+ no longer denied:',
  'no longer allowed': '-',
  denied: '- denied:',
};

function permissionLine({ what, who, actions, resource, condition }: PermissionChange): string {
  const on = resource === '' ? '' : ` on ${resource}`;
  const when = condition === undefined ? '' : ` if ${JSON.stringify(condition)}`;
  return `${SIGNS[what]} ${who}: ${actions.join(', ')}${on}${when}`;
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`;
