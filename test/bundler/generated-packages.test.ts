import { Project, removeProjects } from '../support/project.js';
import { synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

/** Prisma's layout: the package loads what its generator has written next to it, which may have no package.json. */
const PRISMA = {
  'node_modules/@prisma/client/package.json': '{ "name": "@prisma/client", "version": "6.0.0" }',
  'node_modules/@prisma/client/index.js': "module.exports = { ...require('.prisma/client/default') };",
  'node_modules/.prisma/client/default.js':
    'class PrismaClient { name() { return "generated"; } }\nmodule.exports = { PrismaClient };',
};
const CODE =
  "import { PrismaClient } from '@prisma/client'; export const handler = async () => new PrismaClient().name();";

describe('generated code in node_modules', () => {
  it.each(['commonjs', 'module'])('is CommonJS without a package.json, in an app of type %s', (type) => {
    const project = new Project({
      ...PRISMA,
      'package.json': JSON.stringify({ name: 'shop', private: true, type }),
      'lambda/main.ts': CODE,
    });
    expect(synthesized(project).run('return handler()')).toBe('generated');
  });

  it('has the type of its own package.json', () => {
    const project = new Project({
      ...PRISMA,
      'node_modules/.prisma/client/package.json': '{ "name": ".prisma/client", "type": "module" }',
      'node_modules/.prisma/client/default.js': 'export class PrismaClient { name() { return "module"; } }',
      'lambda/main.ts': CODE,
    });
    expect(synthesized(project).run('return handler()')).toBe('module');
  });
});
