import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endAllSessions } from '../../accounts/end-sessions';
import type { ApiSettings } from '../../api/api-settings';
import { requireRole } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { ApiFailure } from '../../api-failure';
import {
  accountChange,
  disableAccount,
  removeAccount,
  requireAccount,
  requireDispensable,
} from './change-accounts';
import { addInvited } from './invited-routes';
import { invite, isBy, isFor, newcomerFrom, withdraw } from './invitations';
import { invitationIdOf, listAccounts, listInvitations } from './list-accounts';
import { addMe } from './me-routes';
import { forgetSessions } from './sessions';
import { lockAfterMinutesFrom, readLockAfterMinutes, storeLockAfterMinutes } from './sign-in-settings';

export type AccountsSettings = Pick<ApiSettings, 'backend' | 'audit' | 'now'>;

/** Who signs in, and with which rights. An administrator keeps the list; everybody has their own account. */
export function addAccounts(routes: FastifyInstance, settings: AccountsSettings): void {
  addAdministration(routes, settings);
  addInvited(routes, settings);
  addMe(routes, settings);
}

type Named = { Params: { name: string } };

function addAdministration(routes: FastifyInstance, { backend, now, audit }: AccountsSettings): void {
  const { client } = backend;
  const requireAdministrator = (request: FastifyRequest, reply: FastifyReply) =>
    requireRole(backend, request, reply, 'administrator');

  routes.get('/accounts', async (request, reply) => {
    await requireAdministrator(request, reply);
    return {
      accounts: await listAccounts(client),
      invitations: await listInvitations(client, now()),
      lockAfterMinutes: await readLockAfterMinutes(client),
    };
  });

  routes.post<Named>('/accounts/:name', async (request, reply) => {
    const account = await requireAdministrator(request, reply);
    const { name } = request.params;
    const { given, taken, write } = await accountChange(client, account, name, bodyOf(request));
    const rights = [...given.map((right) => `+${right}`), ...taken.map((right) => `-${right}`)];
    await audit({ account, action: 'account-changed', about: [name, ...rights].join(' ') });
    await write();
    if (taken.includes('administrator')) await withdraw(client, isBy(name));
    await backend.accountChanged(name);
    return { ok: true };
  });

  routes.post<Named>('/accounts/:name/reset', async (request, reply) => {
    const account = await requireAdministrator(request, reply);
    const { name } = request.params;
    await requireAccount(client, name);
    if (name === account) throw ownPassword();
    await audit({ account, action: 'password-reset-offered', about: name });
    await withdraw(client, isFor(name));
    return reply.code(201).send(await invite(client, account, { for: 'account', account: name }, now()));
  });

  routes.post<Named>('/accounts/:name/end-sessions', async (request, reply) => {
    const account = await requireAdministrator(request, reply);
    const { name } = request.params;
    await requireAccount(client, name);
    await audit({ account, action: 'sessions-ended', about: name });
    await endAllSessions(client, name, now().getTime());
    await forgetSessions(client, name, () => true);
    await backend.accountChanged(name);
    return { ok: true };
  });

  const closing: Record<string, (name: string) => Promise<void>> = {
    disable: (name) => disableAccount(client, name),
    remove: (name) => removeAccount(client, name, now()),
  };
  for (const [action, close] of Object.entries(closing)) {
    routes.post<Named>(`/accounts/:name/${action}`, async (request, reply) => {
      const account = await requireAdministrator(request, reply);
      const { name } = request.params;
      await requireDispensable(client, account, name);
      await audit({ account, action: `account-${action}d`, about: name });
      await close(name);
      // Nobody comes back by a link from before.
      await withdraw(client, (each) => isBy(name)(each) || isFor(name)(each));
      await forgetSessions(client, name, () => true);
      await backend.accountChanged(name);
      return { ok: true };
    });
  }

  routes.post('/invitations', async (request, reply) => {
    const account = await requireAdministrator(request, reply);
    const newcomer = newcomerFrom(bodyOf(request));
    const about = `${newcomer.displayName}: ${newcomer.rights.join(' ')}`;
    await audit({ account, action: 'invited', about });
    return reply.code(201).send(await invite(client, account, newcomer, now()));
  });

  routes.post<{ Params: { id: string } }>('/invitations/:id/withdraw', async (request, reply) => {
    const account = await requireAdministrator(request, reply);
    const { id } = request.params;
    await audit({ account, action: 'invitation-withdrawn', about: id });
    await withdraw(client, (each) => invitationIdOf(each) === id && each.usedAt === undefined);
    return { ok: true };
  });

  routes.post('/sign-in-settings', async (request, reply) => {
    const account = await requireAdministrator(request, reply);
    const minutes = lockAfterMinutesFrom(bodyOf(request));
    await audit({ account, action: 'lock-changed', about: `${minutes} min` });
    await storeLockAfterMinutes(client, minutes);
    return { ok: true };
  });
}

/** An unlocked screen must not be enough to take over the account of whoever left it. */
const ownPassword = () => new ApiFailure(409, 'own-account', 'Change your own password under My account.');
