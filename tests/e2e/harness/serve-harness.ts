import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { html5QrcodeAlias } from '../../../html5-qrcode-alias.js';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** As strict as the product's own: no inline script, no eval, nothing from elsewhere. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "media-src 'self' blob:",
].join('; ');

/** Builds the harness page as the product is built, and serves it. */
export async function serveHarness(): Promise<{ url: string; stop: () => Promise<void> }> {
  const project = path.resolve(import.meta.dirname, '../../..');
  const folder = await mkdtemp(path.join(tmpdir(), 'tiski-harness-'));
  const messages = path.join(folder, 'paraglide');
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: [
        { find: '$lib/paraglide', replacement: messages },
        { find: '$lib', replacement: path.join(project, 'src/lib') },
        html5QrcodeAlias,
      ],
    },
    plugins: [
      paraglideVitePlugin({ project: path.join(project, 'src/i18n/project.inlang'), outdir: messages }),
      svelte({ configFile: false, compilerOptions: { runes: true } }),
    ],
    build: { outDir: path.join(folder, 'site'), target: 'es2023' },
  });
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = path.join(folder, 'site', pathname === '/' ? 'index.html' : path.normalize(pathname));
    try {
      const body = await readFile(file);
      const type = types[path.extname(file)] ?? 'application/octet-stream';
      const headers = { 'content-type': type, 'content-security-policy': contentSecurityPolicy };
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
