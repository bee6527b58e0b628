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

/** A contract, or a document that `openApiDocument` made of it when it was released. */
export type Release = Contract<Operations> | OpenApiDocument;

/**
 * What breaks the callers of a former version of an API, each change with its operation and place; empty when requests
 * that were valid still are, and what is answered is something that the former contract has.
 *
 * Breaking are: an operation, parameter, content type or status that is gone or has another name, a new required input,
 * input that takes less, output that may be more, and authorization that asks for more. What cannot be shown to be
 * harmless counts as breaking. Checks by code (`refine`) are in no document, and not seen.
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
 * test('breaks nobody who calls the released version', () => {
 *   const released = JSON.parse(readFileSync('contracts/released/orders.json', 'utf8'));
 *   assert.deepEqual(breakingChanges(released, ordersApi), []);
 * });
 */
export function breakingChanges(before: Release, after: Release): string[] {
  const [old, now] = [documentOf(before), documentOf(after)];
  const found: string[] = [];
  for (const [path, item] of Object.entries(old.paths)) {
    const [place, next] = entryOf(now, path);
    for (const [method, operation] of Object.entries(item)) {
      const where = `${operation.operationId} (${method.toUpperCase()} ${path})`;
      const other = next?.[method];
      const changes = other
        ? [...renamed(path, place, operation, other), ...new Comparison(old, now).changes(operation, other)]
        : ['is gone'];
      found.push(...changes.map((change) => `${where} ${change}`));
    }
  }
  return found;
}

function documentOf(release: Release): DocumentForm {
  return (apiInfo in release ? openApiDocument(release as Contract) : release) as unknown as DocumentForm;
}

/** The path may have other names for its parameters: the addresses are the same. */
function entryOf(document: DocumentForm, path: string): [string, DocumentForm['paths'][string] | undefined] {
  const form = replaceParameters(path, '{}');
  const found = Object.keys(document.paths).find((one) => replaceParameters(one, '{}') === form);
  return [found ?? path, found === undefined ? undefined : document.paths[found]];
}

function renamed(path: string, place: string, old: OperationForm, now: OperationForm): string[] {
  return [
    ...(old.operationId === now.operationId ? [] : [`is called ${now.operationId} now`]),
    ...(path === place ? [] : [`has the path ${place} now`]),
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
    // What the contract does not declare is never sent.
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
    const same = (list: readonly ParameterForm[], { name, in: place }: ParameterForm) =>
      list.find((one) => one.name === name && one.in === place);
    const added = now.filter((one) => one.required && one.in !== 'path' && !same(old, one)?.required);
    const kept = old.filter((one) => one.in !== 'path' || same(now, one));
    return [
      ...added.map((one) => `wants the ${one.in} parameter ${one.name} now`),
      ...kept.flatMap((one) => {
        const next = same(now, one);
        // A header that nobody declares is let through; a query parameter is not.
        if (!next) return one.in === 'header' ? [] : [`has no ${one.in} parameter ${one.name} any more`];
        const change = this.requests.difference(one.schema, next.schema, `${one.in}.${one.name}`);
        return change ? [`takes less: ${change}`] : [];
      }),
    ];
  }

  private ofBodies(old: OperationForm['requestBody'], now: OperationForm['requestBody']): string[] {
    if (!now) return [];
    if (!old) return now.required ? ['wants a body now'] : [];
    return Object.entries(old.content).flatMap(([type, { schema }]) => {
      const next = now.content[type];
      if (!next) return [`takes no ${type} any more`];
      const change = this.requests.difference(schema, next.schema, 'body');
      return change ? [`takes less: ${change}`] : [];
    });
  }

  private ofResponses(old: OperationForm['responses'], now: OperationForm['responses']): string[] {
    // What any operation may be refused with is part of every contract, whatever it says; 304 is for who asks for it.
    const isOwn = (status: string) => !(isShared(Number(status)) || status === '304');
    return [
      ...Object.keys(old)
        .filter((status) => isOwn(status) && !now[status])
        .map((status) => `answers no ${status} any more`),
      ...Object.keys(now)
        .filter((status) => isOwn(status) && !old[status])
        .map((status) => `answers ${status} now`),
      ...Object.keys(now)
        .filter((status) => isOwn(status) && old[status])
        .flatMap((status) => this.ofResponse(status, old[status]!, now[status]!)),
    ];
  }

  private ofResponse(status: string, old: ResponseForm, now: ResponseForm): string[] {
    const [before, after] = [old.content ?? {}, now.content ?? {}];
    const gone = Object.keys(before).filter((type) => !after[type]);
    const isNew = Object.keys(before).length === 0 && Object.keys(after).length > 0;
    return [
      ...gone.map((type) => `answers ${status} without ${type} now`),
      ...(isNew ? [`answers ${status} with a body now`] : []),
      ...Object.keys(before)
        .filter((type) => after[type])
        .flatMap((type) => this.outputChange(after[type]!.schema, before[type]!.schema, `${status}.body`)),
      ...Object.entries(old.headers ?? {}).flatMap(([name, header]) => {
        const next = now.headers?.[name];
        if (!next) return header.required ? [`answers ${status} without the header ${name} now`] : [];
        if (header.required && !next.required) return [`may answer ${status} without the header ${name} now`];
        return this.outputChange(next.schema, header.schema, `${status}.headers.${name}`);
      }),
    ];
  }

  private outputChange(now: Schema, old: Schema, path: string): string[] {
    const change = this.responses.difference(now, old, path);
    return change ? [`may answer more: ${change}`] : [];
  }
}

/** Whoever was let in must be let in: each of the old ways must do for one of the new. */
function securityChanges(old: readonly Requirement[], now: readonly Requirement[]): string[] {
  const covers = (shown: Requirement, wanted: Requirement) =>
    Object.entries(wanted).every(
      ([scheme, roles]) => shown[scheme] && roles.every((role) => shown[scheme]!.includes(role)),
    );
  const ways = (list: readonly Requirement[]) => (list.length > 0 ? list : [{}]);
  const lost = ways(old).find((shown) => !ways(now).some((wanted) => covers(shown, wanted)));
  return lost ? [`is for ${described(now)} now, and was for ${described(old)}`] : [];
}

function described(list: readonly Requirement[]): string {
  const [requirement = {}] = list;
  const entries = Object.entries(requirement).map(([scheme, roles]) => [scheme, ...roles].join(' '));
  return entries.length > 0 ? entries.join(' and ') : 'everyone';
}
