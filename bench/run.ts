// `npm run bench`: this library against NodejsFunction and against the limit, in one run on one machine.
// Prints ratios and writes bench/results.json. `npm run bench -- 25` measures fewer functions.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { consumerProject, packedLibrary } from '../test/docs/consumer.js';
import { appFiles } from './apps.js';
import { median, rounded, seconds } from './measure.js';
import { readySeconds, unpackFunction, uploadBytes } from './output.js';
import { bundlerMilliseconds } from './share.js';

const MOST = Number(process.argv[2] ?? 100);
const SIZES = [MOST / 4, MOST].map((functions) => ({ functions, stacks: 4 }));
const RUNS = 5;
const library = packedLibrary();

function synth(folder: string, app: string, env: NodeJS.ProcessEnv = {}): number {
  const out = join(folder, `${app}.out`);
  rmSync(out, { recursive: true, force: true });
  return seconds([process.execPath, `${app}.cjs`], folder, {
    ...env,
    CDK_VALIDATION: 'false',
    CDK_OUTDIR: out,
  });
}

const several = (run: () => number, runs = RUNS) => median(Array.from({ length: runs }, run));

function measure(size: { functions: number; stacks: number }) {
  const folder = consumerProject(library, appFiles(size));
  try {
    const cold = several(() => {
      rmSync(join(folder, 'node_modules/.cache'), { recursive: true, force: true });
      return synth(folder, 'ours');
    });
    const warm = several(() => synth(folder, 'ours'));
    const cached = { CDK_VALIDATION: 'false', CDK_OUTDIR: join(folder, 'ours.out') };
    const bundler = several(() => bundlerMilliseconds('ours.cjs', folder, cached));
    mkdirSync(join(folder, 'templates'));
    for (const name of readdirSync(join(folder, 'ours.out')).filter((file) =>
      file.endsWith('.template.json'),
    )) {
      cpSync(join(folder, 'ours.out', name), join(folder, 'templates', name));
    }
    const limitCold = several(() => synth(folder, 'limit', { BENCH_COLD: '1' }));
    const limitWarm = several(() => synth(folder, 'limit'));
    synth(folder, 'nodejs-function', { BENCH_OWN_SDK: '1' });
    const withOwnSdk = uploadBytes(join(folder, 'nodejs-function.out')) / 1000;
    const nodejsFunction = several(() => synth(folder, 'nodejs-function'), 1);
    const own = unpackFunction(join(folder, 'ours.out'), join(folder, 'ready-ours'));
    const peer = unpackFunction(join(folder, 'nodejs-function.out'), join(folder, 'ready-peer'));
    const ready: { own: number[]; peer: number[] } = { own: [], peer: [] };
    for (let run = 0; run < 21; run += 1) {
      ready.own.push(readySeconds(own));
      ready.peer.push(readySeconds(peer));
    }
    return {
      functions: size.functions,
      seconds: { cold, warm, limitCold, limitWarm, nodejsFunction },
      bundlerMilliseconds: { allCached: bundler },
      uploadKilobytes: {
        ours: uploadBytes(join(folder, 'ours.out')) / 1000,
        nodejsFunction: uploadBytes(join(folder, 'nodejs-function.out')) / 1000,
        nodejsFunctionWithOwnSdk: withOwnSdk,
      },
      readyMilliseconds: { ours: median(ready.own) * 1000, nodejsFunction: median(ready.peer) * 1000 },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [few, many] = SIZES.map(measure) as [ReturnType<typeof measure>, ReturnType<typeof measure>];
const slope = (kind: 'cold' | 'warm' | 'limitWarm') =>
  ((many.seconds[kind] - few.seconds[kind]) / (many.functions - few.functions)) * 1000;
const ratios = {
  [`synth of ${many.functions}, NodejsFunction / ours cold`]: many.seconds.nodejsFunction / many.seconds.cold,
  [`synth of ${many.functions}, NodejsFunction / ours warm`]: many.seconds.nodejsFunction / many.seconds.warm,
  [`synth of ${many.functions}, ours cold / limit cold`]: many.seconds.cold / many.seconds.limitCold,
  [`synth of ${many.functions}, ours warm / limit warm`]: many.seconds.warm / many.seconds.limitWarm,
  'milliseconds per function, cold': slope('cold'),
  'milliseconds per function, warm': slope('warm'),
  'milliseconds per function, limit': slope('limitWarm'),
  [`milliseconds of the bundler, ${many.functions} functions, all cached`]:
    many.bundlerMilliseconds.allCached,
  [`upload of ${many.functions}, NodejsFunction / ours`]:
    many.uploadKilobytes.nodejsFunction / many.uploadKilobytes.ours,
  [`upload of ${many.functions}, NodejsFunction that bundles the SDK, too / ours`]:
    many.uploadKilobytes.nodejsFunctionWithOwnSdk / many.uploadKilobytes.ours,
  'ready time, ours / NodejsFunction': many.readyMilliseconds.ours / many.readyMilliseconds.nodejsFunction,
};
const round = (_key: string, value: unknown) => (typeof value === 'number' ? rounded(value) : value);
const results = { node: process.version, sizes: [few, many], ratios };
writeFileSync(join(__dirname, 'results.json'), `${JSON.stringify(results, round, 2)}\n`);
console.log(JSON.stringify(results, round, 2));
rmSync(dirname(library), { recursive: true, force: true });
