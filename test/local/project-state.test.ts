import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { running } from '../../lib/local/project-state.js';

/** Answers as an emulator does: without saying so, it closes connections that nobody uses, here after 300 ms. */
const SERVER = `
const body = '{"instance":"own","pid":7}';
const server = require('net').createServer((socket) => socket.on('data', () => {
  socket.write('HTTP/1.1 200 OK\\r\\ncontent-length: ' + body.length + '\\r\\n\\r\\n' + body);
  setTimeout(() => socket.destroy(), 300);
}));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

it('an emulator is found again by a process that was busy while the emulator closed its connection', async () => {
  const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(server.stdout, 'data');
    const instance = { instance: 'own', pid: 7, port: Number(port), startedAt: '' };
    expect(await running(instance)).toEqual(instance);
    spawnSync(process.execPath, ['-e', 'setTimeout(() => {}, 1000)']);
    expect(await running(instance)).toEqual(instance);
    expect(await running({ ...instance, instance: 'other' })).toBeUndefined();
  } finally {
    server.kill();
  }
  expect(await running(undefined)).toBeUndefined();
}, 20_000);
