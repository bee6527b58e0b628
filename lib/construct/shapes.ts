import { PROPS_TABLE } from './props-table.js';

/** The values that a property takes, by kind: see props-table.ts. */
export interface Property {
  readonly kinds: readonly string[];
  /** Names of the shapes among the kinds. */
  readonly shapes: readonly string[];
  /** Name of the shape of elements, if a kind is a list of them. */
  readonly elements: string | undefined;
}

/** The properties of a construct, or of a type of options. */
export interface Shape {
  readonly properties: ReadonlyMap<string, Property>;
  readonly required: readonly string[];
  /** True if CDK declares some of the properties, so that a later release may add to them. */
  readonly isOpen: boolean;
}

const shapes = new Map<string, Shape>();
let lines: ReadonlyMap<string, string> | undefined;

/** Returns the shape of a name of the table, read at its first use. */
export function shapeOf(name: string): Shape {
  const known = shapes.get(name);
  if (known) return known;
  lines ??= new Map(
    PROPS_TABLE.trim()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]),
  );
  const words = lines.get(name)?.split(' ');
  if (!words) throw new Error(`No shape ${name} in the table of properties (internal error)`);
  const properties = words.filter((word) => word !== '...').map((word) => word.split('='));
  const shape = {
    properties: new Map(properties.map(([key, kinds]) => [key!.replace('?', ''), propertyOf(kinds!)])),
    required: properties.flatMap(([key]) => (key!.endsWith('?') ? [] : [key!])),
    isOpen: words.includes('...'),
  };
  shapes.set(name, shape);
  return shape;
}

function propertyOf(text: string): Property {
  const kinds = text.split('|');
  return {
    kinds,
    shapes: kinds.filter((kind) => /^[A-Z]/.test(kind) && kind !== 'Duration' && !kind.endsWith('[]')),
    elements: kinds.find((kind) => kind.endsWith('[]'))?.slice(0, -'[]'.length),
  };
}
