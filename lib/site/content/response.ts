import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';

/** The maximum of the reason; a whole response to CloudFormation is at most 4096 bytes. */
const MAX_REASON_LENGTH = 1000;
/** Time left for the response before Lambda ends the function. */
const MARGIN = 5_000;

/**
 * Runs the work and sends its result to CloudFormation, also after a failure or a timeout: without a response
 * CloudFormation waits until its own timeout.
 */
export async function respondToCloudFormation(
  event: CloudFormationCustomResourceEvent,
  context: Context,
  physicalId: string,
  work: () => Promise<void>,
): Promise<void> {
  const reason = await failureOf(work, context);
  if (reason) console.error(reason);
  await send(event, {
    Status: reason ? 'FAILED' : 'SUCCESS',
    Reason: reason && `${reason.slice(0, MAX_REASON_LENGTH)} (log stream ${context.logStreamName})`,
    PhysicalResourceId: physicalId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
}

async function failureOf(work: () => Promise<void>, context: Context): Promise<string | undefined> {
  const remaining = context.getRemainingTimeInMillis();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const fail = () =>
      reject(new Error(`The deployment timed out after ${Math.round(remaining / 1000)} seconds`));
    timer = setTimeout(fail, Math.max(remaining - MARGIN, 0));
  });
  try {
    await Promise.race([work(), timeout]);
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    clearTimeout(timer);
  }
}

async function send({ ResponseURL }: CloudFormationCustomResourceEvent, body: object): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Bytes have no content type, which is not part of the URL's signature.
      const response = await fetch(ResponseURL, { method: 'PUT', body: Buffer.from(JSON.stringify(body)) });
      if (response.ok) return;
      throw new Error(`CloudFormation returned ${response.status}`);
    } catch (error) {
      if (attempt === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
    }
  }
}
