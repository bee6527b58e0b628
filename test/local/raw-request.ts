import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Sends the lines of a request as they are, which `fetch` would correct, and returns the status. */
export async function rawRequest(port: number, lines: readonly string[], body = ''): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const ending = ['Connection: close', `Content-Length: ${body.length}`, '', body];
  socket.write([...lines, ...ending].join('\r\n'));
  const response = await text(socket);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1]);
}

/** Asks for a WebSocket and returns the status: 101 when it is opened. */
export async function webSocketStatus(
  port: number,
  path: string,
  headers: readonly string[],
): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  socket.write([`GET ${path} HTTP/1.1`, ...headers, ...upgrade, key, '', ''].join('\r\n'));
  const first = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
}
