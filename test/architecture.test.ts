import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from '@babel/parser';

const root = join(__dirname, '..');

/**
 * Which rooms a room may import. `typeOnly` rooms may be imported for their types, or by an `import()` that a
 * construct reads and never runs.
 */
const ARROWS: Readonly<
  Record<string, { readonly may: readonly string[]; readonly typeOnly?: readonly string[] }>
> = {
  bin: { may: ['stacks', 'contracts', 'lambda', 'lib/cli', 'lib/contract', 'lib/local', 'lib', 'web'] },
  stacks: { may: ['contracts', 'lib'], typeOnly: ['lambda'] },
  contracts: { may: ['lib/contract'] },
  lambda: { may: ['contracts', 'layers', 'lib/contract', 'lib/runtime'] },
  layers: { may: ['lib/contract'] },
  web: { may: ['contracts', 'lib/client'] },
  examples: { may: ['lib', 'lib/runtime'] },
  lib: {
    may: [
      'lib/api',
      'lib/bindings',
      'lib/bundler',
      'lib/data',
      'lib/function',
      'lib/identity',
      'lib/messaging',
      'lib/observability',
      'lib/schedule',
      'lib/site',
      'lib/target',
      'lib/workflow',
    ],
  },
  'lib/api': {
    may: [
      'lib/bindings',
      'lib/construct',
      'lib/contract',
      'lib/function',
      'lib/http',
      'lib/identity',
      'lib/observability',
      'lib/project-cache',
      'lib/quotas',
      'lib/runtime',
      'lib/target',
    ],
  },
  'lib/bindings': { may: ['lib/construct', 'lib/quotas', 'lib/runtime'] },
  'lib/bundler': { may: ['lib/project-cache'] },
  'lib/construct': { may: ['lib/contract', 'lib/target'] },
  'lib/data': { may: ['lib/bindings', 'lib/construct', 'lib/contract', 'lib/target'] },
  'lib/function': {
    may: [
      'lib/bindings',
      'lib/bundler',
      'lib/construct',
      'lib/handler',
      'lib/observability',
      'lib/project-cache',
      'lib/quotas',
      'lib/runtime',
      'lib/target',
    ],
  },
  'lib/handler': { may: ['lib/bundler', 'lib/project-cache'] },
  'lib/identity': {
    may: ['lib/bindings', 'lib/construct', 'lib/function', 'lib/handler', 'lib/runtime', 'lib/target'],
  },
  'lib/messaging': {
    may: [
      'lib/bindings',
      'lib/construct',
      'lib/contract',
      'lib/data',
      'lib/function',
      'lib/handler',
      'lib/observability',
      'lib/runtime',
      'lib/target',
    ],
  },
  'lib/observability': { may: ['lib/construct', 'lib/quotas', 'lib/target'] },
  'lib/project-cache': { may: [] },
  'lib/quotas': { may: [] },
  'lib/schedule': {
    may: [
      'lib/bindings',
      'lib/construct',
      'lib/function',
      'lib/messaging',
      'lib/observability',
      'lib/runtime',
      'lib/target',
    ],
  },
  'lib/site': {
    may: [
      'lib/api',
      'lib/bindings',
      'lib/construct',
      'lib/contract',
      'lib/function',
      'lib/handler',
      'lib/identity',
      'lib/observability',
      'lib/quotas',
      'lib/site/content',
      'lib/target',
    ],
  },
  'lib/site/content': { may: [] },
  'lib/target': { may: ['lib/quotas'] },
  'lib/workflow': {
    may: ['lib/bindings', 'lib/construct', 'lib/function', 'lib/handler', 'lib/observability', 'lib/runtime'],
  },
  'lib/contract': { may: [] },
  'lib/http': { may: ['lib/contract'] },
  'lib/client': { may: ['lib/contract'] },
  'lib/runtime': { may: ['lib/contract', 'lib/http'] },
  'lib/mock': { may: ['lib/contract', 'lib/http'] },
  'lib/testing': { may: ['lib/contract', 'lib/http', 'lib/runtime'] },
  'lib/local': { may: ['lib/target'] },
  'lib/cli': { may: ['lib/local', 'lib/observability', 'lib/target'], typeOnly: ['lib/bundler'] },
};

