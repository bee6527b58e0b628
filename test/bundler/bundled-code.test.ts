import fs, { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { oneFunction, Project, removeProjects } from '../support/project.js';
import { synthesized } from '../support/synthesized.js';

afterAll(removeProjects);
afterEach(() => jest.restoreAllMocks());

const project = () =>
  new Project({
    'lambda/main.ts':
      "import * as z from 'zod';\nexport const handler = async (event: unknown) => z.string().parse(event);",
    'texts/hello.txt': 'hello',
  });

const options = (shop: Project) => ({ bundling: { files: { 'texts/en': shop.path('texts') } } });

it('code is linked into the assembly, so that it takes no space twice', () => {
  const shop = project();
  const { code } = synthesized(shop, options(shop));
  expect(statSync(join(code, 'index.mjs')).nlink).toBeGreaterThan(1);
});

describe('code that consists of a bundle only', () => {
  const archiveIn = ({ directory }: { readonly directory: string }) => {
    const [name = 'no archive'] = readdirSync(directory).filter((file) => file.endsWith('.zip'));
    return join(directory, name);
  };

  it('is an archive in the assembly, as it is uploaded, linked like other code', () => {
    const { assembly, hash } = synthesized(project());
    expect(archiveIn(assembly)).toBe(join(assembly.directory, `${hash}.zip`));
    expect(statSync(archiveIn(assembly)).nlink).toBeGreaterThan(1);
    const { files } = JSON.parse(readFileSync(join(assembly.directory, 'Shop.assets.json'), 'utf8'));
    const code = files[hash.replace('asset.', '')];
    expect(code.source).toEqual({ path: `${hash}.zip`, packaging: 'file' });
    expect(Object.values<any>(code.destinations)[0].objectKey).toBe(`${hash.replace('asset.', '')}.zip`);
  });

  it('is copied as a whole without support for hard links', () => {
    jest.spyOn(fs, 'linkSync').mockImplementation(() => {
      throw Object.assign(new Error('EXDEV: cross-device link not permitted'), { code: 'EXDEV' });
    });
    const { assembly, run } = synthesized(project());
    expect(statSync(archiveIn(assembly)).nlink).toBe(1);
    expect(run("return await handler('hi');")).toBe('hi');
  });

  it('is kept if a concurrent synth wrote it first', () => {
    const link = fs.linkSync;
    jest.spyOn(fs, 'linkSync').mockImplementation((from, to) => {
      link(from, to);
      if (String(to).endsWith('.zip'))
        throw Object.assign(new Error('EEXIST: file already exists'), { code: 'EEXIST' });
    });
    const { assembly, run } = synthesized(project());
    expect(run("return await handler('hi');")).toBe('hi');
    expect(readdirSync(assembly.directory).filter((name) => name.includes('.zip'))).toHaveLength(1);
  });
});

it('code is copied without support for hard links, as across file systems', () => {
  const shop = project();
  const link = jest.spyOn(fs, 'linkSync').mockImplementation(() => {
    throw Object.assign(new Error('EXDEV: cross-device link not permitted'), { code: 'EXDEV' });
  });
  const { code, run } = synthesized(shop, options(shop));
  expect(link).toHaveBeenCalled();
  expect(statSync(join(code, 'index.mjs')).nlink).toBe(1);
  expect(readFileSync(join(code, 'texts/en/hello.txt'), 'utf8')).toBe('hello');
  expect(run("return await handler('hi');")).toBe('hi');
});

it('code that a concurrent synth wrote first is kept, and no draft remains', () => {
  const shop = project();
  const rename = fs.renameSync;
  jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    if (!String(to).includes('/asset.')) return rename(from, to);
    fs.cpSync(String(from), String(to), { recursive: true });
    throw Object.assign(new Error('ENOTEMPTY: directory not empty'), { code: 'ENOTEMPTY' });
  });
  const { code, text } = synthesized(shop, options(shop));
  expect(text).toContain('handler');
  const assets = readdirSync(dirname(code)).filter((name) => name.startsWith('asset.'));
  expect(assets).toHaveLength(2);
});

it('code that cannot be written fails the synth', () => {
  const shop = project();
  const rename = fs.renameSync;
  jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    if (!String(to).includes('/asset.')) return rename(from, to);
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  expect(() => oneFunction(shop, './lambda/main.js').app.synth()).toThrow('ENOSPC');
});
