// What can go wrong with one answer of a server of files.
import type { Asked, TroubledServer } from './troubledServer.ts';

export type Answer = NonNullable<TroubledServer['state']['trouble']>;
const part = ({ from, to, isPart }: Asked, body: Uint8Array) =>
  isPart ? { 'content-range': `bytes ${from}-${to - 1}/${body.length}` } : undefined;

/** By what a person would call them. */
export const serverFaults: Readonly<Record<string, Answer>> = {
  'a cut': (asked, response, body) => {
    response.writeHead(asked.isPart ? 206 : 200, {
      ...part(asked, body),
      'content-length': asked.to - asked.from,
    });
    response.write(body.subarray(asked.from, (asked.from + asked.to) >> 1), () => response.destroy());
    return true;
  },
  'a refused connection': (_, response) => response.destroy() !== undefined,
  'a stall': (asked, response, body) => {
    response.writeHead(asked.isPart ? 206 : 200, part(asked, body));
    response.write(body.subarray(asked.from, asked.from + 100));
    return true;
  },
  'a drip': (asked, response, body) => {
    response.writeHead(asked.isPart ? 206 : 200, part(asked, body));
    const timer = setInterval(() => response.write(body.subarray(asked.from, asked.from + 1)), 20);
    response.on('close', () => clearInterval(timer));
    return true;
  },
  'wrong bytes': (asked, response, body) => {
    const wrong = body.slice(asked.from, asked.to);
    wrong[wrong.length >> 1] ^= 64;
    return response.writeHead(asked.isPart ? 206 : 200, part(asked, body)).end(wrong) !== undefined;
  },
  'an early end': (asked, response, body) =>
    response
      .writeHead(asked.isPart ? 206 : 200, part(asked, body))
      .end(body.subarray(asked.from, (asked.from + asked.to) >> 1)) !== undefined,
  'too much': (asked, response, body) =>
    response.writeHead(asked.isPart ? 206 : 200, part(asked, body)).end(new Uint8Array(2 * body.length)) !==
    undefined,
  '206 that says no range': ({ from, to }, response, body) =>
    response.writeHead(206).end(body.subarray(from, to)) !== undefined,
  '206 of another range': (_, response, body) =>
    response
      .writeHead(206, { 'content-range': `bytes 7-${body.length - 1}/${body.length}` })
      .end(body.subarray(7)) !== undefined,
  'a 200 to a range': (_, response, body) => response.writeHead(200).end(body) !== undefined,
  'another ETag': (asked, response, body) =>
    response
      .writeHead(asked.isPart ? 206 : 200, { ...part(asked, body), etag: '"another"' })
      .end(body.subarray(asked.from, asked.to)) !== undefined,
  'a 503': (_, response) => response.writeHead(503).end('busy') !== undefined,
  'a 304': (_, response) => response.writeHead(304).end() !== undefined,
  'a 416': (_, response) => response.writeHead(416).end() !== undefined,
  'a 204': (_, response) => response.writeHead(204).end() !== undefined,
  'a page': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hi') !== undefined,
  'a page of no type': (_, response) => response.writeHead(200).end('<!doctype html><p>Hi') !== undefined,
};
