import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Every folder of src/lib, and what each may import of our own (besides itself). */
const layers = {
  domain: [],
  documents: ['domain'],
  store: ['domain', 'documents', 'sync'],
  sync: ['domain'],
  remote: ['documents', 'domain', 'sync'],
  scanner: ['domain'],
  token: ['domain', 'documents'],
  state: ['store', 'sync', 'domain', 'documents', 'pwa'],
  pwa: ['domain', 'paraglide'],
  ui: ['domain', 'paraglide', 'scanner', 'sync'],
};

/** Packages that only one layer may know. */
const ownedPackages = {
  dexie: 'store',
  'pouchdb*': 'remote',
  'html5-qrcode': 'scanner',
  'barcode-detector*': 'scanner',
  'workbox-*': 'pwa',
  jose: 'token',
  svelte: 'state|ui',
};

/**
 * Forbids imports against the direction of dependency: between folders only `$lib/...` is used.
 * @type {import('eslint').Linter.Config[]}
 */
const layerRules = Object.entries(layers).map(([layer, allowed]) => {
  const allowedLayers = [layer, ...allowed].join('|');
  const foreignPackages = Object.entries(ownedPackages)
    .filter(([, owner]) => !owner.split('|').includes(layer))
    .map(([name]) => name);
  return {
    files: [`src/lib/${layer}/**`],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^\\$lib/(?!(?:${allowedLayers})(?:/|$))`,
              message: `${layer}/ may import only: ${allowed.join(', ') || 'nothing of ours'}.`,
            },
            {
              regex: '^\\.\\./',
              message: 'Between folders import from $lib/…, so that the layers stay visible.',
            },
            {
              group: foreignPackages,
              message: `This package belongs to another layer than ${layer}/.`,
            },
          ],
        },
      ],
    },
  };
});

export default ts.config(
  {
    ignores: [
      'build/',
      '.svelte-kit/',
      'node_modules/',
      'data/',
      '.cache/',
      'src/lib/paraglide/',
      'src/i18n/',
      'test-results/',
      'playwright-report/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  ...layerRules,
  {
    files: ['src/lib/domain/**'],
    ignores: ['**/*.test.ts'],
    rules: {
      // The clock, randomness and ids are parameters of the domain.
      'no-restricted-globals': ['error', 'window', 'document', 'fetch', 'indexedDB', 'crypto', 'performance'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Pass the instant in.' },
        { object: 'Math', property: 'random', message: 'Pass randomness in.' },
      ],
    },
  },
  {
    files: ['src/server/**'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^\\$lib/(?!(?:domain|documents)/)',
              message: 'The server may import only domain and documents.',
            },
          ],
        },
      ],
    },
  },
  {
    // The validation functions run inside CouchDB: plain ES5, one expression a file.
    files: ['src/server/provision/validate/*.js'],
    languageOptions: { sourceType: 'script', ecmaVersion: 5 },
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
      'no-unused-expressions': 'off',
    },
  },
  { files: ['src/server/cli/**', 'tests/**'], rules: { 'no-console': 'off' } },
);
