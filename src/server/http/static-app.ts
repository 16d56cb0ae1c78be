import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** The page that opens at every address of the app. @throws if the folder holds no built app */
export function readAppPage(folder: string): Promise<string> {
  return readFile(join(folder, 'index.html'), 'utf8');
}

/** Serves a built app: its files, and its one page for every other address that a browser opens. */
export function addStaticApp(app: FastifyInstance, folder: string): void {
  const immutable = `${sep}_app${sep}immutable${sep}`;
  void app.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      const cache = path.includes(immutable) ? 'public, max-age=31536000, immutable' : 'no-cache';
      reply.setHeader('cache-control', cache);
    },
  });
  app.setNotFoundHandler((request, reply) => {
    const isPage = (request.headers.accept ?? '').includes('text/html');
    if ((request.method === 'GET' || request.method === 'HEAD') && isPage)
      return reply.sendFile('index.html');
    return nothingHere(reply);
  });
}

export function nothingHere(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'not-found', reason: 'There is nothing at this address.' });
}
