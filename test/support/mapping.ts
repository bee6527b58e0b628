import { Compile, parse } from 'velocityjs';

/** Input of a mapping template of API Gateway. */
export interface MappingInput {
  /** The body of the request; in a template for responses, the response of the service. */
  readonly body?: string;
  readonly params?: Readonly<Partial<Record<'path' | 'querystring' | 'header', Record<string, string>>>>;
  readonly authorizer?: object;
}

export interface Mapped {
  readonly text: string;
  /** Status that the template sets. @default - the integration's */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Renders a mapping template as API Gateway does, with Velocity for JavaScript.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export function renderMapping(template: string, input: MappingInput = {}): Mapped {
  const { body = '', authorizer = {} } = input;
  const places = {
    path: maplike(input.params?.path),
    querystring: maplike(input.params?.querystring),
    header: maplike(input.params?.header),
  };
  const responseOverride: { status?: number; header: Record<string, string> } = { header: {} };
  const context = {
    requestId: 'request-1',
    authorizer,
    responseOverride,
  };
  const text = new Compile(parse(template), { escape: false }).render({
    context,
    input: {
      body,
      json: (path: string) => JSON.stringify(at(body, path)),
      path: (path: string) => javaLike(at(body, path)),
      params: (name?: string) =>
        name === undefined ? places : (Object.values(places).find((place) => name in place)?.[name] ?? ''),
    },
    util: {
      escapeJavaScript: (text: string) => new JavaString(escapeJavaScript(text)),
      urlEncode: (value: string) => encodeURIComponent(value).replace(/%20/g, '+'),
    },
  });
  const { status, header } = context.responseOverride;
  return { text, headers: header, ...(status !== undefined && { status }) };
}

function at(body: string, path: string): any {
  const steps = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]+/)
    .filter(Boolean);
  return steps.reduce((value: any, step) => value?.[step], JSON.parse(body || '{}'));
}

/** A text whose methods take regular expressions, as Java's do. */
class JavaString {
  constructor(private readonly text: string) {}

  replaceAll(pattern: string, replacement: string): JavaString {
    return new JavaString(this.text.replace(new RegExp(pattern, 'g'), replacement));
  }

  toString(): string {
    return this.text;
  }
}

/** A value that a template asks for: nothing, where there is nothing. */
function javaLike(value: unknown): unknown {
  if (value === undefined) return '';
  return typeof value === 'string' ? new JavaString(value) : maplike(value);
}

/** Java's maps, all through. */
function maplike(value: any): any {
  if (value === undefined) return {};
  if (Array.isArray(value)) return value.map(maplike);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maplike(item)]));
  return Object.defineProperties(copy, {
    get: { value: (key: string) => copy[key], enumerable: false },
    containsKey: { value: (key: string) => key in copy, enumerable: false },
  });
}

const ESCAPES: Record<string, string> = { '\b': '\\b', '\n': '\\n', '\t': '\\t', '\f': '\\f', '\r': '\\r' };

/** Escapes text as API Gateway does, by Commons Lang: also the apostrophe, whose escape JSON does not have. */
export function escapeJavaScript(text: string): string {
  return text.replace(/['"\\/]|[^\x20-\x7f]/g, (character) => {
    if (/['"\\/]/.test(character)) return `\\${character}`;
    return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
