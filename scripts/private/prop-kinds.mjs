// The properties of a type with the kinds of their values, as the compiler resolves them.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
// TypeScript 7 has no API yet; API Extractor brings the last compiler that has one.
const ts = createRequire(require.resolve('@microsoft/api-extractor'))('typescript');

const OPTIONS = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: ['cdk-trellis-source'],
  strict: true,
  skipLibCheck: true,
  types: ['node'],
};

/**
 * Compiles a source text of the folder lib, and returns its exported types by name.
 *
 * @param {string} root
 * @param {string} text
 */
export function exportedTypes(root, text) {
  const file = join(root, 'lib/types-of-props.ts');
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile, fileExists } = host;
  // Conditional types that only check a property's type for the compiler would multiply its alternatives.
  const textOf = (name) =>
    name === file ? text : readFile(name)?.replaceAll(/ & \w+Check<[^;]*>(?=;)/g, '');
  host.getSourceFile = (name, options) =>
    fileExists(name) || name === file ? ts.createSourceFile(name, textOf(name), options) : undefined;
  host.fileExists = (name) => name === file || fileExists(name);
  const program = ts.createProgram([file], OPTIONS, host);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const types = checker
    .getExportsOfModule(module)
    .map((symbol) => [symbol.name, checker.getDeclaredTypeOfSymbol(symbol)]);
  return { types: new Map(types), checker, lib: join(root, 'lib') };
}

const has = (flags, flag) => (flags & flag) !== 0;
const isAbsent = (type) => has(type.flags, ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void);
const partsOf = (type) => (type.isUnion() ? type.types : [type]);

/**
 * Reads shapes: for each type of options a line `name=kind|kind name?=kind`, with `*?=kind` for values by any name, and
 * `...` if CDK may add properties.
 */
export class Shapes {
  /** @param {ReturnType<typeof exportedTypes>} compiled */
  constructor({ checker, lib }) {
    this.checker = checker;
    this.lib = lib;
    /** @type {Map<string, string>} */
    this.lines = new Map();
    /** Names of the shapes by type. */
    this.names = new Map();
  }

  /** Adds the shape of a type, or of several together, and those of the options that its properties take. */
  add(name, types) {
    if (this.lines.has(name)) return;
    this.lines.set(name, '');
    const alternatives = types.flatMap(partsOf).filter((part) => !isAbsent(part));
    const lists = alternatives.map((part) => this.propertiesOf(part));
    const names = [...new Set(lists.flat().map((symbol) => symbol.name))];
    const words = names.map((prop) => {
      const symbols = lists.flatMap((list) => list.filter((symbol) => symbol.name === prop));
      const isOptional =
        symbols.length < lists.length ||
        symbols.some((symbol) => has(symbol.flags, ts.SymbolFlags.Optional)) ||
        symbols.some((symbol) => partsOf(this.typeOf(symbol)).some(isAbsent));
      const reads = symbols.every((symbol) => this.isOwn(symbol));
      const types = symbols.map((symbol) => this.typeOf(symbol));
      const kinds = this.kindsOf(types, `${name}.${prop}`, reads);
      return wordOf(prop, isOptional, kinds);
    });
    const isOpen = lists.flat().some((symbol) => !this.isOwn(symbol));
    this.lines.set(name, [...words, ...(isOpen ? ['...'] : [])].join(' '));
  }

  /** Returns the lines of some shapes, and of those that they name. */
  linesOf(roots) {
    const reached = new Set(roots);
    for (const name of reached) {
      if (!this.lines.has(name)) throw new Error(`There is no shape ${name}`);
      const kinds = this.lines.get(name).match(/(?<=[=|])[A-Z][\w.]*/g) ?? [];
      for (const kind of kinds) if (kind !== 'Duration') reached.add(kind);
    }
    return [...reached].sort().map((name) => [name, this.lines.get(name)]);
  }

  typeOf(symbol) {
    return this.checker.getTypeOfSymbol(symbol);
  }

  /** The properties that users write: symbols, and names with spaces, are for the compiler or the library. */
  propertiesOf(type) {
    return this.checker.getPropertiesOfType(type).filter(({ name }) => /^[a-z]\w*$/i.test(name));
  }

  isOwn(symbol) {
    return (symbol.declarations ?? []).every((node) => node.getSourceFile().fileName.startsWith(this.lib));
  }

  isDeclaredIn(symbol, room) {
    const folder = join(this.lib, room, '/');
    return symbol?.declarations?.some((node) => node.getSourceFile().fileName.startsWith(folder));
  }

  /** @param {boolean} reads whether options inside get a shape of their own: those of this library's properties do */
  kindsOf(types, path, reads) {
    const parts = [...new Set(types.flatMap(partsOf))].filter((part) => !isAbsent(part));
    const kinds = this.grouped(parts).map((group) => this.kindOf(group, path, reads));
    // Literals of a type of contracts are validated where contracts are.
    const isOfContract = parts.some((part) => this.isDeclaredIn(part.aliasSymbol ?? part.symbol, 'contract'));
    if (isOfContract && kinds.some(isShape)) return ['*'];
    return kinds.includes('true') && kinds.includes('false')
      ? ['boolean', ...kinds.filter((kind) => kind !== 'true' && kind !== 'false')]
      : kinds;
  }

