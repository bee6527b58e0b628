import { isBinary } from '../body.js';
import { apiInfo, type Contract } from '../contract.js';
import type { Operation } from '../operation.js';
import { Components, type JsonSchema } from './components.js';
import { parameters } from './parameters.js';
import { mediaType, responses, sharedResponses } from './responses.js';
import { requirement, schemes } from './security.js';

/** Options of `openApiDocument`. */
export interface OpenApiOptions {
  /** Base URLs of the API, for example `https://example.com/api`. @default - the URL of the document */
  readonly servers?: readonly (string | { readonly url: string; readonly description?: string })[];
}

/** OpenAPI 3.1 document as plain JSON. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly servers?: readonly { readonly url: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
}

/**
 * Creates the OpenAPI 3.1 document of a contract, for people and tools.
 *
 * Schemas are JSON Schema 2020-12, as zod writes it for the input; a schema with an id (`.meta({ id: 'Order' })`)
 * becomes a component. Validation by code (`refine`) is not part of the document.
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
  for (const [key, operation] of Object.entries(contract)) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(key, operation, components) };
  }
  const shared = { paths, responses: sharedResponses(operations, components) };
  const { document, schemas } = components.resolve(shared);
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

function operationObject(name: string, operation: Operation, components: Components): JsonSchema {
  const { summary, body, examples, deprecated } = operation;
  const all = parameters(operation, name, components);
  const security = requirement(operation);
  const description = descriptionOf(operation);
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
    responses: responses(operation, name, components),
    // Explicitly empty for a public operation.
    security: Object.keys(security).length > 0 ? [security] : [],
  };
}

function descriptionOf({ description, deprecated }: Operation): string {
  const { since, sunset, see } = typeof deprecated === 'object' ? deprecated : {};
  return [
    description,
    since && `Deprecated since ${since}.`,
    sunset && `May be removed after ${sunset}.`,
    see && `Replacement: ${see}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}
