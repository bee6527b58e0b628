import { readFileSync } from 'node:fs';

export interface Fence {
  readonly language: string;
  /** Text after the language, as in `ts file=lambda/get.ts`. */
  readonly info: string;
  readonly text: string;
}

/** The fenced blocks of a Markdown file, in order. */
export function fencesOf(file: string): Fence[] {
  const blocks = readFileSync(file, 'utf8').matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, language = '', info = '', text = '']) => ({
    language,
    info: info.trim(),
    text,
  }));
}
