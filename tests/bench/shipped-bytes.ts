import type { Browser, BrowserContextOptions, Request } from '@playwright/test';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { buildIfStale } from '../../src/server/cli/build-if-stale';
import { projectFolder } from '../../src/server/project-folder';
import { cardOf, chooseService, openDemoDesk, scanAndSee, verdict } from '../e2e/counter';
import { TiskiServer } from '../setup/tiski-server';
import { launchBrowser, openDevice } from './bench-browser';
import { kilobytes, type BenchTable } from './table';

/**
 * JavaScript that the desk's screen downloads with an empty cache and no service worker, compressed as the
 * server sends it. A device is paired first, because an unpaired one leaves the screen; its database is then
 * given to three new browsers: one is denied what the screen can do without, one only the camera, one
 * nothing. So the first figure is a proof: with those bytes the desk opened, took a scanner's code and gave a
 * verdict.
 */
export async function shippedBytes(): Promise<BenchTable[]> {
  await buildIfStale();
  const server = await TiskiServer.prepare({ demo: true });
  await server.start();
  const browser = await launchBrowser('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream');
  try {
    const device = { baseURL: server.url, storageState: await pairedDevice(browser, server.url) };
    const [both, camera] = await Promise.all([
      filesOfItsOwn([syncerModule, cameraModule]),
      filesOfItsOwn([cameraModule]),
    ]);
    const alone = await load(browser, device, { cut: both, until: [] });
    const syncing = await load(browser, device, { cut: camera, until: [/_changes/] });
    const whole = await load(browser, device, { cut: [], until: [/_changes/, /\.wasm$/] });
    return [tableOf(alone, syncing, whole)];
  } finally {
    await browser.close();
    await server.dispose();
  }
}

/** What the screen loads without waiting for it. */
const syncerModule = 'src/lib/app/start-syncing.ts';
const cameraModule = 'src/lib/scanner/camera-device.ts';
/** Bytes, wasm apart. */
const goal = 120_000;

interface Sizes {
  scripts: number;
  wasm: number;
}

function tableOf(alone: Sizes, syncing: Sizes, whole: Sizes): BenchTable {
  const row = (what: string, bytes: number) => [
    what,
    kilobytes(bytes),
    `${((bytes / goal) * 100).toFixed(0)} %`,
  ];
  return {
    title: 'JavaScript shipped to the desk screen, compressed',
    columns: ['Part', 'Bytes', `Of ${kilobytes(goal)}`],
    rows: [
      row('needed to open, to take a code from a scanner or the keyboard, and to decide', alone.scripts),
      row('the syncer, which comes meanwhile', syncing.scripts - alone.scripts),
      row('the camera, where there is one', whole.scripts - syncing.scripts),
      row('all of it', whole.scripts),
      ["the camera's wasm, apart", kilobytes(whole.wasm)],
    ],
  };
}

type StoredDevice = Exclude<BrowserContextOptions['storageState'], undefined>;

async function pairedDevice(browser: Browser, baseURL: string): Promise<StoredDevice> {
  const context = await openDevice(browser, { baseURL });
  const page = await context.newPage();
  await openDemoDesk(page);
  await chooseService(page);
  const state = await context.storageState({ indexedDB: true });
  await context.close();
  return state;
}

interface Load {
  /** Files that are blocked. */
  cut: readonly string[];
  /** Addresses that must have answered: by then everything that requests them has been loaded. */
  until: readonly RegExp[];
}

/** Opens the desk, scans, and sums up what was loaded. */
async function load(
  browser: Browser,
  device: { baseURL: string; storageState: StoredDevice },
  { cut, until }: Load,
): Promise<Sizes> {
  const context = await openDevice(browser, { ...device, serviceWorkers: 'block' });
  context.setDefaultTimeout(120_000);
  const received: Promise<{ path: string; bytes: number }>[] = [];
  const note = async (request: Request) => ({
    path: new URL(request.url()).pathname,
    bytes: (await request.sizes()).responseBodySize,
  });
  const noteRequest = (request: Request) => void received.push(note(request));
  context.on('requestfinished', noteRequest);
  const ends = until.map((pattern) =>
    context.waitForEvent('requestfinished', (request) => pattern.test(request.url())),
  );
  await context.route(
    (url) => cut.some((file) => url.pathname.endsWith(file)),
    (route) => route.abort(),
  );
  const page = await context.newPage();
  await page.goto('/desk');
  await verdict(page).getByText('Valmis').waitFor();
  await scanAndSee(page, cardOf('admitted'), 'Kortti käy');
  await Promise.all(ends);
  // Requests that end from here on, such as a desk's report, would use a closed context.
  context.off('requestfinished', noteRequest);
  const sizes = await Promise.all(received);
  await context.close();
  const sum = (end: string) =>
    sizes.filter(({ path }) => path.endsWith(end)).reduce((total, { bytes }) => total + bytes, 0);
  return { scripts: sum('.js'), wasm: sum('.wasm') };
}

const manifestSchema = v.record(
  v.string(),
  v.object({
    file: v.string(),
    imports: v.optional(v.array(v.string()), []),
    dynamicImports: v.optional(v.array(v.string()), []),
  }),
);
const output = join(projectFolder, '.svelte-kit');
const generatedNodes = '.svelte-kit/generated/client-optimized/nodes/';

/**
 * Files that come with a module, or with what the screen loads to load it, and that neither the app nor the
 * desk's screen imports statically.
 */
async function filesOfItsOwn(sources: readonly string[]): Promise<string[]> {
  const text = await readFile(join(output, 'output/client/.vite/manifest.json'), 'utf8');
  const manifest = v.parse(manifestSchema, JSON.parse(text));
  const withImports = (name: string, seen = new Set<string>()): Set<string> => {
    const chunk = manifest[name];
    if (!chunk) throw new Error(`${name} is in no chunk of its own.`);
    if (seen.has(name)) return seen;
    seen.add(name);
    for (const each of chunk.imports) withImports(each, seen);
    return seen;
  };
  const screen = new Set((await partsOfDesk()).flatMap((name) => [...withImports(name)]));
  const loads = (chunk: string, name: string) => manifest[chunk]?.dynamicImports.includes(name) === true;
  // Other screens are loaded by nothing on this one.
  const later = [...screen]
    .flatMap((name) => manifest[name]?.dynamicImports ?? [])
    .filter((name) => !name.startsWith(generatedNodes));
  const leadTo = (name: string) =>
    later.filter((chunk) => [...withImports(chunk)].some((each) => loads(each, name)));
  const own = sources
    .flatMap((name) => [name, ...leadTo(name)])
    .flatMap((name) => [...withImports(name)])
    .filter((name) => !screen.has(name));
  return own.flatMap((name) => manifest[name]?.file ?? []);
}

/** Names in the manifest of what SvelteKit starts the desk's screen with. */
async function partsOfDesk(): Promise<string[]> {
  const generated = '.svelte-kit/generated/client-optimized';
  const nodes = join(projectFolder, generatedNodes);
  const screens = ['routes/+layout.svelte', 'routes/desk/+page.svelte'];
  const parts: string[] = [];
  for (const node of await readdir(nodes)) {
    const text = await readFile(join(nodes, node), 'utf8');
    if (screens.some((screen) => text.includes(`/${screen}"`))) parts.push(generatedNodes + node);
  }
  if (parts.length !== screens.length) throw new Error(`The desk's screen was not found in ${nodes}.`);
  return ['node_modules/@sveltejs/kit/src/runtime/client/entry.js', `${generated}/app.js`, ...parts];
}
