import { isBinary } from '../body.js';
import { apiInfo, type Contract } from '../contract.js';
import type { Operation } from '../operation.js';
import { Components, type JsonSchema } from './components.js';
import { parameters } from './parameters.js';
import { mediaType, refusals, responses } from './responses.js';
import { requirement, schemes } from './security.js';

export interface OpenApiOptions {
  /** Addresses at which the API is served, as in `https://example.com/api`. @default - the document's own */
  readonly servers?: readonly (string | { readonly url: string; readonly description?: string })[];
}

/** An OpenAPI 3.1 document: plain JSON. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly servers?: readonly { readonly url: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
}

/**
 * The contract as an OpenAPI 3.1 document, for people and for tools that know nothing of this library.
 *
 * Schemas are JSON Schema 2020-12 as zod writes them, of what is sent; those with an id (`.meta({ id: 'Order' })`)
 * stand once, among the components. What a schema checks by code (`refine`) it cannot say.
 *
 * @throws Error when two schemas have one id
 * @example
 * import { writeFileSync } from 'node:fs';
 * import { openApiDocument } from 'cdk-trellis/contract';
 * import { ordersApi } from '../contracts/orders.js';
 *
 * const document = openApiDocument(ordersApi, { servers: ['https://shop.example.com/api'] });
 * writeFileSync('openapi.json', JSON.stringify(document, undefined, 2));
 */
export function openApiDocument(contract: Contract, options: OpenApiOptions = {}): OpenApiDocument {
  const { name, title = name, version, description } = contract[apiInfo];
  const operations = Object.values(contract);
  const components = new Components();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [key, one] of Object.entries(contract)) {
    paths[one.path] = { ...paths[one.path], [one.method.toLowerCase()]: operation(key, one, components) };
  }
  const shared = { paths, responses: refusals(operations, components) };
  const { document, schemas } = components.resolved(shared);
  const securitySchemes = schemes(operations);
  return {
    openapi: '3.1.1',
    info: { title, version, ...(description && { description }) },
    ...(options.servers && {
      servers: options.servers.map((server) => (typeof server === 'string' ? { url: server } : server)),
    }),
    paths: document.paths,
    components: {
      schemas,
      responses: document.responses,
      ...(Object.keys(securitySchemes).length > 0 && { securitySchemes }),
    },
  };
}

function operation(name: string, one: Operation, components: Components): JsonSchema {
  const { summary, body, examples, deprecated } = one;
  const all = parameters(one, name, components);
  const needs = requirement(one);
  const description = descriptionOf(one);
  const types = body && (isBinary(body) ? body.contentTypes : ['application/json']);
  return {
    operationId: name,
    ...(summary && { summary }),
    ...(description && { description }),
    ...(deprecated && { deprecated: true }),
    ...(all.length > 0 && { parameters: all }),
    ...(types && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          types.map((type) => [type, mediaType(body, 'request', `${name}Body`, components, examples)]),
        ),
      },
    }),
    responses: responses(one, name, components),
    // An operation that is public says so.
    security: Object.keys(needs).length > 0 ? [needs] : [],
  };
}

function descriptionOf({ description, deprecated }: Operation): string {
  const { since, sunset, see } = typeof deprecated === 'object' ? deprecated : {};
  return [
    description,
    since && `Deprecated since ${since}.`,
    sunset && `It may be gone after ${sunset}.`,
    see && `Instead: ${see}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}
