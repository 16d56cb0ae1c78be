import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { TestCertificate } from '../certificate';
import { freePort } from '../free-port';
import { ensurePrograms } from './ensure-programs';

export const proxyNames = ['caddy', 'nginx', 'haproxy'] as const;
export type ProxyName = (typeof proxyNames)[number];

/** A reverse proxy that runs with the file of docs/deploy, except for names, ports and paths. */
export interface RunningProxy {
  /** https://localhost:… */
  origin: string;
  /** The address that redirects to https. */
  plain: string;
  /** HAProxy's command socket. */
  adminSocket: string;
  stop(): Promise<void>;
}

interface Places {
  folder: string;
  https: number;
  http: number;
  /** Ports of the servers behind, one, or two for HAProxy. */
  servers: readonly number[];
}

type Replacement = readonly [from: string, to: string];

interface Proxy {
  file: string;
  /** What has to differ on a test machine. Each must be in the file, or the test fails. */
  replacements: (places: Places) => Replacement[];
  /** Around the file, if it is only part of a configuration. */
  around?: (text: string, places: Places) => string;
  check: (config: string) => string[];
  run: (config: string) => string[];
}

const certificateFile = ({ folder }: Places) => path.join(folder, 'cert.pem');
const keyFile = ({ folder }: Places) => path.join(folder, 'key.pem');
const bothFile = ({ folder }: Places) => path.join(folder, 'both.pem');
const adminSocket = ({ folder }: Places) => path.join(folder, 'admin.sock');
const letsEncrypt = '/etc/letsencrypt/live/tiski.example.fi';

const proxies: Record<ProxyName, Proxy> = {
  caddy: {
    file: 'docs/deploy/Caddyfile',
    replacements: (places) => [
      ['\ntiski.example.fi {', `\nlocalhost {`],
      [
        '# tls /etc/tiski/tls/fullchain.pem /etc/tiski/tls/privkey.pem',
        `tls ${certificateFile(places)} ${keyFile(places)}`,
      ],
      ['127.0.0.1:3000', `127.0.0.1:${places.servers[0]}`],
    ],
    around: (text, { https, http, folder }) =>
      `{\n\tadmin off\n\thttp_port ${http}\n\thttps_port ${https}\n\tstorage file_system ${folder}\n}\n${text}`,
    check: (config) => ['validate', '--adapter', 'caddyfile', '--config', config],
    run: (config) => ['run', '--adapter', 'caddyfile', '--config', config],
  },
  nginx: {
    file: 'docs/deploy/nginx.conf',
    replacements: (places) => [
      ['127.0.0.1:3000', `127.0.0.1:${places.servers[0]}`],
      ['listen 443 ssl http2;', `listen 127.0.0.1:${places.https} ssl http2;`],
      ['listen 80;', `listen 127.0.0.1:${places.http};`],
      [`${letsEncrypt}/fullchain.pem`, certificateFile(places)],
      [`${letsEncrypt}/privkey.pem`, keyFile(places)],
      ['server_name tiski.example.fi;', 'server_name localhost;'],
    ],
    around: (text, { folder }) =>
      [
        // The last of root's powers that its workers would drop, and then lack for the test's folder.
        ...(process.getuid?.() === 0 ? ['user root;'] : []),
        `daemon off; pid ${folder}/pid; error_log stderr; events {}`,
        `http { access_log off;`,
        ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
          (kind) => `${kind}_temp_path ${folder}/${kind};`,
        ),
        text,
        '}',
      ].join('\n'),
    check: (config) => ['-t', '-e', 'stderr', '-c', config],
    run: (config) => ['-e', 'stderr', '-c', config],
  },
  haproxy: {
    file: 'docs/deploy/haproxy.cfg',
    replacements: (places) => [
      ['    user haproxy\n    group haproxy\n', ''],
      ['log /dev/log local0', 'log 127.0.0.1 local0'],
      ['/run/haproxy/admin.sock', adminSocket(places)],
      ['hdr Host tiski.example.fi', 'hdr Host localhost'],
      ['bind :80\n', `bind 127.0.0.1:${places.http}\n`],
      [
        'bind :443 ssl crt /etc/haproxy/tiski.pem',
        `bind 127.0.0.1:${places.https} ssl crt ${bothFile(places)}`,
      ],
      ['10.0.0.11:3000', `127.0.0.1:${places.servers[0]}`],
      ['10.0.0.12:3000', `127.0.0.1:${places.servers[1] ?? places.servers[0]}`],
    ],
    check: (config) => ['-c', '-f', config],
    run: (config) => ['-db', '-f', config],
  },
};

/**
 * Checks the file with the program itself, and runs it in front of the servers.
 * @throws if it refuses its file, or something to be replaced is not in it
 */
export async function startProxy(
  name: ProxyName,
  servers: readonly number[],
  certificate: TestCertificate,
): Promise<RunningProxy> {
  const { file, replacements, around = (text: string) => text, check, run } = proxies[name];
  const program = ensurePrograms([name])[name];
  const folder = await mkdtemp(path.join(tmpdir(), `tiski-${name}-`));
  const places = { folder, servers, https: await freePort(), http: await freePort() };
  await writeFile(certificateFile(places), certificate.cert);
  await writeFile(keyFile(places), certificate.key, { mode: 0o600 });
  await writeFile(bothFile(places), certificate.cert + certificate.key, { mode: 0o600 });
  const config = path.join(folder, path.basename(file));
  const text = replaced(await readFile(file, 'utf8'), replacements(places), file);
  await writeFile(config, around(text, places));

  const environment = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  const { status, stdout, stderr } = spawnSync(program, check(config), {
    env: environment,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} refuses ${file}:\n${stdout}${stderr}`);

  const child = spawn(program, run(config), { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  // A test that is cut off stops nothing.
  process.once('exit', () => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-10_000)));
  while (!(await listens(places.https))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${said}`);
    await setTimeout(50);
  }
  return {
    origin: `https://localhost:${places.https}`,
    plain: `http://localhost:${places.http}`,
    adminSocket: adminSocket(places),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @throws if one of them isn't there */
export function replaced(text: string, replacements: readonly Replacement[], file: string): string {
  return replacements.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}.`);
    return changed.replaceAll(from, to);
  }, text);
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
