import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { emulatorFile } from '../../lib/local/emulator-files.js';
import { installEmulator } from '../../lib/local/python.js';
import { LOCAL } from '../../lib/target/tables/local.js';
import { LOCALSTACK } from '../../lib/target/tables/localstack.js';
import { LOCALSTACK_TYPES } from '../../lib/target/tables/localstack-types.js';
import { MINISTACK_TYPES } from '../../lib/target/tables/ministack-types.js';
import { serviceWildcard } from '../../lib/target/target-table.js';

const PRINT_TYPES = `
import json, sys
sys.path.insert(0, sys.argv[1])
import corrections
corrections.apply()
from ministack.services.cloudformation import provisioners
print(json.dumps(sorted(provisioners._RESOURCE_HANDLERS)))
`;

/** Resource types in snapshots of constructs of this library. */
const OURS = [
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGateway::DomainName',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::UsagePlan',
  'AWS::ApiGateway::UsagePlanKey',
  'AWS::CertificateManager::Certificate',
  'AWS::Chatbot::SlackChannelConfiguration',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Cognito::UserPoolGroup',
  'AWS::Cognito::UserPoolIdentityProvider',
  'AWS::Cognito::UserPoolResourceServer',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Events::Archive',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Route53::RecordSet',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
];

describe.each([
  ['the local cloud', LOCAL],
  ['LocalStack', LOCALSTACK],
])('the table of %s', (_, { supported, differences }) => {
  it('contains every type that the library creates', () => {
    const unknown = OURS.filter(
      (type) => !supported.includes(type) && !differences[type] && !differences[serviceWildcard(type)],
    );
    expect(unknown).toEqual([]);
  });

  it('lists no type as both left out and supported', () => {
    const leftOut = Object.entries(differences).filter(([, { what }]) => what === 'left out');
    expect(leftOut.filter(([type]) => supported.includes(type))).toEqual([]);
  });

  it('lists types and properties as without effect only if they are supported', () => {
    const ineffective = Object.entries(differences).filter(([, { what }]) => what === 'without effect');
    const types = ineffective.map(([key]) => key.split('.')[0]!);
    expect(types.filter((type) => !supported.includes(type))).toEqual([]);
  });
});

describe('the local cloud', () => {
  it('creates exactly the types in its table', async () => {
    const python = await installEmulator(() => undefined);
    const args = ['-B', '-c', PRINT_TYPES, emulatorFile('')];
    const printed = execFileSync(python, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(MINISTACK_TYPES).toEqual(JSON.parse(printed.trim().split('\n').at(-1)!));
  });

  it('has the version in its table', () => {
    const [, version] = /^ministack==(\S+)/m.exec(readFileSync(emulatorFile('requirements.txt'), 'utf8'))!;
    expect(LOCAL.emulator).toBe(`MiniStack ${version}`);
  });
});

it('the types of LocalStack are sorted, each once', () => {
  expect(LOCALSTACK_TYPES).toEqual([...new Set(LOCALSTACK_TYPES)].sort());
});
