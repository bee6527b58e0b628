import { spawnSync } from 'node:child_process';

/** Returns the wall time of a command in seconds. @throws Error with its output when it fails */
export function seconds(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): number {
  const [file, ...args] = command as [string, ...string[]];
  const start = performance.now();
  const { status, stderr } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${command.join(' ')} failed:\n${stderr}`);
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Returns the median of each figure. */
export function medians<Figures extends Record<string, number>>(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, median(rounds.map((round) => round[name]!))]),
  ) as Figures;
}

export const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));
