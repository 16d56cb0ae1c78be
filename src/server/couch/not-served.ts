import { CouchFailure } from './failure';

/**
 * Parts of CouchDB's API that this server lacks: refused by name, because a 404 would look like a wrong
 * address or a missing document. The table for people is docs/couchdb-api.md.
 */
export const notOfServer: ReadonlySet<string> = new Set([
  '_active_tasks',
  '_cluster_setup',
  '_config',
  '_db_updates',
  '_dbs_info',
  '_membership',
  '_node',
  '_reshard',
  '_replicate',
  '_scheduler',
  '_search_analyze',
  '_utils',
]);

export const notOfDatabase: ReadonlySet<string> = new Set([
  '_auto_purge',
  '_compact',
  '_explain',
  '_find',
  '_index',
  '_local_docs',
  '_missing_revs',
  '_partition',
  '_purge',
  '_purged_infos',
  '_purged_infos_limit',
  '_revs_limit',
  '_shards',
  '_sync_shards',
  '_view_cleanup',
]);

export const notOfDesign: ReadonlySet<string> = new Set([
  '_info',
  '_list',
  '_nouveau',
  '_rewrite',
  '_search',
  '_search_info',
  '_show',
  '_update',
  '_view',
]);

export const notServed = (name: string) =>
  new CouchFailure(501, 'not_implemented', `This server has no ${name}. See docs/couchdb-api.md.`);

/** @throws {CouchFailure} 501 for a name on the list */
export function refuseByName(name: string, list: ReadonlySet<string>): void {
  if (list.has(name)) throw notServed(name);
}
