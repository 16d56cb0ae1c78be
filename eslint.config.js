import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** What one area of the office may import besides itself. No area imports another. */
const officeArea = [
  'office/session',
  'office/lookups',
  'office/forms',
  'documents',
  'domain',
  'ui',
  'paraglide',
];

/**
 * Every room of src/lib, and what of ours each may import besides itself. docs/architecture.md draws them.
 */
const rooms = {
  domain: [],
  documents: ['domain'],
  store: ['domain', 'documents'],
  sync: ['domain'],
  remote: ['documents', 'domain', 'sync'],
  scanner: ['domain'],
  token: ['domain', 'documents'],
  pwa: ['domain', 'paraglide'],
  ui: ['domain', 'paraglide', 'scanner', 'sync'],
  state: ['store', 'sync', 'domain', 'documents', 'pwa'],
  app: ['state', 'store', 'sync', 'submissions', 'remote', 'token', 'pwa', 'documents', 'domain'],
  // Nothing of the desk's own store but how a full disk is told.
  submissions: ['sync', 'remote', 'token', 'documents', 'domain', 'store/storage-full'],
  demo: ['domain', 'paraglide', 'ui'],
  'office/session': ['remote', 'domain', 'documents', 'pwa', 'ui', 'paraglide'],
  // The home lists what waits in every area.
  'office/home': [...officeArea, 'office/cases', 'office/desks', 'office/reviews'],
  'office/lookups': ['office/session', 'domain', 'documents'],
  'office/forms': ['domain', 'documents', 'ui', 'paraglide'],
  'office/accounts': officeArea,
  'office/audit': officeArea,
  'office/cards': officeArea,
  'office/cases': officeArea,
  'office/letters': officeArea,
  'office/desks': officeArea,
  'office/reviews': officeArea,
  'office/rescue': officeArea,
  // Drafts are kept on the device: the catalogue is edited without a network.
  'office/catalogue': [...officeArea, 'store', 'state', 'pwa'],
};

/** Rooms that may know something only through its types. */
const typesOnly = { store: ['sync/ports'], 'office/session': ['sync/ports'] };

/** Packages, and the rooms that may know them. */
const ownedPackages = {
  dexie: ['store', 'submissions', 'office/catalogue'],
  'pouchdb*': ['remote'],
  'html5-qrcode': ['scanner'],
  'barcode-detector*': ['scanner'],
  'workbox-*': ['pwa'],
  jose: ['token'],
  svelte: ['state', 'ui', 'app', 'demo', ...Object.keys(rooms).filter((room) => room.startsWith('office/'))],
};

/** The counter: no person's name can reach it by mistake. */
const counterRoutes = ['desk', 'kiosk', 'setup', 'sync', 'review'];

/** @param {string[]} names */
const oneOf = (names) => names.join('|');

/** Packages that others than `room` own. @param {string} room */
const foreignPackages = (room) =>
  Object.entries(ownedPackages)
    .filter(([, owners]) => !owners.includes(room))
    .map(([name]) => name);

/**
 * The patterns of one room. Between folders only `$lib/…` is written, so that the rooms stay visible.
 * @param {string} room
 * @param {string[]} allowed
 */
const wallsOf = (room, allowed) => [
  {
    regex: `^\\$lib/(?!(?:${oneOf([room, ...allowed])})(?:/|$))${oneOfTypes(room)}`,
    message: `${room}/ may import only: ${allowed.join(', ') || 'nothing of ours'}.`,
  },
  { regex: '^\\.\\./', message: 'Between folders import from $lib/…, so that the rooms stay visible.' },
  { group: foreignPackages(room), message: `This package belongs to another room than ${room}/.` },
];

/**
 * Patterns as the rules against a wall's two ways through: `import … from` and `import()`.
 * @param {{ regex?: string, group?: string[], message: string, allowTypeImports?: boolean }[]} patterns
 * @param {{ selector: string, message: string }[]} syntax what else is not written there
 * @returns {import('eslint').Linter.RulesRecord}
 */
const wall = (patterns, syntax = []) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
  'no-restricted-syntax': [
    'error',
    ...syntax,
    ...patterns.flatMap(({ regex, message }) =>
      regex === undefined
        ? []
        : [{ selector: `ImportExpression[source.value=/${regex.replaceAll('/', '\\u002f')}/]`, message }],
    ),
  ],
});

/** @param {string} room */
const oneOfTypes = (room) => {
  const types = typesOnly[/** @type {keyof typeof typesOnly} */ (room)];
  return types ? `(?!(?:${oneOf(types)})$)` : '';
};

/** Files of tests/fuzz that run the engine, and `reading`, which has its schemas. */
const enginesRun = [
  'conflicts',
  'desk',
  'held-by',
  'memory-desk',
  'reading',
  'review-office',
  'stored-desk',
  'cluster/device',
  'cluster/server-process',
  'submissions/key-pair',
  'submissions/laptop',
  'submissions/office-server',
];

/** Names and addresses of people: whoever works at a counter, or on its device, has no way to them. */
const noPeople = {
  regex: '^\\$lib/documents/(?:people|cases|submissions/referral)(?:/|$)',
  message: 'No name of a person reaches a desk.',
};
const engine = ['store', 'sync', 'remote', 'scanner'];

