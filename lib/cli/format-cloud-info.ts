import type { CloudInfo } from '../local/index.js';

/** Formats the addresses and outputs of a local cloud as a table. */
export function formatCloudInfo({ endpoint, apis, site, outputs }: CloudInfo): string {
  const rows: [string, string][] = [];
  if (site) rows.push(['Site', site]);
  for (const [name, url] of Object.entries(apis)) rows.push([`API ${name}`, url]);
  rows.push(['Endpoint', endpoint]);
  for (const [stack, values] of Object.entries(outputs))
    for (const [key, value] of Object.entries(values))
      if (!Object.values(apis).includes(value)) rows.push([`${stack}.${key}`, value]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}
