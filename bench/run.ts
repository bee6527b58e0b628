// `npm run bench`: compares this library with NodejsFunction and with the lower bound, in a single run on one machine.
// Prints ratios and writes bench/results.json. `npm run bench -- 25` measures fewer functions.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { consumerProject, packedLibrary } from '../test/docs/consumer.js';
import { type AppSize, appFiles } from './apps.js';
import { medians, rounded, seconds } from './measure.js';
import { readySeconds, unpackFunction, uploadBytes } from './output.js';
import { bundlerMilliseconds } from './share.js';

const MAX_FUNCTIONS = Number(process.argv[2] ?? 100);
const STACKS = 4;
const ROUNDS = 9;
const READY_ROUNDS = 21;

const library = packedLibrary();
const folders: string[] = [];

function projectOf(size: AppSize): string {
  const folder = consumerProject(library, appFiles(size));
  folders.push(folder);
  return folder;
}

/** Returns the seconds of a synthesis, which writes to `<app>.out`. */
function synth(folder: string, app: string, env: NodeJS.ProcessEnv = {}): number {
  const out = join(folder, `${app}.out`);
  rmSync(out, { recursive: true, force: true });
  return seconds([process.execPath, `${app}.cjs`], folder, {
    ...env,
    CDK_VALIDATION: 'false',
    CDK_OUTDIR: out,
  });
}

function coldSynth(folder: string): number {
  rmSync(join(folder, 'node_modules/.cache'), { recursive: true, force: true });
  return synth(folder, 'ours');
}

/** Creates the templates for the lower bound. */
function prepareLimit(folder: string): void {
  coldSynth(folder);
  mkdirSync(join(folder, 'templates'));
  for (const name of readdirSync(join(folder, 'ours.out'))) {
    if (name.endsWith('.template.json')) {
      cpSync(join(folder, 'ours.out', name), join(folder, 'templates', name));
    }
  }
}

function oneRound(folder: string) {
  return {
    cold: coldSynth(folder),
    warm: synth(folder, 'ours'),
    plainFunction: synth(folder, 'plain-function'),
    limitCold: synth(folder, 'limit', { BENCH_COLD: '1' }),
    limitWarm: synth(folder, 'limit'),
  };
}

/** Returns the load times of the functions, measured alternately. */
function readyMilliseconds(folder: string) {
  const ourFolder = unpackFunction(join(folder, 'ours.out'), join(folder, 'ready-ours'));
  const peerFolder = unpackFunction(join(folder, 'nodejs-function.out'), join(folder, 'ready-peer'));
  const rounds = Array.from({ length: READY_ROUNDS }, () => ({
    ours: readySeconds(ourFolder) * 1000,
    nodejsFunction: readySeconds(peerFolder) * 1000,
  }));
  return medians(rounds);
}

const kilobytes = (folder: string, app: string) => uploadBytes(join(folder, `${app}.out`)) / 1000;

const [few, many] = [MAX_FUNCTIONS / 4, MAX_FUNCTIONS].map((functions) => ({
  functions,
  folder: projectOf({ functions, stacks: STACKS }),
})) as [{ functions: number; folder: string }, { functions: number; folder: string }];