/** @type {import('eslint').Linter.Config[]} */
const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  files: [`src/lib/${room}/**`],
  ignores: ['**/*.test.ts'],
  rules: wall([
    ...wallsOf(room, allowed),
    ...(engine.includes(room) ? [noPeople] : []),
    ...(typesOnly[/** @type {keyof typeof typesOnly} */ (room)] ?? []).map((path) => ({
      regex: `^\\$lib/${path}$`,
      allowTypeImports: true,
      message: `${room}/ may import types only from ${path}.`,
    })),
  ]),
}));

const tables =
  'settings|cards|packed|deletedCards|catalogue|visits|voids|choices|releases|resolutions|reviews|touched|outbox|' +
  'quarantine|cursors|drafts|documents|facts|transaction|open|table';

const noTable = { message: 'A screen opens no table: call a function of the room that owns it.' };
/**
 * Screens are thin: they read state, call one verb and show what comes back.
 * @param {Parameters<typeof wall>[0]} patterns
 * @returns {import('eslint').Linter.RulesRecord}
 */
const screen = (patterns) => ({
  'no-restricted-globals': [
    'error',
    { name: 'fetch', message: 'Ask through a room of src/lib.' },
    'indexedDB',
  ],
  ...wall(patterns, [
    {
      selector: `MemberExpression[object.name=/^(db|database)$/][property.name=/^(${tables})$/]`,
      ...noTable,
    },
    { selector: `MemberExpression[object.property.name='db'][property.name=/^(${tables})$/]`, ...noTable },
  ]),
});

const noDexie = { group: ['dexie', 'pouchdb*', 'jose'], message: 'A screen calls functions of src/lib.' };
const noOffice = { regex: '^\\$lib/office(/|$)', message: 'Nothing of the office reaches the counter.' };

/** @type {import('eslint').Linter.Config[]} */
const routeRules = [
  {
    files: ['src/routes/**'],
    ignores: ['**/*.test.ts'],
    rules: screen([noDexie]),
  },
  {
    files: counterRoutes.map((route) => `src/routes/${route}/**`),
    ignores: ['**/*.test.ts'],
    rules: screen([noDexie, noOffice, noPeople]),
  },
  // A screen of the office belongs to one area. The address /office/review is older than its area's name.
  ...Object.entries({
    'people-and-rights': 'accounts',
    account: 'accounts',
    audit: 'audit',
    cards: 'cards',
    cases: 'cases',
    letters: 'letters',
    people: 'cases',
    catalogue: 'catalogue',
    desks: 'desks',
    rescue: 'rescue',
    review: 'reviews',
  }).map(([route, area]) => ({
    files: [`src/routes/office/${route}/**`],
    rules: screen([
      noDexie,
      {
        regex: `^\\$lib/office/(?!(?:${oneOf([area, 'session', 'lookups', 'forms'])})/)`,
        message: `This screen is of the area ${area}.`,
      },
    ]),
  })),
];

const serverAreas = [
  'accounts',
  'audit',
  'cards',
  'cases',
  'catalogue',
  'demo',
  'desks',
  'holders',
  'letters',
  'privacy',
  'rescue',
  'reviews',
  'submissions',
];
const onlyPure = {
  regex: '^\\$lib/(?!(?:domain|documents)/)',
  message: 'The server may import only domain and documents.',
};

/** @type {import('eslint').Linter.Config[]} */
const serverRules = [
  {
    files: ['src/server/**'],
    ignores: ['**/*.test.ts'],
    rules: wall([onlyPure]),
  },
  ...serverAreas.map((area) => ({
    files: [`src/server/areas/${area}/**`],
    ignores: ['**/*.test.ts'],
    rules: wall([
      onlyPure,
      {
        regex: `^\\.\\./(?:${oneOf(serverAreas.filter((other) => other !== area))})/`,
        message: 'No area imports another: what both need is below them.',
      },
    ]),
  })),
];

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
  {
    // Modules in an import cycle can't be read, tested or loaded alone.
    files: ['src/**/*.ts', 'src/**/*.svelte', 'tests/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createTypeScriptImportResolver()],
    },
    rules: { 'import-x/no-cycle': 'error' },
  },
  {
    files: ['src/lib/*'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program', message: 'Nothing lies loose under src/lib.' },
      ],
    },
  },
  ...roomRules,
  ...routeRules,
  ...serverRules,
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
    // The validation functions run inside CouchDB: plain ES5, one expression per file.
    files: ['src/server/provision/validate/*.js'],
    languageOptions: { sourceType: 'script', ecmaVersion: 5 },
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
      'no-unused-expressions': 'off',
    },
  },
  {
    // The fuzz's model states the rules in its own words: a fault in the engine must not be one in the model too.
    files: ['tests/fuzz/**'],
    ignores: enginesRun.map((name) => `tests/fuzz/${name}.ts`),
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '(?:^\\$lib|/src/lib)/(?!domain/time/day$)',
              allowTypeImports: true,
              message: 'The model states the rules in its own words: import types only.',
            },
          ],
        },
      ],
    },
  },
  { files: ['src/server/cli/**', 'tests/**'], rules: { 'no-console': 'off' } },
);
