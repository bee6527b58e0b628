// Sets the role with which API Gateway writes logs if the account has none in this region.
// Runs in Lambda inline in the template, without its comments, with the SDK of the runtime.
const { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } = require('@aws-sdk/client-api-gateway');
const {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
} = require('@aws-sdk/client-iam');

const gateway = new APIGatewayClient();
const iam = new IAMClient();

const GATEWAY = 'apigateway.amazonaws.com';

/** Time left for the response to CloudFormation. */
const MARGIN = 15_000;
const MAX_DELAY = 15_000;

exports.handler = async (event, context) => {
  let reason;
  try {
    // The setting and its role serve every API of the account: deleting this stack leaves both.
    if (event.RequestType !== 'Delete') await ensureRole(event.ResourceProperties, context);
  } catch (error) {
    console.error(error);
    reason = `The role for the logs of API Gateway could not be set. ${error.name}: ${error.message}. Set a usable one for the account and pass \`cloudWatchRole: false\` to the Api.`;
  }
  await respond(event, {
    Status: reason ? 'FAILED' : 'SUCCESS',
    Reason: reason?.slice(0, 1000),
    PhysicalResourceId: 'ApiGatewayLogging',
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
};

/**
 * Retries every error: API Gateway allows one change of the setting per 20 seconds, and rejects a new role until IAM
 * has distributed it. Each attempt reads the setting first, so that concurrent deployments wait for one change only.
 */
async function ensureRole(properties, context) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await setRole(properties);
    } catch (error) {
      const delay = Math.min(1000 * 2 ** attempt, MAX_DELAY) * (0.5 + Math.random() / 2);
      if (error.name === 'UnusableRole' || context.getRemainingTimeInMillis() - delay < MARGIN) throw error;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

async function setRole({ roleName, roleArn, policyArn }) {
  const { cloudwatchRoleArn } = await gateway.send(new GetAccountCommand({}));
  if (cloudwatchRoleArn && (await isUsable(cloudwatchRoleArn))) return;
  await createRole(roleName, roleArn);
  await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: policyArn }));
  const patchOperations = [{ op: 'replace', path: '/cloudwatchRoleArn', value: roleArn }];
  await gateway.send(new UpdateAccountCommand({ patchOperations }));
}

/** Returns false if the role was deleted: API Gateway then silently writes no logs. */
async function isUsable(roleArn) {
  try {
    await assertUsable(roleArn);
  } catch (error) {
    if (error.name === 'NoSuchEntityException') return false;
    if (!error.name.startsWith('AccessDenied')) throw error;
  }
  return true;
}

/** Throws at once, because a retry does not help, if the role has another path, or API Gateway may not assume it. */
async function assertUsable(roleArn) {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleArn.split('/').pop() }));
  const { Statement } = JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument));
  const trusts = [Statement]
    .flat()
    .some(
      ({ Effect, Principal }) =>
        Effect === 'Allow' && [Principal?.Service ?? Principal].flat().some(isGateway),
    );
  const problem =
    Role.Arn !== roleArn
      ? `has the ARN ${Role.Arn}, expected ${roleArn}`
      : !trusts && `does not trust ${GATEWAY}`;
  if (problem) throw Object.assign(new Error(`The role ${problem}`), { name: 'UnusableRole' });
}

const isGateway = (principal) => principal === GATEWAY || principal === '*';

async function createRole(RoleName, roleArn) {
  const Statement = [{ Effect: 'Allow', Principal: { Service: GATEWAY }, Action: 'sts:AssumeRole' }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const Description = 'Logs of all APIs of this account: the CloudWatch role in the settings of API Gateway';
  try {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Description }));
  } catch (error) {
    if (error.name !== 'EntityAlreadyExistsException') throw error;
    await assertUsable(roleArn);
  }
}

async function respond({ ResponseURL }, body) {
  for (let attempt = 0; ; attempt++) {
    try {
      // Bytes have no content type, which is not part of the URL's signature.
      const { ok, status } = await fetch(ResponseURL, {
        method: 'PUT',
        body: Buffer.from(JSON.stringify(body)),
      });
      if (ok) return;
      throw new Error(`CloudFormation returned ${status}`);
    } catch (error) {
      if (attempt === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
}
