import { createHash } from 'node:crypto';
import type { OpenApiDocument } from '../../../contract/openapi/document.js';
import { Html, html, prose } from './html.js';
import { type JsonSchema, schemaHtml, summary } from './schema.js';

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:0 auto;padding:1rem}
nav ul{list-style:none;padding:0}section,article{border-top:1px solid #8886;padding:.5rem 0}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{overflow:auto;padding:.5rem;border:1px solid #8886}
.method{display:inline-block;min-width:4.5rem;font-weight:bold}.type{margin-right:.75rem}.limit{margin-right:.75rem}
dl{margin-left:1rem;padding-left:1rem;border-left:2px solid #8886}dd{margin-left:1.5rem}dd p,dt{margin:.25rem 0}
.deprecated h3{text-decoration:line-through}`;

/**
 * The content security policy of the page: it runs and loads nothing, so that injected text has no effect.
 * https://developer.mozilla.org/docs/Web/HTTP/CSP
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Described {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: JsonSchema;
}

/** Renders the document as a page without scripts and external resources. */
export function documentationPage(document: OpenApiDocument): string {
  const { title, version, description } = document.info;
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(
      ([method, operation]): Described => ({
        id: `operation-${operation.operationId}`,
        method: method.toUpperCase(),
        path,
        operation,
      }),
    ),
  );
  const schemas = Object.entries<JsonSchema>(document.components.schemas ?? {});
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} ${version}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header><h1>${title} <small>${version}</small></h1>${prose(description)}<p><a href="openapi.json">OpenAPI document</a></p></header>
<nav aria-label="Operations"><ul>${operations.map(
    ({ id, method, path, operation }) =>
      html`<li><a href="#${id}"><span class="method">${method}</span> <code>${path}</code></a> ${operation.summary}</li>`,
  )}</ul></nav>
<main>${operations.map((described) => article(described, document))}
<section><h2>Schemas</h2>${schemas.map(
    ([name, schema]) => html`<article id="schema-${name}"><h3>${name}</h3>${schemaHtml(schema)}</article>`,
  )}</section></main>
</body>
</html>
`.text;
}

function article({ id, method, path, operation }: Described, document: OpenApiDocument): Html {
  const { summary: line, description, deprecated, parameters = [], requestBody, responses = {} } = operation;
  return html`<article id="${id}"${deprecated ? html` class="deprecated"` : ''}>
<h3><span class="method">${method}</span> <code>${path}</code></h3>
${line && html`<p><strong>${line}</strong></p>`}${deprecated && html`<p><strong>Deprecated.</strong></p>`}${prose(description)}
<p>${authorization(operation)}</p>
${parameters.length > 0 && html`<h4>Parameters</h4><dl>${parameters.map(parameter)}</dl>`}
${requestBody && html`<h4>Body</h4>${content(requestBody)}`}
<h4>Responses</h4><dl>${Object.entries<JsonSchema>(responses).map(([status, response]) =>
    responseHtml(status, resolved(response, document)),
  )}</dl>
</article>`;
}

function authorization({ security }: JsonSchema): Html {
  const requirements: readonly Record<string, readonly string[]>[] = security ?? [];
  const names = requirements.flatMap((requirement) =>
    Object.entries(requirement).map(([name, scopes]) =>
      scopes.length > 0 ? `${name} (${scopes.join(', ')})` : name,
    ),
  );
  return names.length > 0 ? html`Requires: <code>${names.join(' and ')}</code>` : html`Public.`;
}

function parameter({ name, in: place, required, description, schema = {} }: JsonSchema): Html {
  return html`<dt><code>${name}</code> in ${place}${!required && html` <em>optional</em>`}</dt><dd>${summary(schema)}${prose(description)}</dd>`;
}

function responseHtml(status: string, response: JsonSchema): Html {
  return html`<dt><code>${status}</code></dt><dd>${prose(response.description)}${content(response)}</dd>`;
}

function content({ content: types = {} }: JsonSchema): Html {
  return html`${Object.entries<JsonSchema>(types).map(
    ([type, { schema, examples = {} }]) =>
      html`<p><code>${type}</code></p>${schema && schemaHtml(schema)}${Object.entries<JsonSchema>(
        examples,
      ).map(
        ([name, example]) =>
          html`<details><summary>${name}</summary><pre>${JSON.stringify(example.value, undefined, 2)}</pre></details>`,
      )}`,
  )}`;
}

/** Resolves a reference to a component. */
function resolved(node: JsonSchema, document: OpenApiDocument): JsonSchema {
  if (!node.$ref) return node;
  const path: readonly string[] = node.$ref.split('/').slice(1);
  return path.reduce<JsonSchema>((parent, key) => parent?.[key] ?? {}, document as unknown as JsonSchema);
}
