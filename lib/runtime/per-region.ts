/** Options of a client that has a region of its own. */
export interface Place {
  readonly region?: string;
}

/**
 * Returns clients of a service by what is bound: one for the function's own region, and one for each other region that what
 * is bound names.
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
    const known = clients.get(key);
    if (known) return known;
    const made = make(isElsewhere ? { region } : {});
    clients.set(key, made);
    return made;
  };
}

/** The region in an ARN; undefined for a name, which is of the function's own region. */
export function regionOfArn(bound: string): string | undefined {
  const [arn, , , region] = bound.split(':');
  return arn === 'arn' ? region || undefined : undefined;
}

/** The region in the URL of a queue. */
export function regionOfQueue(bound: string): string | undefined {
  return /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(bound)?.[1];
}

/** The region in the id of a user pool. */
export function regionOfPool(bound: string): string | undefined {
  return /^([a-z]{2}(?:-[a-z]+)+-\d+)_\w+$/.exec(bound)?.[1];
}
