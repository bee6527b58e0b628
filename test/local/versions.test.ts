import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { eventually } from '../support/eventually.js';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction, type Template } from './emulator.js';

// Long enough that a busy machine observes each phase of an update.
process.env.TRELLIS_LOCAL_UPDATE_SECONDS = '4';

const emulators = pairOfEmulators([
  'serving_environments_finish',
  'separate_updates',
  'settled_versions',
  'invoked_alias',
  'asynchronous_by_alias',
]);

const until = (isDone: () => boolean) => eventually(isDone, Boolean);

/** A function with a version and the alias `live`. */
function published(id: string, code: string, text: string, props: object = {}): Template {
  return {
    Resources: {
      ...inlineFunction(id, code, { Description: text, ...props }),
      [`${id}Version`]: {
        Type: 'AWS::Lambda::Version',
        Properties: { FunctionName: { Ref: id }, Description: text },
      },
      [`${id}Live`]: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          FunctionName: { Ref: id },
          FunctionVersion: { 'Fn::GetAtt': [`${id}Version`, 'Version'] },
          Name: 'live',
        },
      },
    },
  };
}

/** Says when it begins, and ends when it is let. */
const waiting = (folder: string, text: string) => `
const { existsSync, writeFileSync } = require('node:fs');
exports.handler = async () => {
  writeFileSync('${folder}/began-' + process.pid, '');
  while (!existsSync('${folder}/go')) await new Promise((done) => setTimeout(done, 20));
  return '${text}';
};`;

const hasBegun = (folder: string) => readdirSync(folder).some((name) => name.startsWith('began'));

async function updatedWhileServing(emulator: Emulator, id: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-serving-'));
  const template = (text: string) => ({
    Resources: inlineFunction(id, waiting(folder, text), { Timeout: 20 }),
  });
  await emulator.deploy(id, template('old'));
  const serving = emulator.invoke(id);
  await until(() => hasBegun(folder));
  await emulator.deploy(id, template('new'), true);
  writeFileSync(join(folder, 'go'), '');
  return [await serving, await emulator.invoke(id)];
}

correction(
  emulators,
  'serving_environments_finish',
  'lets an invocation end that runs while its function is updated',
  (emulator) => updatedWhileServing(emulator, 'Serving'),
  ['old', 'new'],
);

correction(
  emulators,
  'settled_versions',
  'ends the environments of a deleted version, and publishes complete ones',
  async (emulator) => {
    const code = 'exports.handler = async () => process.pid';
    await emulator.deploy('Ended', published('Ended', code, 'one'));
    const pid = await emulator.invoke('Ended:live');
    await emulator.deploy('Ended', published('Ended', `${code} // two`, 'two'), true);
    await until(() => !existsSync(`/proc/${pid}`));
    const { Configuration } = await new LambdaClient(emulator.client).send(
      new GetFunctionCommand({ FunctionName: 'Ended:live' }),
    );
    return [existsSync(`/proc/${pid}`), Configuration?.LastUpdateStatus];
  },
  [false, 'Successful'],
);

correction(
  emulators,
  'invoked_alias',
  'passes a function the alias by which a service invoked it, and its version',
  async (emulator) => {
    const folder = mkdtempSync(join(tmpdir(), 'trellis-written-'));
    const code = `exports.handler = async (event, { invokedFunctionArn, functionVersion }) =>
      require('node:fs').writeFileSync('${folder}/written', [...invokedFunctionArn.split(':').slice(5), functionVersion].join(' '))`;
    const template = published('Aliased', code, 'one') as { Resources: Record<string, unknown> };
    template.Resources.News = {
      Type: 'AWS::SNS::Topic',
      Properties: {
        TopicName: 'News',
        Subscription: [{ Protocol: 'lambda', Endpoint: { Ref: 'AliasedLive' } }],
      },
    };
    await emulator.deploy('Aliased', template);
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:News';
    await new SNSClient(emulator.client).send(new PublishCommand({ TopicArn, Message: 'x' }));
    await until(() => existsSync(join(folder, 'written')));
    return readFileSync(join(folder, 'written'), 'utf8');
  },
  'function Aliased live 1',
);

correction(
  emulators,
  'asynchronous_by_alias',
  'follows the configuration of the alias for asynchronous events',
  async (emulator) => {
    const code = 'exports.handler = async () => { throw new Error("broken") }';
    const template = published('Failing', code, 'one') as { Resources: Record<string, unknown> };
    template.Resources.Failures = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'Failures' } };
    template.Resources.Config = {
      Type: 'AWS::Lambda::EventInvokeConfig',
      DependsOn: 'FailingLive',
      Properties: {
        FunctionName: { Ref: 'Failing' },
        Qualifier: 'live',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failures', 'Arn'] } } },
      },
    };
    await emulator.deploy('Failing', template);
    await new LambdaClient(emulator.client).send(
      new InvokeCommand({ FunctionName: 'Failing:live', InvocationType: 'Event', Payload: '{}' }),
    );
    const QueueUrl = `${emulator.endpoint}/000000000000/Failures`;
    const { Messages } = await new SQSClient(emulator.client).send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }),
    );
    const { requestContext } = JSON.parse(Messages?.[0]?.Body ?? '{}');
    return requestContext?.functionArn?.split(':').slice(5).join(':');
  },
  'function:Failing:live',
);

correction(
  emulators,
  'separate_updates',
  'updates configuration before code, so that $LATEST is a mix for a while and an alias never is',
  async (emulator) => {
    const template = (text: string) =>
      published('Mixed', `exports.handler = async () => '${text}-' + process.env.TEXT`, text, {
        Environment: { Variables: { TEXT: text } },
      });
    await emulator.deploy('Mixed', template('old'));
    const seen = { latest: new Set([await emulator.invoke('Mixed')]), live: new Set<string>() };
    const update = emulator.deploy('Mixed', template('new'), true);
    for (let isDone = false; !isDone; ) {
      isDone = await Promise.race([
        update.then(() => true),
        new Promise<false>((go) => setTimeout(go, 100, false)),
      ]);
      seen.latest.add(await emulator.invoke('Mixed'));
      seen.live.add(await emulator.invoke('Mixed:live'));
    }
    return { latest: [...seen.latest], live: [...seen.live] };
  },
  { latest: ['old-old', 'old-new', 'new-new'], live: ['old-old', 'new-new'] },
);
