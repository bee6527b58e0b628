import { callControl } from './control.js';
import { LocalCloudError } from './errors.js';
import type { Instance } from './instance.js';
import { claimPort } from './port.js';
import { type ProjectState, readJson, writeJson } from './project-state.js';

/** Port of the emulator that serves the site of an app like its distribution. */
interface Edge {
  /** The emulator that serves it. */
  readonly instance: string;
  readonly port: number;
}

const TIMEOUT_MS = 10_000;

/**
 * Serves a deployed distribution on a separate port: the last port of the site, so that bookmarks and the browser's
 * storage stay valid, else the port after the emulator's, else any free port.
 *
 * @param url URL of the site in the outputs of the app
 */
export async function openEdge(instance: Instance, state: ProjectState, url: string): Promise<void> {
  const last = readJson<Edge>(state.edgeFile);
  const isOpen = last?.instance === instance.instance;
  const port = isOpen ? last.port : await freePort(last?.port ?? instance.port + 1);
  const response = await callControl(instance, '/_trellis/edge', {
    method: 'POST',
    body: { domain: new URL(url).hostname, port },
    timeout: TIMEOUT_MS,
  });
  const { message } = (await response.json()) as { message?: string };
  if (!response.ok)
    throw new LocalCloudError(`The site ${url} cannot be served on port ${port} of this machine: ${message}`);
  writeJson(state.edgeFile, { instance: instance.instance, port } satisfies Edge);
}

/** Returns the URL of the site on this machine; undefined if the running emulator does not serve it. */
export function edgeAddress({ instance }: Instance, state: ProjectState): string | undefined {
  const edge = readJson<Edge>(state.edgeFile);
  return edge?.instance === instance ? `http://127.0.0.1:${edge.port}` : undefined;
}

async function freePort(preferred: number): Promise<number> {
  return claimPort(preferred).catch(() => claimPort(0));
}
