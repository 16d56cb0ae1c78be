import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const START_LIMIT_MS = 60_000;

/**
 * Set by the global set-up: a data folder with the demo city, which every test copies. Unset: each makes it.
 */
export const DEMO_VARIABLE = 'TISKI_TEST_DEMO';

export interface ServerOptions {
  /** Fill the empty store with the demo city. */
  demo: boolean;
  /** Settings that add to or override the tests': a CouchDB, a folder of keys. */
  environment?: NodeJS.ProcessEnv;
  /** How long it may be silent when it starts, ms; default a minute. */
  patienceMs?: number;
}

/** The real server in its own process, over its own data folder. */
export class TiskiServer {
  readonly adminPassword = 'tiski-tests-only-7412';
  /** Called whenever the server is about to be stopped or killed. */
  onEnd: () => void = () => undefined;
  #process: ChildProcess | undefined;
  #port = 0;

  private constructor(
    readonly dataFolder: string,
    private readonly options: ServerOptions,
  ) {}

  /** Not started yet. */
  static async prepare(options: ServerOptions): Promise<TiskiServer> {
    const dataFolder = await mkdtemp(path.join(tmpdir(), 'tiski-data-'));
    const demo = process.env[DEMO_VARIABLE];
    if (options.demo && demo) await cp(demo, dataFolder, { recursive: true });
    return new TiskiServer(dataFolder, options);
  }

  /** The same across restarts. */
  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Starts it, after a stop on the same port with the same data. `app` is the folder of the built app. */
  async start(app = 'build/app'): Promise<void> {
    const words = ['build/server/tiski.js', 'start', '--port', String(this.#port), '--data', this.dataFolder];
    const child = spawn(process.execPath, words, {
      env: {
        ...process.env,
        // Over its folder, even if the contract tests have a CouchDB.
        COUCHDB_URL: '',
        TISKI_ADMIN_PASSWORD: this.adminPassword,
        TISKI_DEMO: this.options.demo ? '1' : '0',
        // As it was built before the tests: a file saved meanwhile must not start a build in each of them.
        TISKI_APP: app,
        ...this.options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    this.#port = await announcedPort(child, this.options.patienceMs ?? START_LIMIT_MS);
  }

  /** Like Ctrl-C. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Like a power cut. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async dispose(): Promise<void> {
    this.onEnd = () => undefined;
    await this.kill();
    await rm(this.dataFolder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    this.onEnd();
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

/** Resolves with the port when the server prints its address. */
function announcedPort(child: ChildProcess, patienceMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string) => reject(new Error(`The server did not start: ${why}\n${output}`));
    const timer = setTimeout(() => fail(`silent for ${patienceMs / 1000} s`), patienceMs);
    child.once('exit', (code) => fail(`it ended with ${code}`));
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const port = /https?:\/\/[\w.-]+:(\d+)/.exec(output)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    // Read to the end: a full pipe would stop the server.
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
  });
}
