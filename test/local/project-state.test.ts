import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findRunning } from '../../lib/local/project-state.js';

const BODY = '{"instance":"own","pid":7}';

it('an emulator that has closed the connection which this process kept is found again', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`);
      // As it does after a time: the next request on this connection has no response.
      socket.once('data', () => socket.destroy());
    });
  }).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const instance = {
      instance: 'own',
      pid: 7,
      port,
      startedAt: '',
      token: 'token',
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    };
    expect(await findRunning(instance)).toEqual(instance);
    // Only then does fetch know that the connection is free.
    await sleep(500);
    expect(await findRunning(instance)).toEqual(instance);
    expect(sockets).toHaveLength(2);
    expect(await findRunning({ ...instance, instance: 'other' })).toBeUndefined();
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
  expect(await findRunning(undefined)).toBeUndefined();
});
