// Synthesizes and deploys an app in a process of its own: the CDK toolkit takes the endpoint and the
// credentials from its process's environment, and it can only be interrupted by ending the process.
// Plain JavaScript, so that it runs as it is from a clone, from the package and under jest.
//
// parent -> worker   { app, workingDirectory, outdir, bootstrapped }, then { deploy: true or false };
//                    or { destroy: outdir }
// worker -> parent   { type: 'synthesized', runtimes, environments, apis }, { type: 'progress', ... },
//                    { type: 'deployed', stacks }, { type: 'destroyed' } or { type: 'failed', message }
import { readFileSync } from 'node:fs';
import {
  BootstrapEnvironments,
  CdkAppMultiContext,
  StackSelectionStrategy,
  Toolkit,
} from '@aws-cdk/toolkit-lib';

const UNKNOWN_ACCOUNT = 'unknown-account';
const UNKNOWN_REGION = 'unknown-region';

const send = (message) => process.send?.(message);
const received = () => new Promise((resolve) => process.once('message', resolve));

// Whoever waits for the result is gone.
process.once('disconnect', () => process.exit());

/** Warnings and errors of the toolkit and of the app, kept for the report of a failure. */
const complaints = [];

const toolkit = new Toolkit({
  emojis: false,
  color: false,
  ioHost: {
    async notify({ code, level, message, data }) {
      if (code === 'CDK_TOOLKIT_I5502') progress(data);
      else if (code?.startsWith('CDK_ASSEMBLY_E1002') || level === 'error') complaints.push(message);
      else if (code === 'CDK_ASSEMBLY_I1001' || code === 'CDK_ASSEMBLY_I1002') complaints.push(message);
      else if (level === 'warn' && !bootstrapping) send({ type: 'warning', message });
    },
    async requestResponse({ defaultResponse }) {
      return defaultResponse;
    },
  },
});

function progress({ event, metadata, progress: { completed } }) {
  if (bootstrapping && !event.ResourceStatus?.endsWith('_FAILED')) return;
  send({
    type: 'progress',
    stack: event.StackName,
    completed,
    resource: metadata?.constructPath ?? event.LogicalResourceId,
    resourceType: event.ResourceType,
    status: event.ResourceStatus,
    reason: event.ResourceStatusReason,
  });
}

/** The runtimes of a template's functions, also where they are looked up by region. */
function runtimesOf(template) {
  const inRegion = (runtime) => {
    const [map, , key] = runtime?.['Fn::FindInMap'] ?? [];
    return map ? Object.values(template.Mappings?.[map] ?? {}).map((row) => row[key]) : [];
  };
  return Object.values(template.Resources ?? {})
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .flatMap(({ Properties }) =>
      typeof Properties?.Runtime === 'string' ? [Properties.Runtime] : inRegion(Properties?.Runtime),
    );
}

/**
 * What an app wrote before it ended: of an uncaught error its message and the places in the app, without Node's
 * frame around it and the toolkit's words about a subprocess.
 */
function withoutFrame(lines) {
  const start = lines.findIndex((line) => /^(Uncaught )?\w*Error( \[\w+\])?: /.test(line));
  const isFrame = (line) => /^at .*(:\d+|\(<anonymous>\)|\bnative\))\)?( \{)?$/.test(line);
  const frames = start < 0 ? -1 : lines.findIndex((line, at) => at > start && isFrame(line));
  if (frames < 0) return lines;
  // Behind them may stand its properties, and its cause with frames of its own.
  const end = lines.findIndex((line, at) => at >= frames && !(isFrame(line) && !line.endsWith('{')));
  const stack = lines.slice(frames, end < 0 ? undefined : end + 1).filter(isFrame);
  const places = stack.filter((line) => !/node_modules|node:/.test(line));
  return [
    ...lines.slice(start, frames),
    ...places.slice(0, 3).map((line) => `    ${line.replace(/ \{$/, '')}`),
  ];
}

/** What the bootstrap warns of is about real accounts. */
let bootstrapping = false;

async function main() {
  const { destroy, ...app } = await received();
  await (destroy ? destroyAll(destroy) : deploy(app));
}

/** The stacks of an assembly that was deployed, without making it again. */
async function destroyAll(outdir) {
  // The toolkit reads it, and releases its lock, by itself.
  const source = await toolkit.fromAssemblyDirectory(outdir);
  const stacks = { strategy: StackSelectionStrategy.ALL_STACKS };
  await toolkit.destroy(source, { stacks, concurrency: 4 });
  send({ type: 'destroyed' });
}

async function deploy({ app, workingDirectory, outdir, bootstrapped }) {
  const source = await toolkit.fromCdkApp(app, {
    workingDirectory,
    outdir,
    contextStore: new CdkAppMultiContext(workingDirectory, { target: process.env.TRELLIS_TARGET }),
    synthOptions: { versionReporting: false },
  });
  const assembly = await toolkit.synth(source);
  // The toolkit's read lock is released before the result is sent: the receiver may deploy again at once.
  const result = await deployAssembly(assembly, bootstrapped).finally(() => assembly.dispose());
  if (result) send(result);
}

/** Returns undefined when only the synthesis was requested. */
async function deployAssembly(assembly, bootstrapped) {
  complaints.length = 0;
  const stacks = assembly.cloudAssembly.stacksRecursively;
  const templates = stacks.map(({ templateFullPath }) => JSON.parse(readFileSync(templateFullPath, 'utf8')));
  const environments = [
    // Stacks that name no environment are all deployed to the one there is.
    ...new Set(
      stacks.map(({ environment: { account, region } }) => {
        const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = process.env;
        return `aws://${account === UNKNOWN_ACCOUNT ? CDK_DEFAULT_ACCOUNT : account}/${region === UNKNOWN_REGION ? CDK_DEFAULT_REGION : region}`;
      }),
    ),
  ];
  send({
    type: 'synthesized',
    runtimes: [...new Set(templates.flatMap(runtimesOf))],
    environments,
    apis: stacks.map(({ stackName }, at) => ({ stackName, ...templates[at].Metadata?.['cdk-trellis'] })),
  });

  const { deploy: isBundlingRequired } = await received();
  if (!isBundlingRequired) return undefined;
  if (environments.some((environment) => !bootstrapped.includes(environment))) {
    bootstrapping = true;
    await toolkit.bootstrap(BootstrapEnvironments.fromList(environments));
    bootstrapping = false;
  }
  const { stacks: deployed } = await toolkit.deploy(assembly, {
    stacks: { strategy: StackSelectionStrategy.ALL_STACKS },
    deploymentMethod: { method: 'direct' },
    concurrency: 4,
    stackEventPollingInterval: 100,
  });
  return { type: 'deployed', stacks: deployed.map(({ stackName, outputs }) => ({ stackName, outputs })) };
}

main()
  .catch((error) => {
    // The toolkit repeats some errors; each is told once.
    const told = [...complaints, error.message].flatMap((message) => String(message).split('\n'));
    const lines = [...new Set(told.map((line) => line.trim()).filter(Boolean))];
    send({ type: 'failed', message: withoutFrame(lines).join('\n') });
  })
  .finally(() => process.disconnect?.());