const OWN_PACKAGES: Readonly<Record<string, string>> = {
  'cdk-trellis': 'lib',
  'cdk-trellis/client': 'lib/client',
  'cdk-trellis/contract': 'lib/contract',
  'cdk-trellis/mock': 'lib/mock',
  'cdk-trellis/runtime': 'lib/runtime',
  'cdk-trellis/testing': 'lib/testing',
};

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** Only types, or an `import()`. */
  readonly isSoft: boolean;
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/node_modules|cdk\.out/.test(name))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  const { program } = parse(readFileSync(join(root, file), 'utf8'), {
    sourceType: 'module',
    plugins: file.endsWith('x') ? ['typescript', 'jsx'] : ['typescript'],
    createImportExpressions: true,
  });
  const found: Import[] = [];
  const visit = (node: any): void => {
    if (!node || typeof node !== 'object') return;
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (/^(Import|Export(Named|All))Declaration$/.test(node.type) && node.source) {
      const isSoft = (node.importKind ?? node.exportKind) === 'type';
      found.push({ file, specifier: node.source.value, isSoft });
    }
    if (node.type === 'ImportExpression' && node.source.type === 'StringLiteral') {
      found.push({ file, specifier: node.source.value, isSoft: true });
    }
    if (node.type === 'TSImportType') found.push({ file, specifier: node.argument.value, isSoft: true });
    for (const value of Object.values(node)) visit(value);
  };
  visit(program.body);
  return found;
}

/** The room that a file or folder is in: the longest of those above. */
function roomOf(path: string): string | undefined {
  return Object.keys(ARROWS)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function targetOf({ file, specifier }: Import): string | undefined {
  if (specifier in OWN_PACKAGES) return OWN_PACKAGES[specifier];
  if (specifier.startsWith('@storefront/')) return 'layers';
  if (!specifier.startsWith('.')) return undefined;
  return roomOf(relative(root, resolve(root, dirname(file), specifier)));
}

const rooms = [...new Set(Object.keys(ARROWS).map((room) => room.split('/')[0]!))];
const imports = rooms.flatMap(sourcesBelow).flatMap(importsOf);

it('imports point one way between rooms', () => {
  const wrong = imports.filter((one) => {
    const [from, to] = [roomOf(one.file)!, targetOf(one)];
    if (!to || to === from) return false;
    const { may, typeOnly = [] } = ARROWS[from]!;
    return !may.includes(to) && !(one.isSoft && typeOnly.includes(to));
  });
  expect(wrong).toEqual([]);
  expect(imports.length).toBeGreaterThan(100);
});

it('every arrow is an import: none is allowed that no file needs', () => {
  const used = new Set(imports.map((one) => `${roomOf(one.file)} ${targetOf(one)}`));
  const arrows = Object.entries(ARROWS).flatMap(([from, { may, typeOnly = [] }]) =>
    [...may, ...typeOnly].map((to) => `${from} ${to}`),
  );
  expect(arrows.filter((arrow) => !used.has(arrow))).toEqual([]);
});

it('no room imports what is private to another one', () => {
  const isForeign = ({ file, specifier }: Import) => {
    const [owner, inside] = join(dirname(file), specifier).split('/private/');
    return specifier.startsWith('.') && inside !== undefined && !file.startsWith(`${owner}/`);
  };
  expect(imports.filter((one) => one.file.startsWith('lib/') && isForeign(one))).toEqual([]);
});

it('no files import one another in a circle, not even for types', () => {
  const edges = new Map<string, string[]>();
  for (const { file, specifier } of imports) {
    // Pages name the routes that load them.
    if (!file.startsWith('lib/') || !specifier.startsWith('.')) continue;
    const target = join(dirname(file), specifier).replace(/\.jsx?$/, '');
    edges.set(nameOf(file), [...(edges.get(nameOf(file)) ?? []), target]);
  }
  expect(circlesIn(edges)).toEqual([]);
  expect(
    circlesIn(
      new Map([
        ['a', ['b']],
        ['b', ['a']],
      ]),
    ),
  ).toEqual([['a', 'b']]);
});

it('the picture of the rooms in docs/architecture.md has the arrows of this test', () => {
  const lines = roomsPicture();
  const file = join(root, 'docs/architecture.md');
  const pattern = /<!-- rooms -->\n[\s\S]*?<!-- \/rooms -->/;
  const picture = `<!-- rooms -->\n\`\`\`mermaid\n${lines.join('\n')}\n\`\`\`\n<!-- /rooms -->`;
  const text = readFileSync(file, 'utf8');
  if (process.env.UPDATE_PICTURE) writeFileSync(file, text.replace(pattern, picture));
  // Rewrite it with: UPDATE_PICTURE=1 npx jest test/architecture
  expect(readFileSync(file, 'utf8').match(pattern)?.[0]).toBe(picture);
});

function nameOf(file: string): string {
  return file.replace(/\.tsx?$/, '');
}

/** Returns the groups of files that reach one another, each sorted. */
function circlesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const reach = new Map<string, Set<string>>();
  const reachOf = (start: string) => {
    const known = reach.get(start);
    if (known) return known;
    const seen = new Set<string>();
    const open = [start];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const next of edges.get(file) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    reach.set(start, seen);
    return seen;
  };
  const found = new Map<string, string[]>();
  for (const file of edges.keys()) {
    if (!reachOf(file).has(file)) continue;
    const circle = [...reachOf(file)].filter((other) => reachOf(other).has(file)).sort();
    found.set(circle.join(), circle);
  }
  return [...found.values()];
}

