import { visitsDatabase } from '$lib/documents/databases';
import type { Route } from '../couch/route';

/** Whether a request brings log documents, as desks send them. */
export const isVisitsBatch = (route: Route): boolean =>
  route.kind === 'bulk-docs' && route.database.startsWith(visitsDatabase(''));

/**
 * Reads the rows of a batch's answer on its way to the client; an answer that can't be read counts nothing.
 */
export async function rowsBeside(response: Response): Promise<unknown> {
  try {
    return await response.clone().json();
  } catch {
    return undefined;
  }
}
