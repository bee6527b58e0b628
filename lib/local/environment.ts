import { randomBytes } from 'node:crypto';
import { LocalCloudError } from './errors.js';

export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/** Access key of the account's root user. */
export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Creates the root user's access key for one start of a local cloud, in the format of AWS. */
export function createCredentials(): RootCredentials {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const id = Array.from(randomBytes(16), (byte) => letters[byte % letters.length]).join('');
  return { accessKeyId: `AKIA${id}`, secretAccessKey: randomBytes(30).toString('base64url') };
}

/** Returns the options of an SDK client for the local cloud. They override the AWS configuration of this machine. */
export function clientOptions(endpoint: string, credentials: RootCredentials) {
  return {
    endpoint,
    region: LOCAL_REGION,
    credentials,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  };
}

function keyVariables({ accessKeyId, secretAccessKey }: RootCredentials): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** Rejects every endpoint that is not a loopback address: no request may reach a real account. */
export function assertLoopback(endpoint: string): string {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  if (host === '127.0.0.1' || host === '[::1]' || host === 'localhost') return endpoint;
  throw new LocalCloudError(
    `The endpoint of the local cloud must be on this machine (http://127.0.0.1:PORT), got ${endpoint}.\n` +
      'Unset AWS_ENDPOINT_URL; to deploy to AWS, use `npx cdk deploy`.',
  );
}

/**
 * Returns the commands of a POSIX shell that configure AWS tools for a local cloud and its root user, for
 * `eval "$(npx trellis info --env)"`. They unset the session token and the profile of a real account.
 */
export function environmentOf({
  endpoint,
  credentials,
}: {
  readonly endpoint: string;
  readonly credentials: RootCredentials;
}): string {
  const { accessKeyId, secretAccessKey } = credentials;
  return [
    `export AWS_ENDPOINT_URL=${endpoint}`,
    `export AWS_ACCESS_KEY_ID=${accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    `export AWS_REGION=${LOCAL_REGION} AWS_DEFAULT_REGION=${LOCAL_REGION}`,
    'unset AWS_SESSION_TOKEN AWS_PROFILE',
  ].join('\n');
}

/**
 * Returns the environment of the deployment: the user's environment without the variables of AWS and the CDK
 * (credentials, profiles, endpoints, contexts), and with those of the local cloud.
 */
export function deploymentEnvironment(
  endpoint: string,
  credentials: RootCredentials,
  inherited: NodeJS.ProcessEnv = process.env,
  target: 'local' | 'localstack' = 'local',
): NodeJS.ProcessEnv {
  assertLoopback(endpoint);
  const variables = Object.entries(inherited).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return {
    ...Object.fromEntries(variables),
    ...keyVariables(credentials),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: LOCAL_REGION,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    // A proxy must not receive requests to this machine.
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    CDK_DEFAULT_ACCOUNT: LOCAL_ACCOUNT,
    CDK_DEFAULT_REGION: LOCAL_REGION,
    // CloudFormation's schema validation takes seconds per synthesis: it runs beside the deployment (`validateApp`).
    CDK_VALIDATION: 'false',
    TRELLIS_TARGET: target,
  };
}

export interface EmulatorSettings {
  readonly port: number;
  readonly dataDir: string;
  /** Folder of temporary files. */
  readonly scratchDir: string;
  readonly nodesFile: string;
  readonly sdkFile: string;
  readonly denialsFile: string;
  readonly instance: string;
  /** Token of requests to `/_trellis`. */
  readonly token: string;
  readonly credentials: RootCredentials;
  readonly attached: boolean;
}

/** Returns the environment of the emulator: only the variables that it needs, because functions inherit them. */
export function emulatorEnvironment(settings: EmulatorSettings): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) =>
    /^(HOME|LANG|PATH|TRELLIS_LOCAL_.*)$/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    ...keyVariables(settings.credentials),
    AUTH: 'true',
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(settings.port),
    // These listeners would bind to every interface.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    LOG_LEVEL: 'INFO',
    MINISTACK_ACCOUNT_ID: LOCAL_ACCOUNT,
    MINISTACK_REGION: LOCAL_REGION,
    PERSIST_STATE: '1',
    STATE_DIR: settings.dataDir,
    S3_PERSIST: '1',
    S3_DATA_DIR: `${settings.dataDir}/s3`,
    PYTHONUNBUFFERED: '1',
    TMPDIR: settings.scratchDir,
    TRELLIS_LOCAL_ATTACHED: settings.attached ? '1' : '0',
    TRELLIS_LOCAL_DENIALS: settings.denialsFile,
    TRELLIS_LOCAL_INSTANCE: settings.instance,
    TRELLIS_LOCAL_NODES: settings.nodesFile,
    TRELLIS_LOCAL_SDK: settings.sdkFile,
    TRELLIS_LOCAL_TOKEN: settings.token,
  };
}
