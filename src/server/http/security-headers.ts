import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { letterStyle } from '$lib/domain/benefit/letter/letter-style';

/** Hashes, in CSP's form, of a page's inline scripts: the app's bootstrap may run, and nothing else. */
export function inlineScriptHashes(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, script = '']) =>
    hashSource(script),
  );
}

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function contentSecurityPolicy(scriptHashes: readonly string[]): string {
  return [
    "default-src 'self'",
    // wasm: the code reader is compiled from WebAssembly.
    ["script-src 'self' 'wasm-unsafe-eval'", ...scriptHashes].join(' '),
    // The style of a letter's draft, which a frame shows before it is stored anywhere.
    `style-src 'self' ${hashSource(letterStyle)}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const permissions = [
  'camera=(self)',
  'fullscreen=(self)',
  'screen-wake-lock=(self)',
  'microphone=()',
  'geolocation=()',
  'payment=()',
  'usb=()',
].join(', ');

/** Sets the headers that every answer of the server carries. */
export function addSecurityHeaders(app: FastifyInstance, scriptHashes: readonly string[]): void {
  const policy = contentSecurityPolicy(scriptHashes);
  app.addHook('onRequest', (request, reply, next) => {
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'permissions-policy': permissions,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    next();
  });
}
