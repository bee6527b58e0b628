import fs, { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { oneFunction, Project, removeProjects } from '../project.js';
import { synthesized } from '../synthesized.js';

afterAll(removeProjects);
afterEach(() => jest.restoreAllMocks());

const project = () =>
  new Project({
    'lambda/main.ts':
      "import * as z from 'zod';\nexport const handler = async (event: unknown) => z.string().parse(event);",
    'texts/hello.txt': 'hello',
  });

const options = (own: Project) => ({ bundling: { files: { 'texts/en': own.path('texts') } } });

it('code is linked into the assembly: what is there already takes no place a second time', () => {
  const own = project();
  const { code } = synthesized(own, options(own));
  expect(statSync(join(code, 'index.mjs')).nlink).toBeGreaterThan(1);
});

it('code is copied where there are no hard links, as between file systems', () => {
  const own = project();
  const link = jest.spyOn(fs, 'linkSync').mockImplementation(() => {
    throw Object.assign(new Error('EXDEV: cross-device link not permitted'), { code: 'EXDEV' });
  });
  const { code, run } = synthesized(own, options(own));
  expect(link).toHaveBeenCalled();
  expect(statSync(join(code, 'index.mjs')).nlink).toBe(1);
  expect(readFileSync(join(code, 'texts/en/hello.txt'), 'utf8')).toBe('hello');
  expect(run("return await handler('hi');")).toBe('hi');
});

it('code that another synth has put there meanwhile is left as it is, and no draft of it stays', () => {
  const own = project();
  const rename = fs.renameSync;
  jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    if (!String(to).includes('/asset.')) return rename(from, to);
    fs.cpSync(String(from), String(to), { recursive: true });
    throw Object.assign(new Error('ENOTEMPTY: directory not empty'), { code: 'ENOTEMPTY' });
  });
  const { code, text } = synthesized(own, options(own));
  expect(text).toContain('handler');
  const assets = readdirSync(dirname(code)).filter((name) => name.startsWith('asset.'));
  expect(assets).toHaveLength(2);
});

it('code that cannot be put there is no success', () => {
  const own = project();
  const rename = fs.renameSync;
  jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    if (!String(to).includes('/asset.')) return rename(from, to);
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  expect(() => oneFunction(own, './lambda/main.js').app.synth()).toThrow('ENOSPC');
});