/** Returns the arrows between the library's rooms; one that follows from a longer way is left out. */
function roomsPicture(): string[] {
  const rooms = Object.keys(ARROWS).filter((room) => room.startsWith('lib/'));
  const below = (room: string): string[] => ARROWS[room]!.may.filter((to) => to.startsWith('lib/'));
  const reaches = (from: string, to: string): boolean =>
    below(from).some((next) => next === to || reaches(next, to));
  const id = (room: string) => room.slice('lib/'.length).replace('/', '-');
  const arrows = rooms.flatMap((from) =>
    below(from)
      .filter((to) => !below(from).some((next) => next !== to && reaches(next, to)))
      .map((to) => `  ${id(from)} --> ${id(to)}`),
  );
  return ['flowchart TD', ...arrows];
}

it('what runs in Lambda, and what contracts import, has no CDK in it', () => {
  const rooms = ['contracts', 'lambda', 'layers', 'lib/contract', 'lib/runtime', 'lib/site/content'];
  const wrong = imports.filter(
    ({ file, specifier }) =>
      rooms.includes(roomOf(file)!) && /^(aws-cdk-lib|constructs|cdk-trellis$)/.test(specifier),
  );
  expect(wrong).toEqual([]);
});

it('contracts, and what runs in browsers, import zod and nothing else', () => {
  const rooms = ['contracts', 'lib/contract', 'lib/client', 'lib/http', 'lib/mock'];
  const wrong = imports.filter(
    ({ file, specifier, isSoft }) =>
      rooms.includes(roomOf(file)!) && !isSoft && !/^(\.|zod$|cdk-trellis\/contract$)/.test(specifier),
  );
  expect(wrong).toEqual([]);
});

it('pages have neither CDK nor the AWS SDK in them', () => {
  const wrong = imports.filter(
    ({ file, specifier, isSoft }) =>
      file.startsWith('web/src/') &&
      !isSoft &&
      /^(@aws-|aws-cdk-lib|constructs|cdk-trellis(\/runtime)?$)/.test(specifier),
  );
  expect(wrong).toEqual([]);
  expect(imports.map(({ file }) => file)).toContain('web/src/app.tsx');
});

it('the library never imports the barrel of aws-cdk-lib', () => {
  expect(
    imports.filter(({ file, specifier }) => file.startsWith('lib/') && specifier === 'aws-cdk-lib'),
  ).toEqual([]);
});

it('an example imports what its users have: the library by its public entry points, CDK, and its own files', () => {
  const isPublic = ({ file, specifier }: Import) => {
    if (specifier.startsWith('.')) {
      const example = file.split('/').slice(0, 2).join('/');
      return join(dirname(file), specifier).startsWith(`${example}/`);
    }
    return (
      specifier in OWN_PACKAGES ||
      /^(node:|(@aws-sdk\/[\w-]+|aws-cdk-lib|constructs|zod)(\/|$))/.test(specifier)
    );
  };
  const ofExamples = imports.filter(({ file }) => file.startsWith('examples/'));
  expect(ofExamples.filter((one) => !isPublic(one))).toEqual([]);
  expect(ofExamples.map(({ specifier }) => specifier)).toContain('cdk-trellis');
});