  /** True if another type of a list is a base class of this one. */
  isSubclass(type, others) {
    const bases = type.isClassOrInterface() ? this.checker.getBaseTypes(type) : [];
    return bases.some((base) => others.includes(base));
  }

  /** Groups the forms of an object that have the same names, and differ in kinds only. */
  grouped(parts) {
    const groups = new Map();
    for (const part of parts) {
      if (this.isSubclass(part, parts)) continue;
      const isObject = has(part.flags, ts.TypeFlags.Object) && !this.checker.isArrayType(part);
      const names = isObject ? this.propertiesOf(part).map(({ name }) => name) : [];
      const key = names.length > 0 && this.isOptions(part, this.propertiesOf(part)) ? names.join() : part;
      groups.set(key, [...(groups.get(key) ?? []), part]);
    }
    return [...groups.values()];
  }

  kindOf(group, path, reads) {
    const [type] = group;
    const { flags } = type;
    if (has(flags, ts.TypeFlags.EnumLike)) return has(flags, ts.TypeFlags.StringLike) ? 'string' : 'number';
    if (type.isStringLiteral()) return `'${type.value}'`;
    if (has(flags, ts.TypeFlags.StringLike)) return 'string';
    if (has(flags, ts.TypeFlags.NumberLike)) return 'number';
    if (has(flags, ts.TypeFlags.BooleanLiteral)) return this.checker.typeToString(type);
    if (!has(flags, ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return '*';
    if (type.getCallSignatures().length > 0) return this.isImport(type) ? 'import' : 'function';
    if (this.checker.isArrayType(type) || this.checker.isTupleType(type)) {
      const [element] = this.kindsOf([this.checker.getTypeArguments(type)[0]], path, reads);
      return isShape(element) ? `${element}[]` : 'array';
    }
    return this.objectKind(group, path, reads);
  }

  /** True for a function that only imports a module. */
  isImport(type) {
    const [{ parameters, getReturnType }] = type.getCallSignatures();
    const result = getReturnType.call(type.getCallSignatures()[0]);
    return parameters.length === 0 && /^(Promise<|unknown$)/.test(this.checker.typeToString(result));
  }

  objectKind(group, path, reads) {
    const [type] = group;
    const symbol = type.aliasSymbol ?? type.symbol;
    if (symbol?.name === 'Duration') return 'Duration';
    const isNamed = symbol && !/^(__type|Partial|Omit|Pick|Readonly|Required|Record)$/.test(symbol.name);
    const instance = isNamed ? `#${symbol.name}` : 'object';
    if (!reads) return instance;
    if (this.names.has(type)) return this.names.get(type);
    const properties = this.propertiesOf(type);
    const values = type.getStringIndexType();
    if (values && properties.length === 0) {
      const kinds = this.kindsOf([values], `${path}.value`, reads);
      if (!kinds.some(isShape)) return instance;
      this.lines.set(path, wordOf('*', true, kinds));
      return path;
    }
    if (properties.length === 0 || !this.isOptions(type, properties)) return instance;
    const isGeneric = type.aliasTypeArguments || type.typeArguments?.length > 0;
    const name = isNamed && !isGeneric ? symbol.name : this.unused(path);
    this.names.set(type, name);
    this.add(name, group);
    return name;
  }

  /** The path, with a number when another alternative of the same property has it. */
  unused(path) {
    const names = [path, ...Array.from({ length: 9 }, (_, index) => `${path}.${index + 2}`)];
    return names.find((name) => !this.lines.has(name));
  }

  /** True for an object that users write: neither an instance of a class nor something with methods. */
  isOptions(type, properties) {
    if (type.isClass() || /^I[A-Z]/.test(type.symbol?.name ?? '')) return false;
    // Contracts are validated where they are defined.
    if (this.isDeclaredIn(type.symbol, 'contract')) return false;
    return properties.every((symbol) => {
      const value = this.checker.getNonNullableType(this.typeOf(symbol));
      const isMethod = value.getCallSignatures().length > 0 && !this.isImport(value);
      return !isMethod && symbol.declarations?.every((node) => !ts.isClassElement(node));
    });
  }
}

const wordOf = (name, isOptional, kinds) => {
  const isString = kinds.includes('string');
  const distinct = [...new Set(kinds)].filter((kind) => !(isString && kind.startsWith("'")));
  const isAny = kinds.length === 0 || kinds.includes('*');
  return `${name}${isOptional ? '?' : ''}=${isAny ? '*' : distinct.join('|')}`;
};

/** True for the name of a shape. */
const isShape = (kind) => /^[A-Z][\w.]*$/.test(kind ?? '') && kind !== 'Duration';
