import type { Code, ILayerVersion, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { BundlingOptions } from '../node-function-props.js';
import { SharedLayer } from '../shared-layer.js';
import { automaticLayer } from './automatic-layer.js';
import { BundledCode } from './bundled-code.js';
import { type Built, Bundler } from './bundler.js';
import { BundlingError } from './bundling-error.js';
import { libraryConditions } from './conditions.js';
import { projectRoot } from './project.js';
import { packageOf, sharedLayerVersion } from './shared-layer-version.js';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MOST_LAYERS = 5;
const MOST_BYTES = 250 * 1024 * 1024;
const MOST_ENVIRONMENT_BYTES = 4096;

/** The code of a function and the layers that belong to it. */
export interface FunctionCode {
  readonly code: Code;
  readonly layers: ILayerVersion[];
}

/** Announces a function's bundle; it is built when its template is written. */
export function functionCode(
  scope: Construct,
  id: string,
  props: {
    readonly entry: string;
    readonly runtime: Runtime;
    readonly bundling?: BundlingOptions | undefined;
    readonly layers?: readonly (SharedLayer | ILayerVersion)[] | undefined;
  },
): FunctionCode {
  const { entry, runtime, bundling = {}, layers = [] } = props;
  const path = scope.node.path ? `${scope.node.path}/${id}` : id;
  if (layers.length + 1 > MOST_LAYERS) {
    throw new Error(
      `\`layers\` must be at most ${MOST_LAYERS - 1}, for a function has at most ${MOST_LAYERS} and one is the stack's automatic layer, got ${layers.length} (at ${path})`,
    );
  }
  const target = esbuildTarget(runtime, path);
  const shared = layers.filter((layer) => layer instanceof SharedLayer);
  const bundler = Bundler.of(scope);
  const key = bundler.add(path, {
    root: projectRoot(entry),
    entries: { index: entry },
    layers: shared.map(packageOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
    options: { ...bundling },
    conditions: libraryConditions(),
    target,
  });
  const automatic = automaticLayer(scope);
  automatic.serve(key);
  const used = shared.map((layer) => sharedLayerVersion(scope, layer));
  const versions = layers.map((layer) =>
    layer instanceof SharedLayer ? sharedLayerVersion(scope, layer).version : layer,
  );
  let built: Built | undefined;
  const code = new BundledCode(() => {
    if (!built) {
      built = bundler.built(key);
      refuseSize(path, [built, automatic.built(), ...used.map((version) => bundler.built(version.key))]);
    }
    return built;
  });
  return { code, layers: [automatic.version, ...versions] };
}

/** Checks at synth what properties and calls have added up to. */
export function addEnvironmentCheck(fn: LambdaFunction, variables: () => Record<string, unknown>): void {
  fn.node.addValidation({
    validate: () => {
      const literal = Object.entries(variables()).filter(([, value]) => typeof value === 'string');
      const bytes = literal.reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`), 0);
      return bytes <= MOST_ENVIRONMENT_BYTES
        ? []
        : [
            `The environment must be at most ${MOST_ENVIRONMENT_BYTES} bytes, got ${bytes}: keep large values in a parameter`,
          ];
    },
  });
}

function refuseSize(path: string, parts: Built[]): void {
  const sizes = parts.flatMap(({ artifact }) => Object.values(artifact.files).map(([size]) => size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > MOST_BYTES) {
    const megabytes = Math.ceil(bytes / 1024 / 1024);
    throw new BundlingError(
      `Code and layers must be at most 250 MB unzipped, got ${megabytes} MB (at ${path})`,
    );
  }
}

function esbuildTarget(runtime: Runtime, path: string): string {
  if (Token.isUnresolved(runtime.name)) return 'node22';
  const version = /^nodejs(\d+)\.x$/.exec(runtime.name)?.[1];
  if (!version || Number(version) < 20) {
    throw new Error(`\`runtime\` must be Node.js 20 or later, got ${runtime.name} (at ${path})`);
  }
  return `node${version}`;
}
