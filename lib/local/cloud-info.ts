/** Addresses and outputs of a local cloud: the output of `trellis info --json`. */
export interface CloudInfo {
  readonly endpoint: string;
  /** Base URLs of the REST APIs by the name in the app; by `<stack>/<name>` where several stacks have an API of that name. */
  readonly apis: Record<string, string>;
  /** URL of the site on this machine. */
  readonly site?: string;
  /**
   * Values by output key by stack name, with the account and region where several stacks share a name; URLs of REST APIs
   * are those of the local cloud.
   */
  readonly outputs: Record<string, Record<string, string>>;
}

/** Result of a deployment, as stored between runs. */
export interface Deployed {
  readonly environments: string[];
  readonly stacks: {
    /** Stack name; of a nested stack with an API or a site, `<name of the parent>/<logical id>`. */
    readonly stackName: string;
    readonly account?: string;
    readonly region?: string;
    readonly outputs: Record<string, string>;
    /** Logical ids of the outputs with the URLs of APIs, by API name, from the template's metadata. */
    readonly apis?: Record<string, string>;
    /** Logical id of the output with the URL of the site. */
    readonly site?: string;
  }[];
}

/** Returns the URL of the app's site in the outputs: the first that a stack has. */
export function siteUrl(deployed: Deployed | undefined): string | undefined {
  const sites = deployed?.stacks.flatMap(({ site, outputs }) => (site && outputs[site]) || []);
  return sites?.[0];
}

/**
 * Creates the addresses and outputs of a local cloud.
 *
 * @param edge URL of the site on this machine
 */
export function cloudInfo(endpoint: string, deployed: Deployed | undefined, edge?: string): CloudInfo {
  const url = edge && siteUrl(deployed);
  const apis: Record<string, string> = {};
  const outputs: Record<string, Record<string, string>> = {};
  const stacks = deployed?.stacks ?? [];
  const isShared = sharedIn(stacks.map(({ stackName }) => stackName));
  const isSharedApi = sharedIn(stacks.flatMap((stack) => Object.keys(stack.apis ?? {})));
  for (const stack of stacks) {
    const { stackName, account, region } = stack;
    const label = isShared(stackName) ? `${stackName} (${account}/${region})` : stackName;
    const local = Object.entries(stack.outputs).map(([key, value]) => [
      key,
      value === url ? edge : localAddress(endpoint, value),
    ]);
    const values: Record<string, string> = Object.fromEntries(local);
    outputs[label] = values;
    for (const [name, output] of Object.entries(stack.apis ?? {})) {
      const apiUrl = values[output];
      if (apiUrl) apis[isSharedApi(name) ? `${label}/${name}` : name] = apiUrl;
    }
  }
  return { ...(url && { site: edge }), endpoint, apis, outputs };
}

/** Returns whether a name is several times in a list. */
function sharedIn(names: readonly string[]): (name: string) => boolean {
  return (name) => names.indexOf(name) !== names.lastIndexOf(name);
}

/** Returns the emulator's URL for the URL of a REST API, and other values unchanged. */
export function localAddress(endpoint: string, value: string): string {
  const api = /^https:\/\/([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com\/([^/]+)(\/.*)?$/.exec(value);
  if (!api) return value;
  const [, id, stage, path = ''] = api;
  return `${endpoint}/restapis/${id}/${stage}/_user_request_${path.replace(/\/$/, '')}`;
}
