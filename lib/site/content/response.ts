import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';

/** CloudFormation takes 4096 bytes in all. */
const MAX_REASON_LENGTH = 1000;
/** Enough to tell CloudFormation before Lambda ends the function. */
const MARGIN = 5_000;

/**
 * Does the work and tells CloudFormation how it ended, also when it fails or takes too long: a custom resource that
 * does not answer keeps its stack waiting.
 */
export async function answering(
  event: CloudFormationCustomResourceEvent,
  context: Context,
  physicalId: string,
  work: () => Promise<void>,
): Promise<void> {
  const reason = await failureOf(work, context);
  if (reason) console.error(reason);
  await answer(event, {
    Status: reason ? 'FAILED' : 'SUCCESS',
    Reason: reason && `${reason.slice(0, MAX_REASON_LENGTH)} (log stream ${context.logStreamName})`,
    PhysicalResourceId: physicalId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
}

async function failureOf(work: () => Promise<void>, context: Context): Promise<string | undefined> {
  const left = context.getRemainingTimeInMillis();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const tell = () => reject(new Error(`It was not done after ${Math.round(left / 1000)} seconds`));
    timer = setTimeout(tell, Math.max(left - MARGIN, 0));
  });
  try {
    await Promise.race([work(), late]);
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    clearTimeout(timer);
  }
}

async function answer({ ResponseURL }: CloudFormationCustomResourceEvent, body: object): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Bytes go without a content type, which is not part of the address's signature.
      const response = await fetch(ResponseURL, { method: 'PUT', body: Buffer.from(JSON.stringify(body)) });
      if (response.ok) return;
      throw new Error(`CloudFormation answered ${response.status}`);
    } catch (error) {
      if (attempt === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
    }
  }
}
