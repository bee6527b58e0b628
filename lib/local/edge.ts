import { callControl } from './control.js';
import { LocalCloudError } from './errors.js';
import type { Instance } from './instance.js';
import { claimPort } from './port.js';
import { type ProjectState, readJson, writeJson } from './project-state.js';

/** Where the site of an app is served: a port of the emulator that answers as its distribution would. */
interface Edge {
  /** The emulator that serves it. */
  readonly instance: string;
  readonly port: number;
}

const OPENS_WITHIN = 10_000;

/**
 * Serves a deployed distribution on a port of its own: the one it had last, so that bookmarks and what a page has stored
 * in the browser stay good, else the next after the emulator's, else any that is free.
 *
 * @param url the address of the site, as the app says it
 */
export async function openEdge(instance: Instance, state: ProjectState, url: string): Promise<void> {
  const known = readJson<Edge>(state.edgeFile);
  const isOpen = known?.instance === instance.instance;
  const port = isOpen ? known.port : await freePort(known?.port ?? instance.port + 1);
  const answer = await callControl(instance, '/_trellis/edge', {
    method: 'POST',
    body: { domain: new URL(url).hostname, port },
    timeout: OPENS_WITHIN,
  });
  const { message } = (await answer.json()) as { message?: string };
  if (!answer.ok)
    throw new LocalCloudError(`The site ${url} cannot be served on port ${port} of this machine: ${message}`);
  writeJson(state.edgeFile, { instance: instance.instance, port } satisfies Edge);
}

/** The address of the site on this machine, if the running emulator serves it. */
export function edgeAddress({ instance }: Instance, state: ProjectState): string | undefined {
  const edge = readJson<Edge>(state.edgeFile);
  return edge?.instance === instance ? `http://127.0.0.1:${edge.port}` : undefined;
}

async function freePort(wanted: number): Promise<number> {
  return claimPort(wanted).catch(() => claimPort(0));
}
