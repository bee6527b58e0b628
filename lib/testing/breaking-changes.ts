import { apiInfo, type Contract } from '../contract/contract.js';
import { type OpenApiDocument, openApiDocument } from '../contract/openapi/document.js';
import type { Operations } from '../contract/operation.js';
import { replaceParameters } from '../contract/path.js';
import { isShared } from '../contract/shared-statuses.js';
import { Containment, type Side } from './compatibility/containment.js';
import type {
  DocumentForm,
  OperationForm,
  ParameterForm,
  Requirement,
  ResponseForm,
} from './compatibility/document-form.js';
import type { Schema } from './compatibility/schema-form.js';

/** Contract, or its OpenAPI document as of its release (`openApiDocument`). */
export type Release = Contract<Operations> | OpenApiDocument;

/**
 * Returns the changes of an API that break callers of a former version, each with its operation and path; empty if valid
 * requests are still valid, and every response is in the former contract.
 *
 * Breaking changes are: a removed or renamed operation, parameter, content type or status, a new required input, a
 * narrower input, a wider output, and stricter authorization. A change that cannot be proved compatible counts as
 * breaking. Validation by code (`refine`) is not part of the document and not compared. A pattern that other languages
 * cannot express is in the document as `x-pattern`.
 *
 * Commit the document of each release, `JSON.stringify(openApiDocument(api), undefined, 2)`, and compare with it:
 *
 * @example
 * import assert from 'node:assert';
 * import { readFileSync } from 'node:fs';
 * import test from 'node:test';
 * import { breakingChanges } from 'cdk-trellis/testing';
 * import { ordersApi } from '../contracts/orders.js';
 *
 * test('is compatible with the released version', () => {
 *   const released = JSON.parse(readFileSync('contracts/released/orders.json', 'utf8'));
 *   assert.deepEqual(breakingChanges(released, ordersApi), []);
 * });
 */
export function breakingChanges(before: Release, after: Release): string[] {
  const [old, now] = [documentOf(before), documentOf(after)];
  const breaking: string[] = [];
  for (const [path, item] of Object.entries(old.paths)) {
    const [nextPath, next] = entryOf(now, path);
    for (const [method, operation] of Object.entries(item)) {
      const where = `${operation.operationId} (${method.toUpperCase()} ${path})`;
      const counterpart = next?.[method];
      const changes = counterpart
        ? [
            ...renamed(path, nextPath, operation, counterpart),
            ...new Comparison(old, now).changes(operation, counterpart),
          ]
        : ['was removed'];
      breaking.push(...changes.map((change) => `${where} ${change}`));
    }
  }
  return breaking;
}

function documentOf(release: Release): DocumentForm {
  return (apiInfo in release ? openApiDocument(release as Contract) : release) as unknown as DocumentForm;
}

/** Finds a path whatever the names of its parameters, which do not change URLs. */
function entryOf(document: DocumentForm, path: string): [string, DocumentForm['paths'][string] | undefined] {
  const form = replaceParameters(path, '{}');
  const match = Object.keys(document.paths).find((key) => replaceParameters(key, '{}') === form);
  return [match ?? path, match === undefined ? undefined : document.paths[match]];
}

function renamed(path: string, nextPath: string, old: OperationForm, now: OperationForm): string[] {
  return [
    ...(old.operationId === now.operationId ? [] : [`was renamed to ${now.operationId}`]),
    ...(path === nextPath ? [] : [`moved to ${nextPath}`]),
  ];
}

class Comparison {
  private readonly requests: Containment;
  private readonly responses: Containment;

  constructor(old: DocumentForm, now: DocumentForm) {
    const side = (document: DocumentForm, isOpen: boolean): Side => ({
      definitions: document.components?.schemas ?? {},
      isOpen,
    });
    this.requests = new Containment(side(old, true), side(now, true));
    // Undeclared properties are never sent.
    this.responses = new Containment(side(now, false), side(old, true));
  }

  changes(old: OperationForm, now: OperationForm): string[] {
    return [
      ...this.ofParameters(old, now),
      ...this.ofBodies(old.requestBody, now.requestBody),
      ...this.ofResponses(old.responses, now.responses),
      ...securityChanges(old.security ?? [], now.security ?? []),
    ];
  }

