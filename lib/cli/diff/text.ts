import type { AppDiff } from './app-diff.js';
import type { DataChange } from './data.js';
import type { PermissionChange } from './permissions.js';
import type { Refusal } from './refusal.js';

/** Formats a diff as text. */
export function formatDiff({ newStacks, leftStacks, data, permissions, refused, cost }: AppDiff): string {
  const { before, after } = cost;
  return [
    ...(newStacks.length > 0 ? [`New: ${newStacks.join(', ')}`] : []),
    ...(leftStacks.length > 0 ? [`No longer in the app, unchanged: ${leftStacks.join(', ')}`] : []),
    ...(refused.length > 0 ? [section('Rejected by AWS', refused.map(refusalLine), '')] : []),
    section('Data', data.map(dataLine), 'nothing is deleted or replaced'),
    section('Permissions', permissions.map(permissionLine), 'no changes'),
    section(
      'Cost at rest per month in us-east-1',
      before.monthly === after.monthly ? [] : [`${dollars(before.monthly)} -> ${dollars(after.monthly)}`],
      `${dollars(after.monthly)}, no change`,
    ),
  ].join('\n');
}

function section(name: string, lines: readonly string[], emptyText: string): string {
  return lines.length > 0 ? [name, ...lines.map((line) => `  ${line}`)].join('\n') : `${name}: ${emptyText}`;
}

function dataLine({ path, type, what, lost, because }: DataChange): string {
  const why = because.length > 0 ? ` (changed: ${because.join(', ')})` : '';
  return `${path} (${type}) ${sentence(what, lost)}${why}`;
}

function sentence(what: DataChange['what'], lost: boolean): string {
  if (what === 'keeps less') return 'has a SHORTER RETENTION: older data is lost';
  if (what === 'no longer kept') return 'stays, but will not be retained when it is removed from the stack';
  if (what === 'deleted')
    return lost ? 'is DELETED with its data' : 'is removed from the stack and retained with its data';
  const verb = what === 'replaced' ? 'is REPLACED' : 'may be REPLACED';
  return `${verb} by an empty resource; ${lost ? 'its data is lost' : 'the old resource is retained with its data, outside of the stack'}`;
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
  const resourceText = resource === '' ? '' : ` on ${resource}`;
  const conditionText = condition === undefined ? '' : ` if ${JSON.stringify(condition)}`;
  return `${SIGNS[what]} ${who}: ${actions.join(', ')}${resourceText}${conditionText}`;
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`;
