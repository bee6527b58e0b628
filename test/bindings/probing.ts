/** A call, and whether it succeeded. */
export interface Outcome {
  /** The actions that IAM must allow, joined by a plus; a resource or a variant follows after a space. */
  readonly probe: string;
  /** The error's name, where the call failed. */
  readonly error?: string;
  readonly message?: string;
  readonly status?: number;
}

/** Calls of a need's client, by the actions that they need. */
export type Probes = Readonly<Record<string, () => Promise<unknown>>>;

type ServiceException = Error & { readonly $metadata?: { readonly httpStatusCode?: number } };

/** The code of a handler that makes all calls of a kind of need, permitted or not. */
export function probing<Client>(probes: (client: Client) => Probes) {
  return async (_event: object, { it }: { it: Client }) => {
    const outcomes: Outcome[] = [];
    for (const [probe, call] of Object.entries(probes(it))) {
      try {
        await call();
        outcomes.push({ probe });
      } catch (error) {
        // Powertools puts its own error around the SDK's.
        const { name, message, $metadata } = ((error as Error).cause ?? error) as ServiceException;
        outcomes.push({ probe, error: name, message, status: $metadata?.httpStatusCode });
      }
    }
    return { outcomes, ...(typeof it !== 'object' && { value: it }) };
  };
}
