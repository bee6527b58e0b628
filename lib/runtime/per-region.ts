/** Region of a client, if it differs from the function's. */
export interface Place {
  readonly region?: string;
}

/**
 * Returns a function from bound values to clients of a service: one for the function's region, and one for each other
 * region in a bound value.
 */
export function perRegion<SdkClient>(
  make: (place: Place) => SdkClient,
  regionOf = regionOfArn,
): (bound: string) => SdkClient {
  const clients = new Map<string, SdkClient>();
  return (bound) => {
    const region = regionOf(bound);
    const isElsewhere = region !== undefined && region !== process.env.AWS_REGION;
    const key = isElsewhere ? region : '';
    const cached = clients.get(key);
    if (cached) return cached;
    const created = make(isElsewhere ? { region } : {});
    clients.set(key, created);
    return created;
  };
}

/** Returns the region in an ARN; undefined for a name, which belongs to the function's region. */
export function regionOfArn(bound: string): string | undefined {
  const [arn, , , region] = bound.split(':');
  return arn === 'arn' ? region || undefined : undefined;
}

/** Returns the region in the URL of a queue. */
export function regionOfQueue(bound: string): string | undefined {
  return /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(bound)?.[1];
}

/** Returns the region in the id of a user pool. */
export function regionOfPool(bound: string): string | undefined {
  return /^([a-z]{2}(?:-[a-z]+)+-\d+)_\w+$/.exec(bound)?.[1];
}
