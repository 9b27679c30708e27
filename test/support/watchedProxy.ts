// A proxy that all of a browser's traffic goes through: the page's, its workers' and its service worker's. It passes on what
// is for one site, refuses the rest, and writes everything down.
import { request as ask, createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** Whole; of an encrypted connection host and port are all there is. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WatchedProxy {
  readonly url: string;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

/** @param site address that requests are passed on to */
export async function startWatchedProxy(site: string): Promise<WatchedProxy> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const { method = '', url = '', headers } = request;
    const body = Buffer.concat(pieces);
    seen.push({ method, url, headers, body: body.toString() });
    if (!url.startsWith(site)) return response.writeHead(403).end();
    const passed = ask(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    passed.end(body);
  });
  server.on('connect', ({ url = '', headers }, socket) => {
    seen.push({ method: 'CONNECT', url, headers, body: '' });
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
