import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { basicAuthorization } from '../../accounts/basic-credentials';
import { readUser } from '../../accounts/change-account';
import { endAllSessions, endSessions } from '../../accounts/end-sessions';
import { failureOf } from '../../accounts/identity';
import { ApiFailure } from '../../api-failure';
import { personAsking, requirePerson } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { givePassword } from './accept-invitation';
import { passwordFrom } from './account-input';
import { browserName } from './browser-name';
import type { AccountsSettings } from './routes';
import { forgetSessions, listSessions, noteSession } from './sessions';
import { readLockAfterMinutes } from './sign-in-settings';
import { detailsOf, personsUser, readAccount } from './stored-account';

const sessionId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

/** What somebody may know about themselves and do for themselves, whatever their rights. */
export function addMe(routes: FastifyInstance, { backend, now, audit }: AccountsSettings): void {
  const { client } = backend;

  // For a desk, and for whoever is signed out, it is nobody: a page asks before it knows.
  routes.get('/me', async (request, reply) => {
    const person = await personAsking(backend, request, reply);
    if (person === undefined) return { name: null };
    const { account, rights, session } = person;
    if (session !== undefined) {
      await noteSession(client, account, session, browserName(request.headers['user-agent']), now());
    }
    const about = await readAccount(client, account);
    const { displayName, organisation } = about === undefined ? {} : detailsOf(about);
    return {
      name: account,
      ...(displayName !== undefined && { displayName }),
      rights: [...rights],
      ...(organisation && { organisation }),
      lockAfterMinutes: await readLockAfterMinutes(client),
    };
  });

  routes.post('/me/password', async (request, reply) => {
    const { account } = await requirePerson(backend, request, reply);
    const body = bodyOf(request);
    const about = await readAccount(client, account);
    const password = passwordFrom(body, [account, about?.displayName ?? '']);
    if (personsUser(await readUser(client, account)) === undefined) {
      throw new ApiFailure(
        409,
        'no-account',
        'This is the database’s own administrator: not an account here.',
      );
    }
    await requireOldPassword(account, body['old'], request.ip);
    await audit({ account, action: 'password-changed' });
    await givePassword(client, account, password);
    await forgetSessions(client, account, () => true);
    await backend.accountChanged(account);
    return { ok: true };
  });

  /** @throws {ApiFailure} 400 `wrong-password`, 429 after too many */
  async function requireOldPassword(account: string, old: unknown, address: string): Promise<void> {
    const given = typeof old === 'string' ? old : '';
    const authorization = basicAuthorization(account, given);
    const identity = await backend.identify({ authorization, cookie: undefined, address });
    switch (identity.kind) {
      case 'user':
        return;
      case 'too-many-attempts':
      case 'busy': {
        const { status, error, reason, headers } = failureOf(identity);
        throw new ApiFailure(status, error.replaceAll('_', '-'), reason, undefined, headers);
      }
      default:
        throw new ApiFailure(400, 'wrong-password', 'That is not your current password.', 'old');
    }
  }

  routes.get('/me/sessions', async (request, reply) => {
    const { account, session } = await requirePerson(backend, request, reply);
    const sessions = await listSessions(client, account, now());
    return { sessions: sessions.map((each) => ({ ...each, isThis: each.id === session?.id })) };
  });

  routes.post('/me/sessions/end', async (request, reply) => {
    const { account } = await requirePerson(backend, request, reply);
    const { id } = bodyOf(request);
    if (!v.is(sessionId, id)) throw new ApiFailure(400, 'invalid-id', 'id names a session.', 'id');
    await audit({ account, action: 'session-ended', about: account });
    await endSessions(client, account, [id], now().getTime());
    await forgetSessions(client, account, (each) => each === id);
    await backend.accountChanged(account);
    return { ok: true };
  });

  routes.post('/me/sessions/end-others', async (request, reply) => {
    const { account, session } = await requirePerson(backend, request, reply);
    await audit({ account, action: 'sessions-ended', about: account });
    await endAllSessions(client, account, now().getTime(), session?.id);
    await forgetSessions(client, account, (each) => each !== session?.id);
    await backend.accountChanged(account);
    return { ok: true };
  });
}
