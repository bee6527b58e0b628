import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';

jest.setTimeout(180_000);

const cdk = (module: string) => `require(${JSON.stringify(require.resolve(`aws-cdk-lib/${module}`))})`;

const APP = `
const { App, CfnOutput, CustomResource, RemovalPolicy, Stack } = ${cdk('core')};
const { Bucket } = ${cdk('aws-s3')}, { Code, Function, Runtime } = ${cdk('aws-lambda')};
const { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } = ${cdk('custom-resources')};
const stack = new Stack(new App(), 'Plain');
const bucket = new Bucket(stack, 'Files', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true });
const fn = (id, code, handler = 'index.handler') =>
  new Function(stack, id, { functionName: id, runtime: Runtime.NODEJS_24_X, handler, code, environment: { BUCKET: bucket.bucketName } });
bucket.grantReadWrite(fn('Module', Code.fromAsset(__dirname + '/module')));
fn('Inline', Code.fromInline("const { DynamoDBClient } = require('@aws-sdk/client-dynamodb'); exports.handler = async () => DynamoDBClient.name"));
fn('Later', Code.fromInline("const name = 'kinesis'; require('@aws-sdk/client-' + name); exports.handler = async () => 1"));
fn('Nothing', Code.fromInline('exports.other = 1'));
fn('Wrong', Code.fromInline('exports.handler = async () => {'));
new AwsCustomResource(stack, 'Call', {
  installLatestAwsSdk: false,
  onCreate: { service: 'SSM', action: 'putParameter', parameters: { Name: '/called', Value: 'yes', Type: 'String' }, physicalResourceId: PhysicalResourceId.of('called') },
  policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
});
if (stack.node.tryGetContext('crashing'))
  new CustomResource(stack, 'Crashing', { serviceToken: stack.node.findChild('Later').functionArn });
`;

const MODULE = `
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import about from '@aws-sdk/client-s3/package.json' with { type: 'json' };
const client = new S3Client();
const Bucket = process.env.BUCKET;
export const handler = async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: 'note', Body: 'x' }));
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
  return { version: about.version, keys: Contents.map(({ Key }) => Key) };
};
`;

describe('a CDK app without a construct of this library', () => {
  const projectDir = realpathSync(mkdtempSync(join(tmpdir(), 'trellis-sdk-')));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(projectDir, path)), { recursive: true });
    writeFileSync(join(projectDir, path), text);
  };
  const lines: string[] = [];
  let cloud: LocalCloud;

  beforeAll(async () => {
    write('app.cjs', APP);
    write('module/index.mjs', MODULE);
    write('package.json', '{}');
    // The app's own aws-cdk-lib: only CDK's list of services is read from it.
    write('node_modules/aws-cdk-lib/package.json', '{}');
    write('cdk.json', JSON.stringify({ app: 'node app.cjs' }));
    cloud = await startLocalCloud({ projectDir, port: 0, log: (line) => lines.push(line) });
    await cloud.deploy();
  });
  afterAll(async () => {
    await cloud?.stop();
    rmSync(projectDir, { recursive: true, force: true });
  });

  const invoke = async (name: string) => {
    const client = new LambdaClient(localClientConfig(cloud));
    const { Payload, LogResult = '' } = await client.send(
      new InvokeCommand({ FunctionName: name, LogType: 'Tail' }),
    );
    return {
      result: JSON.parse(Buffer.from(Payload ?? []).toString()),
      log: Buffer.from(LogResult, 'base64').toString(),
    };
  };

  it("gives functions the SDK of Lambda's runtime, although the project has none", async () => {
    expect((await invoke('Module')).result).toEqual({ version: '3.895.0', keys: ['note'] });
    expect((await invoke('Inline')).result).toBe('DynamoDBClient');
  });

  it('logs which client a function lacks, when the name is known only at run time', async () => {
    const { result, log } = await invoke('Later');
    expect(result).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringMatching(/^Error: Cannot find module '@aws-sdk\/client-kinesis'/),
    });
    expect(log).toContain("Cannot find module '@aws-sdk/client-kinesis'");
    expect(log).toContain("write '@aws-sdk/client-kinesis' where it is imported, or bundle it");
  });

  it('logs that a function has no handler, or a syntax error, as Lambda does', async () => {
    const nothing = await invoke('Nothing');
    expect(nothing.result.errorType).toBe('Runtime.HandlerNotFound');
    expect(nothing.log).toContain('index.handler is undefined or not exported');
    const wrong = await invoke('Wrong');
    expect(wrong.result).toMatchObject({
      errorType: 'Runtime.UserCodeSyntaxError',
      errorMessage: expect.stringMatching(/^SyntaxError: /),
    });
    expect(wrong.log).toContain('Runtime.UserCodeSyntaxError');
  });

  it('fails a deployment at once, with the reason, when the function of a custom resource crashes', async () => {
    write('cdk.json', JSON.stringify({ app: 'node app.cjs', context: { crashing: true } }));
    const error = await cloud.deploy().then(
      () => undefined,
      (failure: Error) => failure,
    );
    expect(error?.message).toContain('Plain: Crashing/Default');
    expect(error?.message).toContain("Cannot find module '@aws-sdk/client-kinesis'");
    expect(error?.message).toContain('see the log group /aws/lambda/Later');
  });
});
