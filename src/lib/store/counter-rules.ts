import { counterRulesFrom, type CounterRules } from '$lib/domain/fleet/counter-rules';
import type { TiskiDatabase } from './database';
import { readSetting, writeSetting } from './settings';

/**
 * What the office lets this counter do, as last received, even without a network; the defaults before that.
 */
export async function readCounterRules(db: TiskiDatabase): Promise<CounterRules> {
  return counterRulesFrom(await readSetting(db, 'counter-rules'));
}

/**
 * S15: keeps what the server sent the desk; what can't be read there stays as it was.
 * @param account that asked: if the device has become another desk meanwhile, the answer is not for it
 */
export async function keepCounterRules(db: TiskiDatabase, account: string, told: unknown): Promise<void> {
  await db.transaction('rw', db.settings, async () => {
    const device = await readSetting(db, 'device');
    if (device?.account.name !== account) return;
    const stored = await readSetting(db, 'counter-rules');
    const rules = counterRulesFrom(told, counterRulesFrom(stored));
    // Sent every five minutes and changed once a year: don't write, or wake a screen, if nothing changed.
    if (JSON.stringify(rules) !== JSON.stringify(stored)) await writeSetting(db, 'counter-rules', rules);
  });
}
