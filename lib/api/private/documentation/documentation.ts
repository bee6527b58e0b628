import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Auth } from '../../../contract/auth.js';
import type { Contract } from '../../../contract/contract.js';
import { openApiDocument } from '../../../contract/openapi/document.js';
import type { Operation, Operations } from '../../../contract/operation.js';
import { AssetFunction } from '../../../function/asset-function.js';
import { sha256 } from '../../../project-cache/hash.js';
import type { DocumentationOptions } from '../../documentation-options.js';
import { Integration, type RenderedIntegration } from '../../integrations/integration.js';
import { GeneratedCode } from '../generated-code.js';
import { invocationUri } from '../lambda-authorizers.js';
import { functionIntegration } from '../openapi-body.js';
import type { PlannedRoute } from '../planned-route.js';
import { HANDLER } from './handler.js';
import { documentationPage, PAGE_POLICY } from './page.js';

/** The operations, routes and function of the documentation. */
export interface Documentation {
  readonly operations: Operations;
  readonly routes: readonly PlannedRoute[];
  readonly function: AssetFunction;
}

/** Returns the errors of the documentation's options. */
export function validateDocumentation(contract: Operations, options: DocumentationOptions): string[] {
  const { path } = options;
  const errors: string[] = [];
  if (path !== undefined && !/^(\/[A-Za-z0-9._~-]+)+$/.test(path)) {
    errors.push(`\`documentation.path\` must be a path without parameters like /products, got "${path}"`);
  }
  for (const [name, operation] of Object.entries(documentationOperations(options))) {
    const same = Object.entries(contract).find(
      ([, existing]) => existing.method === 'GET' && existing.path === operation.path,
    );
    if (same)
      errors.push(`\`documentation.path\` must be unused, got ${operation.path}, the path of ${same[0]}`);
    if (contract[name]) errors.push(`\`contract\` must not have ${name}, which \`documentation\` adds`);
  }
  const auth: Auth = options.auth ?? 'public';
  if (typeof auth === 'object' && 'group' in auth) {
    errors.push(
      '`documentation.auth` must not be a group, which only functions check: use a scope or an authorizer',
    );
  }
  if (typeof auth === 'object' && 'scopes' in auth && auth.scopes?.length !== 1) {
    errors.push(`\`documentation.auth\` must be one scope, got ${auth.scopes?.join(', ') || 'none'}`);
  }
  return errors;
}

/** Returns the operations that serve the documentation; empty without options. */
export function documentationOperations(
  options: DocumentationOptions | undefined,
): Record<string, Operation> {
  if (!options) return {};
  const { auth = 'public', path } = options;
  const get = { method: 'GET', auth, responses: { 200: {} } } as const;
  return {
    getOpenApiDocument: { ...get, path: `${path ?? '/'}/openapi.json`.replace('//', '/') as `/${string}` },
    getDocumentation: { ...get, path: `${path ?? '/'}/docs`.replace('//', '/') as `/${string}` },
  };
}

/** Five minutes: readers see a deployment soon, and navigating back and forth sends one request. */
const MAX_AGE = 'max-age=300';

/** Creates the function that serves the document and the page, which are generated at synthesis, and its operations. */
export function createDocumentation(
  scope: Construct,
  contract: Contract,
  options: DocumentationOptions,
): Documentation {
  const operations = documentationOperations(options);
  const document = openApiDocument(contract, { servers: [serverFrom(options.path)] });
  const shared = {
    'cache-control': `${options.auth === undefined || options.auth === 'public' ? 'public' : 'private'}, ${MAX_AGE}`,
    'x-content-type-options': 'nosniff',
  };
  const documents = {
    [operations.getOpenApiDocument!.path]: served(JSON.stringify(document), {
      ...shared,
      'content-type': 'application/json',
    }),
    [operations.getDocumentation!.path]: served(documentationPage(document), {
      ...shared,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_POLICY,
      'referrer-policy': 'no-referrer',
    }),
  };
  const fn = new AssetFunction(scope, 'Documentation', {
    description: 'Serves the documentation',
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: new GeneratedCode({ 'index.mjs': HANDLER, 'documents.json': JSON.stringify(documents) }),
    timeout: Duration.seconds(3),
    invokedSynchronously: true,
  });
  const integration = new FunctionIntegration(fn);
  const routes = Object.entries(operations).map(([name, operation]) => ({
    name,
    operation,
    options: {},
    functionOptions: {},
    integration,
  }));
  return { operations, routes, function: fn };
}

/** Returns the API's URL relative to the document: correct at every domain, also behind a site. */
function serverFrom(path: string | undefined): string {
  return path === undefined ? '.' : path.slice(1).replace(/[^/]+/g, '..');
}

/** Returns a document with a weak ETag: API Gateway may compress the body, which changes its bytes. */
function served(body: string, headers: Readonly<Record<string, string>>) {
  return { body, headers: { ...headers, etag: `W/"${sha256(body).slice(0, 32)}"` } };
}

class FunctionIntegration extends Integration<never> {
  constructor(private readonly fn: AssetFunction) {
    super();
  }

  validate(): string[] {
    return [];
  }

  render(): RenderedIntegration {
    return { definition: functionIntegration(invocationUri(this.fn)), responses: {}, validatesBody: false };
  }
}

/** Allows the gateway to invoke the function for the documentation's paths only. */
export function permitDocumentation(
  { operations, function: fn }: Documentation,
  arnOf: (operation: Operation) => string,
): void {
  for (const [name, operation] of Object.entries(operations)) {
    const principal = new ServicePrincipal('apigateway.amazonaws.com');
    fn.addPermission(name, { principal, sourceArn: arnOf(operation) });
  }
}
