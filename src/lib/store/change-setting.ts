import type { TiskiDatabase } from './database';
import { readSetting, writeSetting, type SettingKey, type SettingValues } from './settings';

/** Changes an existing setting, safe from a change by another tab in between. */
export async function changeSetting<K extends SettingKey>(
  db: TiskiDatabase,
  key: K,
  change: (present: SettingValues[K]) => SettingValues[K],
): Promise<void> {
  await db.transaction('rw', db.settings, async () => {
    const present = await readSetting(db, key);
    if (present !== undefined) await writeSetting(db, key, change(present));
  });
}
