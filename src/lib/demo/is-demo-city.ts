import * as v from 'valibot';

const health = v.object({ demo: v.boolean() });

/** Whether the server has a demo city; false if it can't be reached. */
export async function isDemoCity(): Promise<boolean> {
  try {
    const response = await fetch('/api/health', { signal: AbortSignal.timeout(5_000), credentials: 'omit' });
    return v.parse(health, await response.json()).demo;
  } catch {
    return false;
  }
}
