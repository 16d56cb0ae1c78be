import type { TiskiDatabase } from '$lib/store/database';
import { readSetting, writeSetting, type SettingKey, type SettingValues } from '$lib/store/settings';
import { isStorageFull } from '$lib/store/storage-full';
import { liveQuery } from './live-query.svelte';

/**
 * A personal preference on this device: it applies on this page at once, and is remembered for the next one.
 * A device with no room forgets it; the counter works without.
 */
export class Preference<K extends SettingKey> {
  readonly #db: TiskiDatabase;
  readonly #key: K;
  readonly #remembered;
  #chosen = $state.raw<SettingValues[K]>();

  constructor(db: TiskiDatabase, key: K) {
    this.#db = db;
    this.#key = key;
    this.#remembered = liveQuery(async () => (await readSetting(db, key)) ?? null);
  }

  /** Null: nobody chose. Undefined: not known yet. */
  get current(): SettingValues[K] | null | undefined {
    return this.#chosen ?? this.#remembered.current;
  }

  async choose(value: SettingValues[K]): Promise<void> {
    this.#chosen = value;
    try {
      await writeSetting(this.#db, this.#key, value);
    } catch (error) {
      if (!isStorageFull(error)) throw error;
    }
  }
}