  private ofParameters(
    { parameters: old = [] }: OperationForm,
    { parameters: now = [] }: OperationForm,
  ): string[] {
    const same = (list: readonly ParameterForm[], { name, in: location }: ParameterForm) =>
      list.find((parameter) => parameter.name === name && parameter.in === location);
    const required = now.filter(
      (parameter) => parameter.required && parameter.in !== 'path' && !same(old, parameter)?.required,
    );
    const former = old.filter((parameter) => parameter.in !== 'path' || same(now, parameter));
    return [
      ...required.map((parameter) => `requires the ${parameter.in} parameter ${parameter.name}`),
      ...former.flatMap((parameter) => {
        const { name, in: location, schema } = parameter;
        const next = same(now, parameter);
        // Undeclared headers are ignored; undeclared query parameters are rejected.
        if (!next)
          return location === 'header' ? [] : [`no longer accepts the ${location} parameter ${name}`];
        const change = this.requests.difference(schema, next.schema, `${location}.${name}`);
        return change ? [`accepts less: ${change}`] : [];
      }),
    ];
  }

  private ofBodies(old: OperationForm['requestBody'], now: OperationForm['requestBody']): string[] {
    if (!now) return [];
    if (!old) return now.required ? ['requires a body'] : [];
    return Object.entries(old.content).flatMap(([type, { schema }]) => {
      const next = now.content[type];
      if (!next) return [`no longer accepts ${type}`];
      const change = this.requests.difference(schema, next.schema, 'body');
      return change ? [`accepts less: ${change}`] : [];
    });
  }

  private ofResponses(old: OperationForm['responses'], now: OperationForm['responses']): string[] {
    // Shared errors are part of every contract; 304 only follows a conditional request.
    const isDeclared = (status: string) => !(isShared(Number(status)) || status === '304');
    return [
      ...Object.keys(old)
        .filter((status) => isDeclared(status) && !now[status])
        .map((status) => `no longer returns ${status}`),
      ...Object.keys(now)
        .filter((status) => isDeclared(status) && !old[status])
        .map((status) => `newly returns ${status}`),
      ...Object.keys(now)
        .filter((status) => isDeclared(status) && old[status])
        .flatMap((status) => this.ofResponse(status, old[status]!, now[status]!)),
    ];
  }

  private ofResponse(status: string, old: ResponseForm, now: ResponseForm): string[] {
    const [before, after] = [old.content ?? {}, now.content ?? {}];
    const removed = Object.keys(before).filter((type) => !after[type]);
    const isNew = Object.keys(before).length === 0 && Object.keys(after).length > 0;
    return [
      ...removed.map((type) => `returns ${status} without ${type}`),
      ...(isNew ? [`returns ${status} with a body`] : []),
      ...Object.keys(before)
        .filter((type) => after[type])
        .flatMap((type) => this.outputChange(after[type]!.schema, before[type]!.schema, `${status}.body`)),
      ...Object.entries(old.headers ?? {}).flatMap(([name, header]) => {
        const next = now.headers?.[name];
        if (!next) return header.required ? [`returns ${status} without the header ${name}`] : [];
        if (header.required && !next.required) return [`may return ${status} without the header ${name}`];
        return this.outputChange(next.schema, header.schema, `${status}.headers.${name}`);
      }),
    ];
  }

  private outputChange(now: Schema, old: Schema, path: string): string[] {
    const change = this.responses.difference(now, old, path);
    return change ? [`may return more: ${change}`] : [];
  }
}

/** Compares authorization: every former requirement must satisfy one of the current ones. */
function securityChanges(old: readonly Requirement[], now: readonly Requirement[]): string[] {
  const satisfies = (credentials: Requirement, required: Requirement) =>
    Object.entries(required).every(
      ([scheme, roles]) => credentials[scheme] && roles.every((role) => credentials[scheme]!.includes(role)),
    );
  const options = (list: readonly Requirement[]) => (list.length > 0 ? list : [{}]);
  const rejected = options(old).find(
    (credentials) => !options(now).some((required) => satisfies(credentials, required)),
  );
  return rejected ? [`changed its authorization from ${describe(old)} to ${describe(now)}`] : [];
}

function describe(list: readonly Requirement[]): string {
  const [requirement = {}] = list;
  const entries = Object.entries(requirement).map(([scheme, roles]) => [scheme, ...roles].join(' '));
  return entries.length > 0 ? entries.join(' and ') : 'public';
}
