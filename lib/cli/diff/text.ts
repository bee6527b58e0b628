import type { AppDiff } from './app-diff.js';
import type { DataChange } from './data.js';
import type { PermissionChange } from './permissions.js';
import type { Rejection } from './rejection.js';

/** Formats a diff as text. */
export function formatDiff({ newStacks, leftStacks, data, permissions, rejected, cost }: AppDiff): string {
  const { before, after } = cost;
  return [
    ...(newStacks.length > 0 ? [`New: ${newStacks.join(', ')}`] : []),
    ...(leftStacks.length > 0 ? [`No longer in the app, unchanged: ${leftStacks.join(', ')}`] : []),
    ...(rejected.length > 0 ? [section('Rejected by AWS', rejected.map(rejectionLine), '')] : []),
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

function dataLine({ path, type, change, lost, changedProperties }: DataChange): string {
  const cause = changedProperties.length > 0 ? ` (changed: ${changedProperties.join(', ')})` : '';
  return `${path} (${type}) ${sentence(change, lost)}${cause}`;
}

function sentence(change: DataChange['change'], lost: boolean): string {
  if (change === 'keeps less') return 'has a SHORTER RETENTION: older data is lost';
  if (change === 'no longer kept') return 'stays, but will not be retained when it is removed from the stack';
  if (change === 'deleted')
    return lost ? 'is DELETED with its data' : 'is removed from the stack and retained with its data';
  const verb = change === 'replaced' ? 'is REPLACED' : 'may be REPLACED';
  return `${verb} by an empty resource; ${lost ? 'its data is lost' : 'the old resource is retained with its data, outside of the stack'}`;
}

function rejectionLine({ path, type, reason }: Rejection): string {
  return `${path} (${type}): ${reason}`;
}

const SIGNS: Readonly<Record<PermissionChange['change'], string>> = {
  allowed: '+',
  'no longer denied': '+ no longer denied:',
  'no longer allowed': '-',
  denied: '- denied:',
};

function permissionLine({ change, principal, actions, resource, condition }: PermissionChange): string {
  const resourceText = resource === '' ? '' : ` on ${resource}`;
  const conditionText = condition === undefined ? '' : ` if ${JSON.stringify(condition)}`;
  return `${SIGNS[change]} ${principal}: ${actions.join(', ')}${resourceText}${conditionText}`;
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`;
