import { execFileSync } from 'node:child_process';
import { defineApi, openApiDocument } from 'cdk-trellis/contract';
import * as z from 'zod';
import { portablePattern } from '../../../lib/contract/openapi/portable-pattern.js';

const withFlags = (flags: string, source: string) => new RegExp(source, flags);

describe('a pattern for every language', () => {
  it.each([
    [/^\P{Cc}*$/u, '^[^\\u0000-\\u001f\\u007f-\\u009f]*$'],
    [/^[\p{Cc}x]+$/u, '^[\\u0000-\\u001f\\u007f-\\u009fx]+$'],
    [/^\p{gc=Cc}$/u, '^[\\u0000-\\u001f\\u007f-\\u009f]$'],
    [/^(?<year>\d{4})-(?<month>\d\d)$/, '^(\\d{4})-(\\d\\d)$'],
    [/^\u{41}+$/u, '^\\u0041+$'],
    [/^\u{1F600}$/u, '^😀$'],
    [/^\uD83D\uDE00$/u, '^😀$'],
    [/^[\]\\(?<a>]\/$/, '^[\\]\\\\(?<a>]\\/$'],
    [/^[a[]b[(?<x>]$/, '^[a[]b[(?<x>]$'],
    [/^(?<=a)b(?<!c)$/, '^(?<=a)b(?<!c)$'],
    [/^ord_[0-9a-z]{1,20}$/g, '^ord_[0-9a-z]{1,20}$'],
  ])('%s is written %s', (pattern, written) => {
    expect(portablePattern(pattern)).toBe(written);
  });

  it.each([
    [/^[a-z]+$/i],
    [/^.*$/s],
    [/^a$/m],
    [/^\p{L}+$/u],
    [/^[^\P{Cc}]$/u],
    [/^(?<a>x)\k<a>$/],
    // biome-ignore lint/correctness/noEmptyCharacterClassInRegex: this syntax is what is tested
    [/^[^]*$/],
    [/^\cA$/],
    [withFlags('', '^\\p{L}+$')],
    [withFlags('v', '^[[a-z]&&[b]]$')],
  ])('%s is omitted', (pattern) => {
    expect(portablePattern(pattern)).toBeUndefined();
  });
});

it('every pattern of a document compiles in Python', () => {
  const api = defineApi(
    { name: 'things', version: '1.0.0' },
    {
      put: {
        method: 'PUT',
        path: '/things',
        auth: 'public',
        body: z.object({
          line: z.string().regex(/^\P{Cc}*$/u),
          two: z
            .string()
            .regex(/^\p{L}/u)
            .regex(/z$/),
          loud: z.string().regex(/^[a-z]+$/i),
          dated: z.string().regex(/^(?<year>\d{4})$/),
          mail: z.email(),
          id: z.uuid(),
          at: z.iso.datetime(),
        }),
        responses: { 204: {} },
      },
    },
  );
  const patterns: string[] = [];
  const others: string[] = [];
  JSON.parse(JSON.stringify(openApiDocument(api)), (key, value) => {
    if (key === 'pattern') patterns.push(value);
    if (key === 'x-pattern') others.push(value);
    return value;
  });
  expect(others).toEqual(['/^\\p{L}/u', '/^[a-z]+$/i']);
  expect(patterns).toContain('z$');
  const code = 'import json, re, sys; [re.compile(pattern) for pattern in json.load(sys.stdin)]';
  execFileSync('python3', ['-c', code], { input: JSON.stringify(patterns) });
});
