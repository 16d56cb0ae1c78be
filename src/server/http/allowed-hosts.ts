import { isIPv6 } from 'node:net';
import type { FastifyInstance } from 'fastify';

const loopback = ['localhost', '127.0.0.1', '[::1]'];
/** If told to listen on every address, it knows none by name. */
const everyAddress = ['0.0.0.0', '[::]'];

/** A host's name or address as a browser writes it, without the port; undefined if it isn't one. */
export function hostName(text: string): string | undefined {
  const url = `http://${isIPv6(text) ? `[${text}]` : text}`;
  if (/[\s/?#@\\]/.test(text) || !URL.canParse(url)) return undefined;
  const name = new URL(url).hostname.replace(/\.$/, '');
  return /^(\[[\da-f:.]+\]|[\w.-]+)$/.test(name) ? name : undefined;
}

export interface HostSettings {
  isDemo: boolean;
  /** The address that the server listens on. */
  host: string;
  /** TISKI_HOSTS. */
  hosts: readonly string[];
}

/**
 * The names that the server answers to; undefined for every name. A demo gives a desk to anybody who reaches
 * it, so no web page may reach it from a visitor's browser through a name of its own that resolves to us (DNS
 * rebinding).
 */
export function allowedHosts({ isDemo, host, hosts }: HostSettings): ReadonlySet<string> | undefined {
  if (!isDemo && hosts.length === 0) return undefined;
  const names = [...loopback, host, ...hosts].flatMap((text) => hostName(text) ?? []);
  return new Set(names.filter((name) => !everyAddress.includes(name)));
}

/**
 * Refuses with 421 what is requested under another name. If a trusted proxy says which name was used, that
 * one is checked in addition to its own: a page's script can write X-Forwarded-Host, but not Host.
 */
export function addHostCheck(app: FastifyInstance, allowed: ReadonlySet<string>): void {
  app.addHook('onRequest', (request, reply, next) => {
    const named = [request.headers.host ?? '', request.host].map((text) => hostName(text) ?? '');
    const foreign = named.find((name) => !allowed.has(name));
    if (foreign === undefined) return next();
    const reason = refusal(foreign);
    reply.code(421).header('cache-control', 'no-store');
    const isPage = (request.headers.accept ?? '').includes('text/html');
    void (isPage ? reply.type('text/plain').send(reason) : reply.send({ error: 'wrong-host', reason }));
  });
}

function refusal(name: string): string {
  return (
    `This Tiski does not answer as ${name || 'a host without a name'}. If you look after it and that is its name, ` +
    `start it with TISKI_HOSTS=${name || 'tiski.example.fi'} (several are separated by commas).\n`
  );
}