function measure() {
  for (const { folder } of [few, many]) prepareLimit(folder);
  // Alternately, so that other load on the machine affects all of them.
  const rounds = Array.from({ length: ROUNDS }, () => [oneRound(few.folder), oneRound(many.folder)] as const);
  const [secondsOfFew, secondsOfMany] = [0, 1].map((index) =>
    medians(rounds.map((both) => both[index as 0 | 1])),
  ) as [ReturnType<typeof oneRound>, ReturnType<typeof oneRound>];
  const cached = { CDK_VALIDATION: 'false', CDK_OUTDIR: join(many.folder, 'ours.out') };
  const allCached = medians(
    Array.from({ length: ROUNDS }, () => bundlerMilliseconds('ours.cjs', many.folder, cached)),
  );

  synth(many.folder, 'nodejs-function', { BENCH_OWN_SDK: '1' });
  const nodejsFunctionWithOwnSdk = kilobytes(many.folder, 'nodejs-function');
  const nodejsFunction = synth(many.folder, 'nodejs-function');
  const namespace = projectOf({ functions: MAX_FUNCTIONS, stacks: STACKS, zod: '* as z' });
  for (const app of ['ours', 'nodejs-function']) synth(namespace, app);

  return {
    node: process.version,
    seconds: {
      [few.functions]: secondsOfFew,
      [many.functions]: { ...secondsOfMany, nodejsFunction },
    },
    allCachedMilliseconds: allCached,
    uploadKilobytes: {
      ours: kilobytes(many.folder, 'ours'),
      nodejsFunction: kilobytes(many.folder, 'nodejs-function'),
      nodejsFunctionWithOwnSdk,
      namespace: {
        ours: kilobytes(namespace, 'ours'),
        nodejsFunction: kilobytes(namespace, 'nodejs-function'),
      },
    },
    readyMilliseconds: readyMilliseconds(many.folder),
    slopes: slopes(secondsOfFew, secondsOfMany),
  };
}

/** Returns the milliseconds per additional function. */
function slopes(small: ReturnType<typeof oneRound>, large: ReturnType<typeof oneRound>) {
  const more = many.functions - few.functions;
  const slope = (kind: keyof typeof small) => ((large[kind] - small[kind]) / more) * 1000;
  return {
    cold: slope('cold'),
    warm: slope('warm'),
    plainFunction: slope('plainFunction'),
    limitWarm: slope('limitWarm'),
  };
}

function ratiosOf(measured: ReturnType<typeof measure>) {
  const { uploadKilobytes: upload, readyMilliseconds: ready, slopes: slope } = measured;
  const large = measured.seconds[MAX_FUNCTIONS] as ReturnType<typeof oneRound> & { nodejsFunction: number };
  return {
    [`synth of ${MAX_FUNCTIONS}, NodejsFunction / ours cold`]: large.nodejsFunction / large.cold,
    [`synth of ${MAX_FUNCTIONS}, NodejsFunction / ours warm`]: large.nodejsFunction / large.warm,
    [`synth of ${MAX_FUNCTIONS}, ours cold / limit cold`]: large.cold / large.limitCold,
    [`synth of ${MAX_FUNCTIONS}, ours warm / limit warm`]: large.warm / large.limitWarm,
    'milliseconds per function, cold': slope.cold,
    'milliseconds per function, warm': slope.warm,
    "milliseconds per function, CDK's plain Function without any bundling": slope.plainFunction,
    "milliseconds per function, ours cold / CDK's plain Function": slope.cold / slope.plainFunction,
    "milliseconds per function, ours warm / CDK's plain Function": slope.warm / slope.plainFunction,
    'milliseconds per function, limit': slope.limitWarm,
    [`milliseconds of the bundler, ${MAX_FUNCTIONS} functions, all cached`]:
      measured.allCachedMilliseconds.bundler,
    [`milliseconds of the bundler's cache, ${MAX_FUNCTIONS} functions, all cached`]:
      measured.allCachedMilliseconds.cache,
    [`upload of ${MAX_FUNCTIONS}, NodejsFunction / ours`]: upload.nodejsFunction / upload.ours,
    [`upload of ${MAX_FUNCTIONS}, NodejsFunction / ours, zod imported as a namespace`]:
      upload.namespace.nodejsFunction / upload.namespace.ours,
    [`upload of ${MAX_FUNCTIONS}, NodejsFunction with a bundled SDK / ours`]:
      upload.nodejsFunctionWithOwnSdk / upload.ours,
    'ready time, ours / NodejsFunction': ready.ours / ready.nodejsFunction,
  };
}

try {
  const measured = measure();
  const results = { ...measured, ratios: ratiosOf(measured) };
  const round = (_key: string, value: unknown) => (typeof value === 'number' ? rounded(value) : value);
  const text = JSON.stringify(results, round, 2);
  writeFileSync(join(__dirname, 'results.json'), `${text}\n`);
  console.log(text);
} finally {
  for (const folder of [...folders, dirname(library)]) rmSync(folder, { recursive: true, force: true });
}
