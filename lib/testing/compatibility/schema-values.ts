import { alternativesOf, equal, isAnything, type Keywords, normal, type Schema } from './schema-form.js';

/** Whether a schema takes a value, as far as that can be said: a value of a list, mostly a text or a number. */
export function takesValue(schema: Schema, value: unknown, resolve: (schema: Keywords) => Schema): boolean {
  const keywords = normal(schema);
  const takes = (one: Schema) => takesValue(one, value, resolve);
  if (isAnything(keywords)) return true;
  if (keywords.$ref !== undefined) return takes(resolve(keywords));
  if (Array.isArray(keywords.enum)) return keywords.enum.some((one) => equal(one, value));
  const alternatives = alternativesOf(keywords);
  if (alternatives) {
    const fitting = alternatives.schemas.filter(takes).length;
    return alternatives.isExclusive ? fitting === 1 : fitting > 0;
  }
  const { allOf = [], type, ...rest } = keywords;
  return (
    (allOf as Schema[]).every(takes) &&
    (type === undefined || isOfType(type as string, value)) &&
    Object.entries(rest).every(([keyword, limit]) => keeps(keyword, limit, value))
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

function keeps(keyword: string, limit: unknown, value: unknown): boolean {
  const [size, number] = [typeof value === 'string' ? [...value].length : 0, value as number];
  switch (keyword) {
    case 'minLength':
      return size >= (limit as number);
    case 'maxLength':
      return size <= (limit as number);
    case 'pattern':
      return new RegExp(limit as string, 'u').test(String(value));
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
