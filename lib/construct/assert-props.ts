import type { IConstruct } from 'constructs';
import { field } from '../contract/field-path.js';
import { describeValue } from '../contract/validation/validate-shape.js';
import { assertValid } from './assert-valid.js';
import { nearestName } from './nearest-name.js';
import { CDK_VERSION } from './props-table.js';
import { type Property, type Shape, shapeOf } from './shapes.js';

/**
 * Asserts that properties have names and kinds of their type, for users of JavaScript: a misspelt one would have no
 * effect.
 *
 * @param scope the construct, or the path of one that does not exist yet
 * @param type name of the construct or of the options, as in props-table.ts
 * @param isExact false for a subclass or an inner construct, to which further properties may be passed
 * @throws Error with every property that is unknown, missing or of the wrong kind
 */
export function assertProps(scope: IConstruct | string, type: string, props: unknown, isExact = true): void {
  const shape = shapeOf(type);
  if (props === undefined && shape.required.length === 0) return;
  const errors = isObject(props)
    ? validateShape(shape, props, { type, path: [], isExact })
    : [`\`props\` must be ${objectWith(shape)}, got ${describeValue(props)}`];
  assertValid(scope, errors);
}

/** The object that is validated. */
interface Place {
  readonly type: string;
  readonly path: readonly PropertyKey[];
  readonly isExact: boolean;
}

type Values = Readonly<Record<string, unknown>>;

function validateShape(shape: Shape, values: Values, place: Place): string[] {
  const isExact = place.isExact && isLiteral(values);
  const errors: string[] = [];
  for (const name of Object.keys(values)) {
    const value = values[name];
    const property = shape.properties.get(name) ?? shape.properties.get('*');
    if (value === undefined || (property && isAccepted(property, value))) continue;
    if (property) errors.push(...validateValue(property, value, { ...place, path: [...place.path, name] }));
    else if (isExact) errors.push(...unknownName(shape, name, place));
  }
  for (const name of shape.required) {
    if (values[name] !== undefined) continue;
    errors.push(wrongKind(shape.properties.get(name)!, undefined, [...place.path, name]));
  }
  return errors;
}

/** Reports an unknown name. One that resembles no other may be a property of a later release of CDK. */
function unknownName(shape: Shape, name: string, { type, path }: Place): string[] {
  const names = [...shape.properties.keys()];
  const nearest = nearestName(name, names);
  if (!nearest && shape.isOpen && isOtherCdk()) return [];
  const list = nearest || names.length > MAX_LISTED ? '' : ` (it has ${names.join(', ')})`;
  const remedy = nearest ? `did you mean ${field(nearest)}?` : 'remove it';
  const owner = path.length === 0 ? type : field(...path);
  return [`${field(...path, name)} is not a property of ${owner}${list}: ${remedy}`];
}

const MAX_LISTED = 20;

function isOtherCdk(): boolean {
  const { version } = require('aws-cdk-lib/package.json') as { readonly version: string };
  return version !== CDK_VERSION;
}

function isAccepted({ kinds, shapes }: Property, value: unknown): boolean {
  for (const kind of kinds) if (isOfKind(kind, value, shapes.length > 0)) return true;
  return isResolvable(value);
}

/** Returns the errors of a value that is options, a list of options, or of the wrong kind. */
function validateValue(property: Property, value: unknown, { type, path }: Place): string[] {
  const { shapes, elements } = property;
  if (elements && Array.isArray(value)) {
    return value.flatMap((element, index) =>
      validateValue({ kinds: [elements], shapes: [elements], elements: undefined }, element, {
        type,
        path: [...path, index],
        isExact: true,
      }),
    );
  }
  if (shapes.length === 0 || !isObject(value)) return [wrongKind(property, value, path)];
  const errors = shapes.map((name) => validateShape(shapeOf(name), value, { type, path, isExact: true }));
  return errors.reduce((least, candidate) => (candidate.length < least.length ? candidate : least));
}

function isOfKind(kind: string, value: unknown, hasShapes: boolean): boolean {
  switch (kind) {
    case '*':
      return true;
    case 'string':
    case 'number':
    case 'boolean':
    case 'function':
      return typeof value === kind;
    case 'import':
      return typeof value === 'function';
    case 'true':
    case 'false':
      return value === (kind === 'true');
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isInstance(value, hasShapes);
    case 'Duration':
      return isObject(value) && typeof value.toSeconds === 'function';
    default:
      return kind.startsWith('#') ? isInstance(value, hasShapes) : kind === `'${value}'`;
  }
}

/** @param hasShapes if the property also takes options, which a literal is then */
function isInstance(value: unknown, hasShapes: boolean): boolean {
  return isObject(value) && !(hasShapes && isLiteral(value));
}

function wrongKind({ kinds, shapes }: Property, value: unknown, path: readonly PropertyKey[]): string {
  const texts = [
    ...new Set(kinds.map((kind) => (shapes.includes(kind) ? objectWith(shapeOf(kind)) : kindText(kind)))),
  ];
  const last = texts.pop();
  const expected = texts.length > 0 ? `${texts.join(', ')} or ${last}` : last;
  // A text in the place of an object may be a secret.
  const isHidden = typeof value === 'string' && kinds.every((kind) => /^(#|object)/.test(kind));
  return `${field(...path)} must be ${expected}, got ${isHidden ? 'a string' : describeValue(value)}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  function: 'a function',
  import: "a function that imports a module, as in `() => import('./place.js')`",
  object: 'an object',
  array: 'a list',
  Duration: 'a Duration, as in `Duration.seconds(30)`',
};

function kindText(kind: string): string {
  if (kind.startsWith('#')) return `${/^#[AEIO]/.test(kind) ? 'an' : 'a'} ${kind.slice(1)}`;
  return kind.endsWith('[]') ? 'a list of objects' : (KINDS[kind] ?? kind);
}

function objectWith({ required }: Shape): string {
  const names = required.map((name) => field(name)).join(' and ');
  return names ? `an object with ${names}` : 'an object';
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for an object that is not an instance of a class: its names are those that the user wrote. */
function isLiteral(value: Values): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** True for a value that is known at deployment only. */
function isResolvable(value: unknown): boolean {
  return isObject(value) && typeof value.resolve === 'function';
}
