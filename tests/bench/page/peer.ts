import type { Credentials } from '$lib/sync/ports';
import PouchDB from 'pouchdb';

/** PouchDB's own store in this browser: its IndexedDB adapter, unmodified. */
export const openPeer = (name: string) => new PouchDB(name);

/** The server's database, for PouchDB's replication. */
export const openRemote = (name: string, { name: username, password }: Credentials) =>
  new PouchDB(`${location.origin}/couch/${name}`, { skip_setup: true, auth: { username, password } });

/** Only the device's side keeps the checkpoint: a desk may not write one into the register. */
export const replication = (batchSize: number, checkpoint: 'source' | 'target') => ({
  batch_size: batchSize,
  checkpoint,
});
