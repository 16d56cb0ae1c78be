import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
  kit: {
    // One shell for every address: the service worker opens it offline, the server online.
    adapter: adapter({ pages: 'build/app', fallback: 'index.html', precompress: true }),
    // workbox-window registers it and decides when an update may take over.
    serviceWorker: { register: false },
    typescript: {
      config: (config) => ({
        ...config,
        include: [...config.include, '../tests/**/*.ts', '../*.config.ts', '../*.config.js'],
      }),
    },
  },
};
