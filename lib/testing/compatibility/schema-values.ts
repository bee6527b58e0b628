import { alternativesOf, equal, isAnything, type Keywords, normal, type Schema } from './schema-form.js';

/** Returns true if a schema certainly accepts a value of an enum, mostly a text or a number. */
export function acceptsValue(schema: Schema, value: unknown, resolve: (schema: Keywords) => Schema): boolean {
  const keywords = normal(schema);
  const accepts = (part: Schema) => acceptsValue(part, value, resolve);
  if (isAnything(keywords)) return true;
  if (keywords.$ref !== undefined) return accepts(resolve(keywords));
  if (Array.isArray(keywords.enum)) return keywords.enum.some((item) => equal(item, value));
  const alternatives = alternativesOf(keywords);
  if (alternatives) {
    const matches = alternatives.schemas.filter(accepts).length;
    return alternatives.isExclusive ? matches === 1 : matches > 0;
  }
  const { allOf = [], type, ...rest } = keywords;
  return (
    (allOf as Schema[]).every(accepts) &&
    (type === undefined || isOfType(type as string, value)) &&
    Object.entries(rest).every(([keyword, limit]) => satisfies(keyword, limit, value))
  );
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return false;
  }
}

function satisfies(keyword: string, limit: unknown, value: unknown): boolean {
  const [size, number] = [typeof value === 'string' ? [...value].length : 0, value as number];
  switch (keyword) {
    case 'minLength':
      return size >= (limit as number);
    case 'maxLength':
      return size <= (limit as number);
    case 'pattern':
      return new RegExp(limit as string, 'u').test(String(value));
    case 'x-pattern': {
      const [, source = '', flags] = /^\/(.*)\/(\w*)$/s.exec(limit as string) ?? [];
      return new RegExp(source, flags).test(String(value));
    }
    case 'minimum':
      return number >= (limit as number);
    case 'maximum':
      return number <= (limit as number);
    case 'exclusiveMinimum':
      return number > (limit as number);
    case 'exclusiveMaximum':
      return number < (limit as number);
    default:
      return false;
  }
}
