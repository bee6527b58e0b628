import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SharedLayer } from 'cdk-trellis';
import { Project, removeProjects } from '../support/project.js';
import { filesIn, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

const REPOSITORY = join(__dirname, '../..');

function using(statement: string) {
  const project = new Project({
    'lambda/main.ts': `${statement}
      const Order = z.object({ id: z.string().regex(/^[a-z]+$/), count: z.number(), at: z.iso.datetime() });
      export const handler = async (event: unknown) => {
        const { data, error } = Order.safeParse(event);
        return data ?? [error instanceof z.ZodError, error.message];
      };`,
  });
  const { layer, run } = synthesized(project);
  const bytes = filesIn(layer).reduce((sum, name) => sum + statSync(join(layer, name)).size, 0);
  return {
    bytes,
    results: run(
      "return [await handler({ id: 'a', count: 1, at: '2026-01-01T00:00:00Z' }), await handler({ id: 'A' })]",
    ),
  };
}

describe('zod', () => {
  const whole = using("import * as all from 'zod'; const z = { ...all };");
  const members = using("import * as z from 'zod';");

  it('is small if only its members are used', () => {
    expect(members.bytes).toBeLessThan(whole.bytes / 4);
    expect(members.results).toEqual(whole.results);
  });

  it.each([
    "import { z } from 'zod';",
    "import z from 'zod';",
    "import { z as zz } from 'zod'; import { z } from 'zod'; zz.string();",
    "import { z } from 'zod/v4';",
  ])('is as small by %s', (statement) => {
    const { bytes, results } = using(statement);
    expect(bytes).toBeLessThan(members.bytes * 1.1);
    expect(results).toEqual(whole.results);
  });

  it('exists once for functions, layers and packages, whichever names they use', () => {
    const project = new Project({
      'layers/parts/package.json': '{ "name": "@shop/parts", "version": "1.0.0", "exports": "./index.ts" }',
      'layers/parts/index.ts':
        "import { z } from 'zod'; export const invalid = () => z.string().safeParse(1).error;",
      'lambda/main.ts': `import { SqsSchema } from '@aws-lambda-powertools/parser/schemas';
        import { invalid } from '@shop/parts';
        import { z } from 'zod';
        import { ZodError } from 'zod';
        const is = (error: unknown) => [error instanceof z.ZodError, error instanceof ZodError];
        export const handler = async () => [...is(invalid()), ...is(SqsSchema.safeParse({}).error), invalid().message];`,
    });
    project.link('node_modules/@shop/parts', project.path('layers/parts'));
    project.link(
      'node_modules/@aws-lambda-powertools',
      join(REPOSITORY, 'node_modules/@aws-lambda-powertools'),
    );
    const layers = [SharedLayer.fromPackage(project.path('layers/parts'))];
    expect(synthesized(project, { layers }).run('return handler()')).toEqual([
      true,
      true,
      true,
      true,
      expect.stringContaining('Invalid input: expected string, received number'),
    ]);
  });
});
