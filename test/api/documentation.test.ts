import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { checkApiBodies, type DocumentationOptions } from 'cdk-trellis';
import { defineApi, Problem } from 'cdk-trellis/contract';
import * as z from 'zod';
import { documentationPage, PAGE_POLICY } from '../../lib/api/private/documentation/page.js';
import { openApiDocument } from '../../lib/contract/openapi/document.js';
import { liveArn } from '../support/live.js';
import { nagFindings } from '../support/nag.js';
import { deskApi } from './desk/contract.js';
import { addDesk, addUsers } from './desk/desk.js';

function desk(documentation?: boolean | DocumentationOptions) {
  const outdir = mkdtempSync(join(tmpdir(), 'trellis-documentation-'));
  const stack = new Stack(new App({ outdir }), 'Stack');
  addDesk(stack, addUsers(stack), { documentation });
  return { stack, outdir, template: Template.fromStack(stack) };
}

const bodyOf = (template: Template): any =>
  Object.values(template.findResources('AWS::ApiGateway::RestApi'))[0]!.Properties.Body;

/** Returns the folder with the function's code in the cloud assembly. */
function codeOf({ template, outdir }: ReturnType<typeof desk>): string {
  const [fn] = Object.values(
    template.findResources('AWS::Lambda::Function', {
      Properties: { Description: Match.stringLikeRegexp('^Serves the documentation ') },
    }),
  );
  return join(outdir, `asset.${fn!.Properties.Code.S3Key.replace('.zip', '')}`);
}

describe('the documentation of an API', () => {
  it('is not served by default', () => {
    for (const value of [undefined, false]) {
      expect(Object.keys(bodyOf(desk(value).template).paths)).not.toContain('/docs');
    }
  });

  it('is public by default, and served by a function that may be invoked for its paths only', () => {
    const { template, stack } = desk(true);
    for (const path of ['/openapi.json', '/docs']) {
      expect(Object.keys(bodyOf(template).paths[path])).toEqual(['get', 'head']);
      expect(bodyOf(template).paths[path].get).toMatchObject({
        security: [],
        'x-amazon-apigateway-request-validator': 'parameters',
      });
      template.hasResourceProperties('AWS::Lambda::Permission', {
        FunctionName: liveArn('^ApiDocumentation'),
        SourceArn: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(`/\\?E\\*${path}$`)])] },
      });
    }
    expect(checkApiBodies(stack)).toEqual([]);
  });

  it('may have an `auth` and a path', () => {
    const { paths } = bodyOf(desk({ auth: 'user', path: '/desk' }).template);
    expect(paths['/desk/docs'].get.security).toEqual([{ users: ['aws.cognito.signin.user.admin'] }]);
    expect(paths['/desk/openapi.json']).toBeDefined();
  });

  it('has no findings of cdk-nag', () => {
    expect(nagFindings((stack) => addDesk(stack, addUsers(stack), { documentation: true }))).toEqual([]);
  });

  it.each<[DocumentationOptions, string]>([
    [{ path: '/{x}' }, '`documentation.path` must be a path without parameters like /products, got "/{x}"'],
    [{ auth: { group: 'admins' } as never }, '`documentation.auth` must not be a group'],
    [{ auth: { scopes: ['a/b', 'a/c'] as never } }, '`documentation.auth` must be one scope, got a/b, a/c'],
    [
      { auth: { authorizer: 'unknown' } },
      '`authorizers` must have "unknown", which operation getOpenApiDocument uses',
    ],
  ])('rejects %p', (options, message) => {
    expect(() => desk(options)).toThrow(message);
  });
});

