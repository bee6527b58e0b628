import type * as z from 'zod';
import { jsonText } from './vtl.js';

type Schema = z.core.$ZodType;

interface Definition extends z.core.$ZodTypeDef {
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly entries?: object;
  readonly values?: readonly unknown[];
}

const definition = (schema: Schema) => schema._zod.def as Definition;

/** Reports the parts of a schema that cannot be read from a DynamoDB item. */
export function validateItem(schema: Schema): string[] {
  if (typeOf(schema) !== 'M')
    return ['getItem returns an item: the schema of the response must be an object'];
  return validateNode(schema, '');
}

function validateNode(schema: Schema, path: string): string[] {
  const { element, shape } = definition(unwrapped(schema));
  switch (typeOf(schema)) {
    case undefined:
      return [
        `getItem supports objects, arrays, strings, numbers, booleans and null, got ${definition(schema).type} at \`${path}\``,
      ];
    case 'L':
      return validateNode(element!, `${path}[]`);
    case 'M':
      return Object.entries(shape!).flatMap(([name, property]) => [
        ...(/^[\w.-]+$/.test(name)
          ? []
          : [`getItem supports property names of letters, digits and ._-, got "${name}"`]),
        ...validateNode(property, path ? `${path}.${name}` : name),
      ]);
    default:
      return [];
  }
}

/** DynamoDB's type descriptors. */
type AttributeType = 'S' | 'N' | 'BOOL' | 'L' | 'M' | 'NULL';

const TYPES: Readonly<Record<string, AttributeType>> = {
  string: 'S',
  template_literal: 'S',
  number: 'N',
  boolean: 'BOOL',
  array: 'L',
  object: 'M',
  null: 'NULL',
};

const TYPES_OF_VALUES: Readonly<Record<string, AttributeType>> = {
  string: 'S',
  number: 'N',
  boolean: 'BOOL',
};

function typeOf(schema: Schema): AttributeType | undefined {
  const { type, entries, values } = definition(unwrapped(schema));
  if (type !== 'enum' && type !== 'literal') return TYPES[type];
  const types = new Set(
    (values ?? Object.values(entries ?? {})).map((value) => TYPES_OF_VALUES[typeof value]),
  );
  return types.size === 1 ? [...types][0] : undefined;
}

function unwrapped(schema: Schema): Schema {
  const { type, innerType } = definition(schema);
  return innerType && ['optional', 'nullable', 'readonly', 'default'].includes(type)
    ? unwrapped(innerType)
    : schema;
}

function isNullable(schema: Schema): boolean {
  const { type, innerType } = definition(schema);
  return type === 'nullable' || (innerType !== undefined && isNullable(innerType));
}

/**
 * Returns a template that renders an item, or a map in it, as JSON: the properties of the schema, in its order, without
 * those that the item lacks.
 *
 * @param map a variable with the attributes by name
 */
export function itemTemplate(schema: Schema, map: string, depth = 0): string {
  const [attribute, comma] = [`$a${depth}`, `$c${depth}`];
  const properties = Object.entries(definition(unwrapped(schema)).shape ?? {}).map(([name, property]) =>
    [
      `#if(${map}.containsKey("${name}"))`,
      `#set(${attribute} = ${map}.get("${name}"))`,
      `${comma}"${name}":${valueTemplate(property, attribute, depth)}`,
      `#set(${comma} = ",")`,
      '#end',
    ].join(''),
  );
  return `{#set(${comma} = "")${properties.join('')}}`;
}

/** @param attribute a variable with an attribute: `{ S: 'a' }` */
function valueTemplate(schema: Schema, attribute: string, depth: number): string {
  const value = typedTemplate(schema, attribute, depth);
  return isNullable(schema) ? `#if(${attribute}.containsKey("NULL"))null#else${value}#end` : value;
}

function typedTemplate(schema: Schema, attribute: string, depth: number): string {
  const type = typeOf(schema)!;
  const value = `${attribute}.get("${type}")`;
  switch (type) {
    case 'S':
      return jsonText(value);
    case 'N':
    case 'BOOL':
      return value;
    case 'NULL':
      return 'null';
    case 'M':
      return `#set($m${depth} = ${value})${itemTemplate(unwrapped(schema), `$m${depth}`, depth + 1)}`;
    case 'L':
      return listTemplate(definition(unwrapped(schema)).element!, value, depth);
  }
}

function listTemplate(element: Schema, list: string, depth: number): string {
  const [item, comma] = [`$i${depth}`, `$d${depth}`];
  return `[#set(${comma} = "")#foreach(${item} in ${list})${comma}${valueTemplate(element, item, depth + 1)}#set(${comma} = ",")#end]`;
}
