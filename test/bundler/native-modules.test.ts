import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import { SharedLayer } from 'cdk-trellis';
import { codeFolder, logicalIds, templateOf } from '../support/lambda.js';
import { Project, removeProjects } from '../support/project.js';
import { filesIn, synthError, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

const INSTALLED = join(__dirname, '../../node_modules');

/** The Lambda architecture of this machine. */
const LOCAL_ARCHITECTURE = process.arch === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64;

const X64 = { architecture: Architecture.X86_64 };
const ARM64 = { architecture: Architecture.ARM_64 };

/** Returns the header of a Linux shared object, as far as it is read. */
function machineCode(machine: 'x64' | 'arm64', text = ''): Uint8Array {
  const code = Buffer.alloc(128);
  code.writeUInt32BE(0x7f454c46);
  code.writeUInt16LE(machine === 'x64' ? 62 : 183, 18);
  code.write(text, 64);
  return code;
}

const MAC_CODE = Buffer.concat([Buffer.from('cffaedfe0c000001', 'hex'), Buffer.alloc(120)]);
const WINDOWS_CODE = Buffer.concat([
  Buffer.from('MZ'),
  Buffer.alloc(58),
  Buffer.from([64, 0, 0, 0]),
  Buffer.from('PE\0\0'),
]);

/** Adds a typical native package, which loads a package for each platform. */
function addHash(project: Project, platforms: Record<string, Uint8Array>, folder = 'node_modules'): void {
  const names = ['linux-x64', 'linux-x64-gnu', 'linux-arm64-gnu', 'linux-arm64-musl', 'darwin-arm64'];
  project.write(
    `${folder}/@fast/hash/package.json`,
    JSON.stringify({
      name: '@fast/hash',
      version: '1.2.3',
      optionalDependencies: Object.fromEntries(names.map((name) => [`@fast/hash-${name}`, '1.2.3'])),
    }),
  );
  project.write(
    `${folder}/@fast/hash/index.js`,
    `let native;
    try { native = require('./hash.linux-x64-gnu.node'); } catch { native = require('@fast/hash-' + process.platform + '-' + process.arch + '-gnu'); }
    exports.hash = native.hash;`,
  );
  for (const [name, code] of Object.entries(platforms)) {
    const [os, cpu, libc] = name.split('-');
    project.write(
      `${folder}/@fast/hash-${name}/package.json`,
      JSON.stringify({
        name: `@fast/hash-${name}`,
        version: '1.2.3',
        main: 'hash.node',
        os: [os],
        cpu: [cpu],
        ...(libc && { libc: [libc === 'gnu' ? 'glibc' : 'musl'] }),
      }),
    );
    project.write(`${folder}/@fast/hash-${name}/hash.node`, code);
  }
}

const HANDLER = "import { hash } from '@fast/hash'; export const handler = async () => hash('x');";

const addons = (layer: string) => filesIn(layer).filter((name) => name.endsWith('.node'));
const place = (name: string) => `nodejs/v/node_modules/${name}`;

(process.platform === 'linux' ? describe : describe.skip)('a package with native code runs', () => {
  /** Returns a project with a package of this repository and its native code for this machine. */
  const withInstalled = (name: string, source: string) => {
    const project = new Project({ 'lambda/main.ts': source });
    project.link(`node_modules/${name}`, join(INSTALLED, name));
    return project;
  };

  it('that loads it by a computed name', () => {
    const project = withInstalled(
      '@parcel/watcher',
      `import { chmodSync, statSync } from 'node:fs';
      import { writeSnapshot } from '@parcel/watcher';
      export const handler = async (folder: string) => {
        await writeSnapshot(folder, folder + '/snapshot');
        return statSync(folder + '/snapshot').size > 0;
      };`,
    );
    const { run, layer } = synthesized(project, { architecture: LOCAL_ARCHITECTURE });
    expect(run(`return handler(${JSON.stringify(project.path('lambda'))})`)).toBe(true);
    expect(filesIn(layer)).toContain(place('detect-libc/package.json'));
    expect(filesIn(layer).filter((name) => /node-addon-api|\.(cc|hh|gyp)$/.test(name))).toEqual([]);
  });

  it('that loads it by a literal name', () => {
    const project = withInstalled(
      'unrs-resolver',
      `import { sync } from 'unrs-resolver';
      export const handler = async (folder: string) => sync(folder, './main.ts').path;`,
    );
    const { run } = synthesized(project, { architecture: LOCAL_ARCHITECTURE });
    const folder = project.path('lambda');
    expect(run(`return handler(${JSON.stringify(folder)})`)).toBe(join(folder, 'main.ts'));
  });
});

describe('a package with native code', () => {
  const everywhere = {
    'linux-x64-gnu': machineCode('x64'),
    'linux-arm64-gnu': machineCode('arm64'),
    'linux-arm64-musl': machineCode('arm64'),
    'darwin-arm64': MAC_CODE,
  };
  const project = new Project({
    'lambda/main.ts': HANDLER,
    'lambda/main2.ts': HANDLER,
    'lambda/other.ts':
      "import { string } from 'zod'; export const handler = async () => string().parse('x');",
  });
  addHash(project, everywhere);

  /** Synthesizes functions with and without native code, in separate stacks or in one. */
  function synth(stacks: Record<string, Record<string, Architecture>>) {
    const app = project.app();
    const made = Object.entries(stacks).map(([id, functions]) => {
      const stack = new Stack(app, id);
      for (const [name, architecture] of Object.entries(functions)) {
        project.add(stack, name, `./lambda/${name}.js`, { architecture });
      }
      return stack;
    });
    const assembly = app.synth();
    return made.map((stack) => {
      const [layer = ''] = logicalIds(assembly, stack, 'AWS::Lambda::LayerVersion');
      const keys = logicalIds(assembly, stack, 'AWS::Lambda::Function').map(
        (id) => templateOf(assembly, stack).Resources[id].Properties.Code.S3Key,
      );
      return {
        addons: addons(codeFolder(assembly, stack, layer)),
        keys,
        layer: codeFolder(assembly, stack, layer),
      };
    });
  }

  it.each([
    ['arm64', ARM64],
    ['x64', X64],
  ])('is in the layer of its stack as installed, for %s only', (cpu, options) => {
    const { layer, text } = synthesized(project, options);
    expect(filesIn(layer)).toEqual([
      expect.stringMatching(/^nodejs\/v\/fast-hash-[0-9a-f]{8}\.mjs$/),
      place(`@fast/hash-linux-${cpu}-gnu/hash.node`),
      place(`@fast/hash-linux-${cpu}-gnu/package.json`),
      place('@fast/hash/index.js'),
      place('@fast/hash/package.json'),
      'nodejs/v/package.json',
    ]);
    expect(text).toMatch(/^import\{hash\}from"\/opt\/nodejs\/v\/fast-hash-[0-9a-f]{8}\.mjs";/);
  });

  it('is deployed for this machine when the target is the local cloud, which runs functions on it', () => {
    const shop = new Project({ 'lambda/main.ts': HANDLER });
    const platform = `${process.platform}-${process.arch}`;
    const code = {
      'linux-x64': machineCode('x64'),
      'linux-arm64': machineCode('arm64'),
      'darwin-arm64': MAC_CODE,
    };
    addHash(shop, {
      'linux-arm64-gnu': machineCode('arm64'),
      [platform]: code[platform as keyof typeof code],
    });
    const app = shop.app({ context: { target: 'local' } });
    const stack = new Stack(app, 'Shop');
    shop.add(stack, 'Fn', './lambda/main.js', ARM64);
    const assembly = app.synth();
    const [layer = ''] = logicalIds(assembly, stack, 'AWS::Lambda::LayerVersion');
    expect(addons(codeFolder(assembly, stack, layer))).toEqual([place(`@fast/hash-${platform}/hash.node`)]);
  });

  it('is deployed for both architectures if functions of both use it in a stack', () => {
    const [both] = synth({ Shop: { main: Architecture.X86_64, main2: Architecture.ARM_64 } });
    expect(both!.addons).toEqual([
      place('@fast/hash-linux-arm64-gnu/hash.node'),
      place('@fast/hash-linux-x64-gnu/hash.node'),
    ]);
  });

  it('is deployed for the architecture of the functions that use it, next to functions of another one', () => {
    const [mixed] = synth({ Shop: { main: Architecture.X86_64, other: Architecture.ARM_64 } });
    expect(mixed!.addons).toEqual([place('@fast/hash-linux-x64-gnu/hash.node')]);
    const shop = new Project({
      'lambda/main.ts': HANDLER,
      'lambda/other.ts': 'export const handler = async () => 1;',
      'lambda/named.ts': 'export const handler = async () => 2;',
    });
    addHash(shop, { 'linux-x64-gnu': machineCode('x64') });
    const app = shop.app();
    const stack = new Stack(app, 'Shop');
    shop.add(stack, 'Fn', './lambda/main.js', X64);
    shop.add(stack, 'Other', './lambda/other.js', ARM64);
    shop.add(stack, 'Named', './lambda/named.js', { ...X64, bundling: { nodeModules: ['@fast/hash'] } });
    expect(() => app.synth()).not.toThrow();
  });

  it('is deployed for the architecture of the functions that use it through a shared layer', () => {
    const shop = new Project({
      'lambda/main.ts': "import { hash } from '@shop/hashes'; export const handler = async () => hash;",
      'lambda/other.ts': 'export const handler = async () => 1;',
      'layers/hashes/package.json': '{ "name": "@shop/hashes", "version": "1.0.0", "exports": "./index.ts" }',
      'layers/hashes/index.ts': "export { hash } from '@fast/hash';",
    });
    addHash(shop, everywhere);
    const app = shop.app();
    const stack = new Stack(app, 'Shop');
    const layers = [SharedLayer.fromPackage(shop.path('layers/hashes'))];
    shop.add(stack, 'Fn', './lambda/main.js', { ...X64, layers });
    shop.add(stack, 'Other', './lambda/other.js', ARM64);
    const assembly = app.synth();
    const folders = logicalIds(assembly, stack, 'AWS::Lambda::LayerVersion').map((id) =>
      codeFolder(assembly, stack, id),
    );
    expect(folders.flatMap(addons)).toEqual([place('@fast/hash-linux-x64-gnu/hash.node')]);
  });

  it('changes no other function and no other stack', () => {
    const [alone] = synth({ Other: { other: Architecture.ARM_64 } });
    const [shop, other] = synth({
      Shop: { main: Architecture.ARM_64, other: Architecture.ARM_64 },
      Other: { other: Architecture.ARM_64 },
    });
    expect(other).toEqual({ ...alone, layer: other!.layer });
    expect(other!.layer.split('asset.')[1]).toBe(alone!.layer.split('asset.')[1]);
    expect(shop!.keys).toContain(alone!.keys[0]);
  });

  it('changes the layer and no function when it is upgraded', () => {
    const before = synthesized(project, ARM64);
    project.write('node_modules/@fast/hash/index.js', "exports.hash = () => 'new';");
    project.write('node_modules/.package-lock.json', '{ "packages": { "node_modules/@fast/hash": {} } }');
    const after = synthesized(project, ARM64);
    expect(after.hash).toBe(before.hash);
    expect(after.layer.split('asset.')[1]).not.toBe(before.layer.split('asset.')[1]);
    addHash(project, everywhere);
  });

  it('is copied again after its native code was rebuilt, which no lockfile records', () => {
    const before = synthesized(project, ARM64).layer.split('asset.')[1];
    expect(synthesized(project, ARM64).layer.split('asset.')[1]).toBe(before);
    project.write('node_modules/@fast/hash-linux-arm64-gnu/hash.node', machineCode('arm64', 'again'));
    expect(synthesized(project, ARM64).layer.split('asset.')[1]).not.toBe(before);
  });

  it('may contain code for all platforms, of which one is deployed', () => {
    const shop = new Project({
      'lambda/main.ts': "import brought from 'brought'; export const handler = async () => brought();",
      'node_modules/brought/package.json': '{ "name": "brought", "version": "1.0.0" }',
      'node_modules/brought/index.js': "module.exports = require('node-gyp-build')(__dirname);",
      'node_modules/brought/binding.gyp': '{}',
      'node_modules/brought/src/addon.cc': '// source',
      'node_modules/node-gyp-build/package.json': '{ "name": "node-gyp-build", "version": "4.0.0" }',
      'node_modules/node-gyp-build/index.js': 'module.exports = () => () => 1;',
    });
    for (const [name, code] of Object.entries({
      'linux-x64': machineCode('x64'),
      'linux-arm64': machineCode('arm64'),
      'darwin-arm64': MAC_CODE,
      'win32-x64': WINDOWS_CODE,
    })) {
      shop.write(`node_modules/brought/prebuilds/${name}/addon.node`, code);
    }
    const { layer } = synthesized(shop, ARM64);
    expect(filesIn(layer).filter((name) => name.includes('node_modules/brought/'))).toEqual([
      place('brought/index.js'),
      place('brought/package.json'),
      place('brought/prebuilds/linux-arm64/addon.node'),
    ]);
  });

  it('may be executable and remains so', () => {
    const shop = new Project({ 'lambda/main.ts': HANDLER });
    addHash(shop, everywhere);
    chmodSync(shop.path('node_modules/@fast/hash-linux-arm64-gnu/hash.node'), 0o700);
    const { layer } = synthesized(shop, ARM64);
    const modes = ['@fast/hash-linux-arm64-gnu/hash.node', '@fast/hash/index.js'].map((name) =>
      (statSync(join(layer, place(name))).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['755', '644']);
  });

  it('that is optional for its dependents is omitted if it is missing', () => {
    const shop = new Project({
      'lambda/main.ts': "import { pack } from 'packer'; export const handler = async () => pack();",
      'node_modules/packer/package.json':
        '{ "name": "packer", "version": "1.0.0", "optionalDependencies": { "@fast/hash": "1" } }',
      'node_modules/packer/index.js':
        "let fast; try { fast = require('@fast/hash'); } catch {} exports.pack = () => (fast ? 'fast' : 'slow');",
    });
    addHash(shop, { 'linux-x64-gnu': machineCode('x64') });
    const { layer, run } = synthesized(shop, ARM64);
    expect(filesIn(layer).filter((name) => name.includes('node_modules'))).toEqual([]);
    expect(run('return handler()')).toBe('slow');
  });
});

describe('a package with native code is rejected', () => {
  it('with the install command if it is not installed for the architecture', () => {
    const project = new Project({ 'lambda/main.ts': HANDLER });
    addHash(project, { 'linux-x64-gnu': machineCode('x64'), 'linux-arm64-musl': machineCode('arm64') });
    expect(synthError(project, ARM64)).toBe(
      [
        'Packages that functions import cannot be bundled:',
        "  @fast/hash@1.2.3 is native and must have machine code for the function's platform, Linux on arm64; the installed package supports other platforms only. Install it in addition to this machine's packages: npm install --no-save --force @fast/hash-linux-arm64-gnu@1.2.3 (pnpm and Yarn: set supportedArchitectures). Or run the function on the other architecture: `architecture: Architecture.X86_64`. (imported by Shop/Fn)",
      ].join('\n'),
    );
    expect(synthError(project, X64)).toBe('no error');
  });

  it('until it is installed', () => {
    const project = new Project({ 'lambda/main.ts': HANDLER });
    addHash(project, {});
    expect(synthError(project, ARM64)).toContain('the installed package has no machine code');
    addHash(project, { 'linux-arm64-gnu': machineCode('arm64') });
    expect(addons(synthesized(project, ARM64).layer)).toHaveLength(1);
  });

  it('with the build command if it has no package for a platform', () => {
    const project = new Project({
      'lambda/main.ts': "import { open } from 'database'; export const handler = async () => open();",
      'node_modules/database/package.json':
        '{ "name": "database", "version": "2.0.0", "dependencies": { "bindings": "1" } }',
      'node_modules/database/index.js': "exports.open = require('bindings')('database.node');",
      'node_modules/bindings/package.json': '{ "name": "bindings", "version": "1.0.0" }',
      'node_modules/bindings/index.js': 'module.exports = () => 1;',
    });
    project.write('node_modules/database/build/Release/database.node', machineCode('x64'));
    expect(synthError(project, ARM64)).toContain('npm rebuild database --platform=linux --arch=arm64.');
    expect(synthError(project, X64)).toBe('no error');
  });

  it('if a stack uses two versions', () => {
    const project = new Project({
      'lambda/main.ts':
        "import { hash } from '@fast/hash'; import { two } from '../shop/two.js'; export const handler = async () => [hash, two];",
      'shop/two.ts': "export { hash as two } from '@fast/hash';",
    });
    addHash(project, { 'linux-arm64-gnu': machineCode('arm64') });
    addHash(project, { 'linux-arm64-gnu': machineCode('arm64') }, 'shop/node_modules');
    expect(synthError(project, ARM64)).toMatch(
      /must use the same version of @fast\/hash, because it is not bundled, got 1\.2\.3 in .* and 1\.2\.3 in /,
    );
  });
});
