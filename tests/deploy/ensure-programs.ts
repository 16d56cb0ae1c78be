import { existsSync } from 'node:fs';
import { firstOnPath, install } from '../setup/fetch-programs';

/** Programs that the deployment files are for, and their Debian packages. */
const packages = {
  caddy: 'caddy',
  nginx: 'nginx',
  haproxy: 'haproxy',
  'systemd-analyze': 'systemd',
  certutil: 'libnss3-tools',
} as const;

export type ProgramName = keyof typeof packages;

/** Debian keeps servers where only root's PATH looks. */
const withServers = () => {
  const path = process.env['PATH'] ?? '';
  if (!path.split(':').includes('/usr/sbin')) process.env['PATH'] = `${path}:/usr/sbin`;
};

/** Debian starts a server when it is installed: on their own machine, people decide that themselves. */
const mayStartServices = () => process.env['CI'] !== undefined || !existsSync('/run/systemd/system');

/**
 * The path of each program; missing ones are installed with apt.
 * @throws if one isn't available: what is not tried must not look as if it were
 */
export function ensurePrograms<Name extends ProgramName>(names: readonly Name[]): Record<Name, string> {
  withServers();
  const missing = () => names.filter((name) => firstOnPath([name]) === undefined);
  if (missing().length > 0 && mayStartServices()) install(missing().map((name) => packages[name]));
  const lacking = missing();
  if (lacking.length > 0) {
    throw new Error(
      `The files in docs/deploy are tested with ${names.join(', ')}. Not here, and not to be had with apt: ` +
        `${lacking.join(', ')}. Install ${lacking.map((name) => packages[name]).join(' ')}, and run the tests again.`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, firstOnPath([name])])) as Record<Name, string>;
}
