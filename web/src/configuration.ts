/** What only the deployment knows, as it stands in /config.json. */
export interface Configuration {
  readonly users: {
    /** Where browsers sign in. */
    readonly endpoint: string;
    readonly userPoolId: string;
    readonly clientId: string;
  };
}

let loaded: Promise<Configuration> | undefined;

/** @throws Error when it cannot be had; the next call tries again */
export function configuration(): Promise<Configuration> {
  loaded ??= load().catch((error) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(): Promise<Configuration> {
  const response = await fetch('/config.json');
  if (!response.ok) throw new Error(`/config.json: ${response.status}`);
  return response.json();
}
