export {};

declare global {
  namespace PouchDB {
    interface Database {
      /** A request below the database's address, with its account; missing from @types/pouchdb-core. */
      fetch(path: string, options?: RequestInit): Promise<Response>;
    }
  }
}
