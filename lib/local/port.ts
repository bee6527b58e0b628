import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { LocalCloudError } from './errors.js';

/**
 * Returns a port that is free on loopback: `port` itself, or any free port for 0.
 *
 * @throws LocalCloudError when the port is in use or not allowed
 */
export async function claimPort(port: number): Promise<number> {
  try {
    return await listenOnce(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const holder = code === 'EADDRINUSE' ? holderOf(port) : undefined;
    throw new LocalCloudError(
      `Port ${port} is ${code === 'EACCES' ? 'not allowed' : `in use${holder ? ` by ${holder}` : ''}`}.\n` +
        `Stop the process that uses it, or choose another port: TRELLIS_PORT=${port === 4566 ? 4567 : 4566}`,
    );
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

/** Returns the process that listens on a port, if the system shows it (Linux, for processes of the same user). */
function holderOf(port: number): string | undefined {
  try {
    const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
    const listening = '0A';
    const sockets = ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(`:${hexPort}`) && fields[3] === listening)
      .map((fields) => `socket:[${fields[9]}]`);
    const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name, sockets));
    if (!pid) return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    // The working directory of the emulator is the state folder of its project.
    if (command.endsWith('emulator/launcher.py'))
      return `the local cloud of ${dirname(readlinkSync(`/proc/${pid}/cwd`))} (process ${pid})`;
    return `process ${pid} (${command.slice(0, 80)})`;
  } catch {
    return undefined;
  }
}

function holds(pid: string, sockets: readonly string[]): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) =>
      sockets.includes(readlinkSync(`/proc/${pid}/fd/${fd}`)),
    );
  } catch {
    return false;
  }
}
