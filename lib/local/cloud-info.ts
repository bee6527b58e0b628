import { LOCAL_REGION } from './environment.js';

/** What `trellis info --json` prints. */
export interface CloudInfo {
  readonly endpoint: string;
  /** The base URLs of the REST APIs, by the name the app gives them. */
  readonly apis: Record<string, string>;
  /** The address of the site, where it is served on this machine. */
  readonly site?: string;
  /** Stack name to output key to value; addresses of REST APIs are those of the local cloud. */
  readonly outputs: Record<string, Record<string, string>>;
}

/** What a deployment left, as it is kept between runs. */
export interface Deployed {
  readonly environments: string[];
  readonly stacks: {
    readonly stackName: string;
    readonly outputs: Record<string, string>;
    /** API name to the logical id of the output with its URL, from the template's metadata. */
    readonly apis?: Record<string, string>;
    /** The logical id of the output with the address of the site. */
    readonly site?: string;
  }[];
}

/** The address of the app's site as the app says it: the first that a stack has. */
export function siteUrl(deployed: Deployed | undefined): string | undefined {
  const sites = deployed?.stacks.flatMap(({ site, outputs }) => (site && outputs[site]) || []);
  return sites?.[0];
}

/** @param edge where the site is served on this machine */
export function cloudInfo(endpoint: string, deployed: Deployed | undefined, edge?: string): CloudInfo {
  const url = edge && siteUrl(deployed);
  const apis: Record<string, string> = {};
  const outputs: Record<string, Record<string, string>> = {};
  for (const stack of deployed?.stacks ?? []) {
    const local = Object.entries(stack.outputs).map(([key, value]) => [
      key,
      value === url ? edge : localAddress(endpoint, value),
    ]);
    const own: Record<string, string> = Object.fromEntries(local);
    outputs[stack.stackName] = own;
    for (const [name, output] of Object.entries(stack.apis ?? {})) if (own[output]) apis[name] = own[output];
  }
  return { ...(url && { site: edge }), endpoint, apis, outputs };
}

/** The address of a REST API as the emulator serves it; other values are left as they are. */
export function localAddress(endpoint: string, value: string): string {
  const api = new RegExp(
    `^https://([a-z0-9]+)\\.execute-api\\.${LOCAL_REGION}\\.amazonaws\\.com/([^/]+)(/.*)?$`,
  ).exec(value);
  if (!api) return value;
  const [, id, stage, path = ''] = api;
  return `${endpoint}/restapis/${id}/${stage}/_user_request_${path.replace(/\/$/, '')}`;
}
