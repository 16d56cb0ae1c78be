import * as v from 'valibot';
import { publicSchemes, type PublicSchemes } from '$lib/documents/criteria/public-schemes';
import { recall, remember } from '$lib/pwa/web-storage';

/** What the server publishes about schemes. What was read once is kept in the browser, for a day without a network. */

const key = 'tiski-public-schemes';
const timeout = 15_000;
const kept = v.object({ at: v.number(), told: publicSchemes });

/** @property at when the server said it, ms */
export interface Published {
  told: PublicSchemes;
  at: number;
  /** Whether it is what was kept, because the server did not answer. */
  isKept: boolean;
}

/** Asks the server, else looks at what was kept; undefined if there is neither. */
export async function readPublishedSchemes(now: () => number): Promise<Published | undefined> {
  try {
    const response = await fetch('/api/public/schemes', {
      signal: AbortSignal.timeout(timeout),
      credentials: 'omit',
      // The server says by its ETag whether anything is new: what is shown as current is.
      cache: 'no-cache',
    });
    if (!response.ok) return keptSchemes();
    // A captive portal answers 200 with a page of its own.
    const told = v.parse(publicSchemes, await response.json());
    const at = now();
    // Without room the page is still complete; only the next time needs a network.
    remember('localStorage', key, JSON.stringify({ at, told }));
    return { told, at, isKept: false };
  } catch {
    return keptSchemes();
  }
}

function keptSchemes(): Published | undefined {
  try {
    const { at, told } = v.parse(kept, JSON.parse(recall('localStorage', key) ?? 'null'));
    return { told, at, isKept: true };
  } catch {
    return undefined;
  }
}
