/** The site's runtime configuration from /config.json. */
export interface Configuration {
  readonly users: {
    /** The endpoint of Cognito. */
    readonly endpoint: string;
    readonly userPoolId: string;
    readonly clientId: string;
  };
}

let loaded: Promise<Configuration> | undefined;

/** @throws Error when it cannot be loaded; the next call tries again */
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