describe('the function of the documentation', () => {
  const assembly = desk(true);
  /** Calls the handler in a separate process: jest does not support its ES module. */
  const get = (resource: string, headers: object | null = {}) => {
    const file = JSON.stringify(pathToFileURL(join(codeOf(assembly), 'index.mjs')).href);
    const event = JSON.stringify({ resource, headers });
    const code = `import { handler } from ${file}; console.log(JSON.stringify(await handler(${event})));`;
    return JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }),
    );
  };

  it('returns the contract as an OpenAPI document with a relative server', () => {
    const { statusCode, headers, body } = get('/openapi.json');
    expect([statusCode, headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(body)).toEqual(
      JSON.parse(JSON.stringify(openApiDocument(deskApi, { servers: ['.'] }))),
    );
  });

  it.each([
    ['/desk', '..'],
    ['/shop/desk', '../..'],
  ] as const)('below %s has the server %s', (path, url) => {
    const documents = JSON.parse(readFileSync(join(codeOf(desk({ path })), 'documents.json'), 'utf8'));
    expect(JSON.parse(documents[`${path}/openapi.json`].body).servers).toEqual([{ url }]);
  });

  it('returns a page that runs no scripts', () => {
    const { headers, body } = get('/docs', null);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_POLICY,
      'cache-control': 'public, max-age=300',
      'x-content-type-options': 'nosniff',
    });
    expect(PAGE_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]{43}='; /);
    expect(body).not.toMatch(/<script|\son\w+=|style=|src=/);
  });

  it('returns 304 for the current ETag', () => {
    const { headers } = get('/docs');
    for (const tag of [headers.etag, `"other", ${headers.etag}`, '*']) {
      expect(get('/docs', { 'If-None-Match': tag })).toEqual({ statusCode: 304, headers, body: '' });
    }
    expect(get('/docs', { 'If-None-Match': 'W/"other"' }).statusCode).toBe(200);
    expect(get('/openapi.json', { 'if-none-match': headers.etag }).statusCode).toBe(200);
  });

  it('changes with the contract alone', () => {
    expect(codeOf(desk(true)).split('/').at(-1)).toBe(codeOf(assembly).split('/').at(-1));
    expect(readFileSync(join(codeOf(assembly), 'documents.json'), 'utf8')).toContain('getSlow');
  });
});

describe('the page', () => {
  const evil = '</style><script>alert(1)</script>"\'&';
  const Item = z
    .object({
      name: z.string().min(1).max(80).describe(evil),
      size: z.enum(['small', evil]),
      count: z.int().min(0).default(3),
      next: z.union([z.string(), z.null()]).optional(),
      lines: z.array(z.object({ text: z.string() })),
    })
    .meta({ id: 'Item' });
  const contract = defineApi(
    { name: 'things', version: '1.2.3', title: `Things ${evil}`, description: 'First.\n\n- `one`\n- two' },
    {
      list: {
        method: 'GET',
        path: '/things/{thingId}',
        auth: { scopes: ['things/read'] },
        summary: `Lists ${evil}`,
        description: evil,
        deprecated: true,
        query: z.object({ page: z.string().optional().describe('Which page') }),
        responses: { 200: z.array(Item), 404: Problem },
      },
      add: {
        method: 'POST',
        path: '/things',
        auth: 'public',
        body: Item,
        examples: { chair: { name: evil, size: 'small', lines: [] } },
        responses: { 201: Item },
      },
    },
  );
  const page = documentationPage(openApiDocument(contract));

  it('escapes texts of the contract', () => {
    expect(page).toContain('&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<script');
    expect(page.match(/<\/style>/g)).toHaveLength(1);
  });

  it('has balanced tags', () => {
    const open: string[] = [];
    for (const [, slash, name] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
      if (['meta', 'link'].includes(name!)) continue;
      if (slash) expect(open.pop()).toBe(name);
      else open.push(name!);
    }
    expect(open).toEqual([]);
  });

  it('links to every operation and every schema', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(expect.arrayContaining(['operation-list', 'operation-add', 'schema-Item']));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...new Set(targets)]));
  });

  it('shows the authorization, parameters, bodies and responses of operations', () => {
    const text = page.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    for (const part of [
      'GET /things/{thingId}',
      'Deprecated.',
      'things/read',
      'Public.',
      'page in query optional',
      'Which page',
      'length at most 80',
      'by default 3',
      'list of Item',
      'small or',
      '201',
      '404',
    ]) {
      expect(text).toContain(part);
    }
    expect(page).toContain('<ul><li><code>one</code></li><li>two</li></ul>');
  });
});
