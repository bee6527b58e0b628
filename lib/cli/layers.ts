import { resolve } from 'node:path';
import { type LayerReport, layersOf } from './layer-report.js';

export interface LayersOptions {
  readonly json?: boolean;
  /** Folder of the synthesized app. */
  readonly app: string;
}

/** Prints the layers of a synthesized app, with their packages and functions. */
export function layers({ json = false, app }: LayersOptions): void {
  const reports = layersOf(resolve(app));
  if (json) console.log(JSON.stringify(reports, null, 2));
  else console.log(reports.length > 0 ? reports.map(formatLayer).join('\n\n') : 'The app has no layers.');
}

function formatLayer({ path, kind, packages, files, bytes, functions }: LayerReport): string {
  const sorted = [...packages].sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
  const rows = sorted.map(({ name, version, bytes: size, imports = {} }) => [
    `${name} ${version}`,
    size === undefined
      ? ''
      : `${kilobytes(size)}${Object.values(imports).includes('*') ? ', imported as a whole' : ''}`,
  ]);
  const width = Math.max(...rows.map(([name = '']) => name.length), 0);
  return [
    `${path} (${kind}, ${count(Object.keys(files).length, 'file')}, ${kilobytes(bytes)})`,
    ...rows.map(([name = '', size = '']) => `  ${name.padEnd(width)}  ${size}`.trimEnd()),
    `  used by ${functions.length > 0 ? functions.join(', ') : 'no function'}`,
  ].join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}
