// Synthesizes and deploys an app in a separate process: the CDK toolkit reads the endpoint and the credentials from the
// environment of its process, and can only be interrupted by ending the process.
// Plain JavaScript, so that it runs unchanged from a clone, from the package and under jest.
//
// parent -> worker   { app, workingDirectory, outdir, contextFile, bootstrapped }, then { deploy: true or false };
//                    { app, workingDirectory, outdir, contextFile, validate: true };
//                    or { destroy: outdir }
// worker -> parent   { type: 'synthesized', runtimes, environments }, { type: 'warning', message },
//                    { type: 'progress', ... }, { type: 'deployed', stacks }, { type: 'validated' },
//                    { type: 'destroyed' } or { type: 'failed', message }
import {
  BootstrapEnvironments,
  CdkAppMultiContext,
  StackSelectionStrategy,
  Toolkit,
} from '@aws-cdk/toolkit-lib';
import { deployedStacks, templatesOf } from './deployed-stacks.mjs';
import { createZone, LocalContext, placeholderZone } from './local-context.mjs';

const UNKNOWN_ACCOUNT = 'unknown-account';
const UNKNOWN_REGION = 'unknown-region';

const send = (message) => process.send?.(message);
const received = () => new Promise((resolve) => process.once('message', resolve));

// The parent process has ended.
process.once('disconnect', () => process.exit());

/** Warnings and errors of the toolkit and of the app, for the message of a failure. */
const problems = [];

/** Reports of the toolkit about the synthesized app: annotations, and the findings of CloudFormation's validation. */
let reports = [];

const toolkit = new Toolkit({
  emojis: false,
  color: false,
  ioHost: {
    async notify({ code, level, message, data }) {
      if (code === 'CDK_TOOLKIT_I5502') progress(data);
      else if (code === 'CDK_TOOLKIT_E9600') reports?.push(message);
      else if (code?.startsWith('CDK_ASSEMBLY_E1002') || level === 'error') problems.push(message);
      else if (code === 'CDK_ASSEMBLY_I1001' || code === 'CDK_ASSEMBLY_I1002') problems.push(message);
      else if (level === 'warn' && !bootstrapping && !isAboutRoles(message))
        send({ type: 'warning', message });
    },
    async requestResponse({ defaultResponse }) {
      return defaultResponse;
    },
  },
});

/** The roles of the bootstrap stack, which is deployed after the synthesis, are not needed locally. */
const isAboutRoles = (message) => /could not be used to assume/.test(message);

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

/** Returns the runtimes of a template's functions, including those of a mapping by region. */
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
 * Reduces the output of a failed app to the message of its uncaught error and the frames in the app, without the output
 * of Node.js around it and the toolkit's message about a subprocess.
 */
function summarizeError(lines) {
  const start = lines.findIndex((line) => /^(Uncaught )?\w*Error( \[\w+\])?: /.test(line));
  const isFrame = (line) => /^at .*(:\d+|\(<anonymous>\)|\bnative\))\)?( \{)?$/.test(line);
  const frames = start < 0 ? -1 : lines.findIndex((line, index) => index > start && isFrame(line));
  // An error of the bundler is printed without frames.
  if (frames < 0)
    return lines.filter((line) => start < 0 || !/: Subprocess exited with error \d+$/.test(line));
  // The properties of the error, and its cause with more frames, may follow.
  const end = lines.findIndex((line, index) => index >= frames && !(isFrame(line) && !line.endsWith('{')));
  const stack = lines.slice(frames, end < 0 ? undefined : end + 1).filter(isFrame);
  const appFrames = stack.filter((line) => !/node_modules|node:/.test(line));
  return [
    ...lines.slice(start, frames),
    ...appFrames.slice(0, 3).map((line) => `    ${line.replace(/ \{$/, '')}`),
  ];
}

/** True during the bootstrap, whose warnings concern only real accounts. */
let bootstrapping = false;

async function main() {
  const { destroy, validate: isValidation, ...app } = await received();
  if (destroy) await destroyAll(destroy);
  else await (isValidation ? validate(app) : deploy(app));
}

/** Destroys the stacks of a deployed assembly, without another synthesis. */
async function destroyAll(outdir) {
  // The toolkit reads the assembly, and releases its lock, itself.
  const source = await toolkit.fromAssemblyDirectory(outdir);
  const stacks = { strategy: StackSelectionStrategy.ALL_STACKS };
  await toolkit.destroy(source, { stacks, concurrency: 4 });
  send({ type: 'destroyed' });
}

/** @param bootstrapped undefined for a synthesis without a cloud */
async function synthesize({ app, workingDirectory, outdir, contextFile, bootstrapped }) {
  const project = new CdkAppMultiContext(workingDirectory, { target: process.env.TRELLIS_TARGET });
  const source = await toolkit.fromCdkApp(app, {
    workingDirectory,
    outdir,
    contextStore: new LocalContext(project, contextFile, bootstrapped ? createZone : placeholderZone),
    synthOptions: { versionReporting: false },
  });
  return toolkit.synth(source);
}

/** Sends the findings of the report that `isIncluded`, without what is only for information. */
function sendFindings(isIncluded) {
  const findings = reports.flatMap((report) => report.split('\n\n'));
  for (const message of new Set(findings)) {
    if (/^(WARNING|ERROR) /m.test(message) && isIncluded(message)) send({ type: 'warning', message });
  }
  // The deployment repeats them.
  reports = undefined;
}

const isAnnotation = (finding) => finding.includes('(Construct Annotations)');

/** Synthesizes with the validation by CloudFormation's schemas, and sends its findings. */
async function validate(app) {
  const assembly = await synthesize(app).catch(() => undefined);
  await assembly?.dispose();
  sendFindings((finding) => !isAnnotation(finding));
  send({ type: 'validated' });
}

async function deploy(app) {
  const assembly = await synthesize(app);
  sendFindings(isAnnotation);
  const { bootstrapped } = app;
  // The toolkit's read lock is released before the result is sent: the receiver may deploy again at once.
  const result = await deployAssembly(assembly, bootstrapped).finally(() => assembly.dispose());
  if (result) send(result);
}

/** Returns undefined when only the synthesis was requested. */
async function deployAssembly(assembly, bootstrapped) {
  problems.length = 0;
  const stacks = assembly.cloudAssembly.stacksRecursively;
  const templates = stacks.flatMap((stack) => templatesOf(stack).map(({ template }) => template));
  const environments = [
    // Stacks without an environment are deployed to the default environment.
    ...new Set(
      stacks.map(({ environment: { account, region } }) => {
        const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = process.env;
        return `aws://${account === UNKNOWN_ACCOUNT ? CDK_DEFAULT_ACCOUNT : account}/${region === UNKNOWN_REGION ? CDK_DEFAULT_REGION : region}`;
      }),
    ),
  ];
  send({ type: 'synthesized', runtimes: [...new Set(templates.flatMap(runtimesOf))], environments });

  const { deploy: isRequested } = await received();
  if (!isRequested) return undefined;
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
  return { type: 'deployed', stacks: await deployedStacks(stacks, deployed) };
}

main()
  .catch((error) => {
    // The toolkit repeats some errors: duplicates are removed.
    const output = [...(reports ?? []), ...problems, error.message].flatMap((message) =>
      String(message).split('\n'),
    );
    const lines = [...new Set(output.map((line) => line.trim()).filter(Boolean))];
    send({ type: 'failed', message: summarizeError(lines).join('\n') });
  })
  .finally(() => process.disconnect?.());
