import {
  Architecture,
  type Code,
  type ILayerVersion,
  type Function as LambdaFunction,
  type Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BundledCode, isBundlingRequired } from '../../bundler/bundled-code.js';
import { Bundler } from '../../bundler/bundler.js';
import type { BundlingOptions } from '../../bundler/bundling-options.js';
import { libraryConditions } from '../../bundler/conditions.js';
import { ANY_NODE, nodeTarget, OLDEST_NODE } from '../../bundler/node-target.js';
import { resolveBundling } from '../../bundler/resolve-options.js';
import { constructPath } from '../../construct/construct-path.js';
import { assertNoHiddenNeeds } from '../../handler/hidden-needs.js';
import type { Unseen } from '../../handler/wrapper-search.js';
import { projectRoot } from '../../project-cache/project.js';
import { LIMITS } from '../../quotas/limits.js';
import { once } from '../../runtime/once.js';
import { targetOf } from '../../target/target.js';
import { SharedLayer } from '../shared-layer.js';
import { assertSize, builtPart, foreignPart } from './code-size.js';
import { dependencyLayer } from './dependency-layer.js';
import { packageOf, sharedLayerVersion } from './shared-layer-version.js';

/** Options of CDK's functions that add a layer. */
const WITH_A_LAYER = ['insightsVersion', 'adotInstrumentation', 'paramsAndSecrets'];

/** The code of a function and its layers. */
export interface FunctionCode {
  readonly code: Code;
  readonly layers: ILayerVersion[];
}

/** Registers a function's bundle, which is built when its template is resolved. */
export function functionCode(
  scope: Construct,
  id: string,
  props: {
    readonly entry: string;
    readonly runtime: Runtime;
    readonly bundling?: BundlingOptions | undefined;
    readonly layers?: readonly (SharedLayer | ILayerVersion)[] | undefined;
    /** Imports of a plain handler that its analysis has not followed. */
    readonly unseen?: Unseen | undefined;
    /** All options of the function. */
    readonly options: object;
  },
): FunctionCode {
  const { entry, runtime, bundling = {}, layers = [], unseen, options: functionOptions } = props;
  const path = constructPath(scope, id);
  const error = layerError(layers, functionOptions);
  if (error) throw new Error(`${error} (at ${path})`);
  const target = esbuildTarget(runtime, path);
  const shared = layers.filter((layer) => layer instanceof SharedLayer);
  const duplicate = shared.find((layer, index) => shared.indexOf(layer) !== index);
  if (duplicate) {
    throw new Error(`\`layers\` must have each layer once, got ${duplicate.packageName} twice (at ${path})`);
  }
  const bundler = Bundler.of(scope);
  const { options, files, nodeModules } = resolveBundling(bundling, entry, path);
  const key = bundler.add(
    path,
    {
      root: projectRoot(entry),
      entries: { index: entry },
      files,
      layers: shared.map(packageOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
      options,
      conditions: libraryConditions(),
      target,
    },
    isBundlingRequired(Stack.of(scope)),
  );
  const dependencies = dependencyLayer(scope);
  const used = shared.map((layer) => sharedLayerVersion(scope, layer));
  const versions = layers.map((layer) =>
    layer instanceof SharedLayer ? sharedLayerVersion(scope, layer).version : layer,
  );
  const code = new BundledCode(
    once(() => {
      const built = bundler.built(key);
      const packages = dependencies.built();
      if (unseen) assertNoHiddenNeeds(path, entry, unseen, dependencies.wrappers(key));
      assertSize(path, [
        builtPart('the function', built),
        builtPart("the stack's dependency layer", packages),
        ...used.map((version) => builtPart(version.layer.packageName, bundler.built(version.key))),
        ...layers.flatMap((layer) => (layer instanceof SharedLayer ? [] : (foreignPart(layer) ?? []))),
      ]);
      return built;
    }),
    () => bundler.prepareLayers(),
  );
  const platform = () => platformOf(code);
  dependencies.serve(key, { path, platform, nodeModules });
  for (const version of used) dependencies.serve(version.key, { path, platform, nodeModules: {} });
  return { code, layers: [dependencies.version, ...versions] };
}

function layerError(layers: readonly unknown[], options: object): string | undefined {
  const invalid = layers.find((layer) => !(layer instanceof SharedLayer) && !isVersion(layer));
  if (invalid !== undefined) {
    return `\`layers\` must be shared layers or layer versions, as in \`SharedLayer.fromPackage('layers/money')\`, got a ${typeof invalid}`;
  }
  const adding = WITH_A_LAYER.filter((name) => options[name as never] !== undefined);
  const max = LIMITS.lambda.layers - 1 - adding.length;
  if (layers.length <= max) return undefined;
  const reasons = [
    `a function has at most ${LIMITS.lambda.layers}`,
    "one is the stack's dependency layer",
    ...adding.map((name) => `\`${name}\` adds one`),
  ];
  const last = reasons.pop();
  return `\`layers\` must be at most ${max}, got ${layers.length}: ${reasons.join(', ')} and ${last}`;
}

function isVersion(layer: unknown): boolean {
  return typeof layer === 'object' && layer !== null && 'layerVersionArn' in layer;
}

/** Returns a function's platform in Node.js's notation: the local cloud runs functions on this machine. */
function platformOf({ owner }: BundledCode): string {
  if (owner && targetOf(owner) === 'local') return `${process.platform}-${process.arch}`;
  const { architecture } = (owner ?? {}) as Partial<LambdaFunction>;
  return `linux-${architecture === Architecture.X86_64 ? 'x64' : 'arm64'}`;
}

function esbuildTarget(runtime: Runtime, path: string): string {
  if (Token.isUnresolved(runtime.name)) return ANY_NODE;
  const target = nodeTarget(runtime.name);
  if (target) return target;
  throw new Error(`\`runtime\` must be Node.js ${OLDEST_NODE} or later, got ${runtime.name} (at ${path})`);
}
