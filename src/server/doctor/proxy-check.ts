import { gunzipSync } from 'node:zlib';
import { bytesOf } from '../bytes';
import { ask, failureCode, type Answer } from './ask';
import { findingsOf, type Finding } from './finding';

const { good, warning, bad, notChecked } = findingsOf('proxy');

const dayMs = 24 * 3600_000;
/** 90-day certificates are renewed when 30 days are left. */
const fewDays = 14;

/**
 * What browsers get through a reverse proxy, as far as it can be checked from outside without signing in.
 * @param origin the public address, without a trailing slash
 */
export async function proxyFindings(origin: string, now: Date): Promise<Finding[]> {
  try {
    const health = await ask(`${origin}/api/health`);
    // Without a cookie it ends nothing; the answer deletes one, with the attributes that a session gets.
    const session = await ask(`${origin}/couch/_session`, { method: 'DELETE' });
    const gzip = { 'accept-encoding': 'gzip' };
    const worker = await ask(`${origin}/service-worker.js`, { headers: gzip });
    const page = await ask(`${origin}/`, { headers: { ...gzip, accept: 'text/html' } });
    return [
      ...(origin.startsWith('https:')
        ? [certificateFinding(health, now), strictFinding(health)]
        : [plainFinding()]),
      ...protoFindings(origin, session),
      notChecked(
        'Whether X-Forwarded-For reaches the server can not be told from outside.',
        'Have the proxy set it: without it all attempts to sign in count for one address.',
      ),
      ...workerFindings(worker),
      ...doubledFindings({ 'the service worker': worker, 'the page': page }),
    ];
  } catch (error) {
    return [unreachable(origin, failureCode(error))];
  }
}

function unreachable(origin: string, code: string): Finding {
  if (/CERT|ALTNAME|SIGNATURE|SELF_SIGNED/.test(code)) {
    return bad(
      `The certificate of ${origin} is not good (${code}): no browser opens it.`,
      'Renew it, with this name and its whole chain; an authority of your own goes into NODE_EXTRA_CA_CERTS here.',
    );
  }
  return bad(
    `${origin} can't be asked (${code}).`,
    'See whether the proxy runs, and whether the name leads to it.',
  );
}

const plainFinding = () =>
  bad(
    'The address is http: passwords can be read on the line, and browsers give no camera and no offline start.',
    'Have the proxy speak TLS, and give the https address here.',
  );

function certificateFinding({ certificateEnds }: Answer, now: Date): Finding {
  if (certificateEnds === undefined) return notChecked('The certificate does not say when it ends.');
  const days = Math.floor((certificateEnds.getTime() - now.getTime()) / dayMs);
  const says = `The certificate is good for ${days} more days.`;
  if (days >= fewDays) return good(says);
  return warning(says, 'See why it was not renewed yet (certbot renew, or what your proxy uses).');
}

function strictFinding({ headers }: Answer): Finding {
  if (/max-age=[1-9]/.test(headers['strict-transport-security'] ?? '')) {
    return good('Browsers are told to come by https only (Strict-Transport-Security).');
  }
  return warning(
    'Browsers are not told to come by https only: the header Strict-Transport-Security is missing.',
    'Tiski sends it when X-Forwarded-Proto reaches it; let the proxy pass it on.',
  );
}

function protoFindings(origin: string, { status, headers }: Answer): Finding[] {
  const cookie = headers['set-cookie']?.find((each) => each.startsWith('AuthSession='));
  if (cookie === undefined) {
    return [
      bad(
        `${origin}/couch/_session does not answer as Tiski does (status ${status}).`,
        'Let the proxy pass every method below /couch/ on, and Set-Cookie back.',
      ),
    ];
  }
  if (!origin.startsWith('https:')) return [];
  if (/;\s*secure/i.test(cookie))
    return [good('X-Forwarded-Proto reaches the server: session cookies are Secure.')];
  return [
    bad(
      'X-Forwarded-Proto does not reach the server, or is not believed: session cookies are not Secure.',
      "Have the proxy set X-Forwarded-Proto to https; if it is on another machine, name it in the server's TISKI_TRUST_PROXY.",
    ),
  ];
}

function workerFindings({ status, headers }: Answer): Finding[] {
  if (status !== 200) {
    return [
      bad(
        `/service-worker.js is answered with ${status}: no device works without a network.`,
        'Build the app (npm run build) and start the server again; let the proxy pass this file on.',
      ),
    ];
  }
  const type = headers['content-type'] ?? '';
  const cache = headers['cache-control'] ?? '';
  const faults = [
    ...(/^(text|application)\/javascript\b/i.test(type)
      ? []
      : [
          bad(
            `The service worker comes as "${type}": browsers refuse it.`,
            'Let the proxy leave Content-Type alone.',
          ),
        ]),
    ...(/\bno-cache\b|\bno-store\b|max-age=0/.test(cache)
      ? []
      : [
          bad(
            `The service worker may be kept (Cache-Control "${cache}"): devices get new versions late.`,
            'Let the proxy leave Cache-Control alone, and cache nothing itself.',
          ),
        ]),
  ];
  return faults.length > 0
    ? faults
    : [good('The service worker comes as JavaScript, and browsers ask for it again each time.')];
}

function doubledFindings(answers: Readonly<Record<string, Answer>>): Finding[] {
  const doubled = Object.keys(answers).filter((name) => isPackedTwice(answers[name] as Answer));
  if (doubled.length === 0) return [good('Nothing is packed twice.')];
  return doubled.map((name) =>
    bad(
      `${name} is packed twice: browsers can't read it.`,
      'Turn gzip off in the proxy for what has a Content-Encoding.',
    ),
  );
}

const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

function isPackedTwice({ headers, body }: Answer): boolean {
  const codings = (headers['content-encoding'] ?? '').split(',').filter((each) => each.trim() !== '');
  if (codings.length > 1) return true;
  if (codings.length === 0) return isGzip(body);
  try {
    return isGzip(gunzipSync(bytesOf(body)));
  } catch {
    return true;
  }
}
