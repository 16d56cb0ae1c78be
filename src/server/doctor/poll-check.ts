import { basicAuthorization } from '../accounts/basic-credentials';
import { isJsonObject } from '../couch/json';
import { administratorName } from '../provision/administrator';
import { ask, failureCode, jsonIn } from './ask';
import { findingsOf, type Finding } from './finding';

const { good, bad, notChecked } = findingsOf('proxy');

/** Desks hold a request for 50 s; the server ends it then. */
const heldMs = 55_000;

/**
 * Holds a request as desks do, and checks whether it is cut.
 * @param holdMs how long
 */
export async function pollFindings(
  origin: string,
  password: string | undefined,
  holdMs = heldMs,
): Promise<Finding[]> {
  if (password === undefined) {
    return [notChecked('Held requests: TISKI_ADMIN_PASSWORD is not given to make one.')];
  }
  const headers = { authorization: basicAuthorization(administratorName, password) };
  const path = `/couch/tiski-catalogue/_changes?feed=longpoll&since=now&timeout=${holdMs}`;
  const askedAt = Date.now();
  const seconds = () => Math.round((Date.now() - askedAt) / 1000);
  const cut = (how: string) =>
    bad(
      `A held request was cut after ${seconds()} s (${how}): desks hear of changes late.`,
      'Give the proxy a read timeout of at least 60 s (nginx: proxy_read_timeout 75s).',
    );
  try {
    const answer = await ask(`${origin}${path}`, { headers, timeoutMs: holdMs + 15_000 });
    const body = jsonIn(answer);
    if (answer.status === 401 || answer.status === 403 || answer.status === 429) {
      return [notChecked(`Held requests: the administrator is answered with ${answer.status}.`)];
    }
    if (answer.status !== 200 || !isJsonObject(body)) return [cut(`status ${answer.status}`)];
    const changes = body['results'];
    if (Array.isArray(changes) && changes.length > 0) {
      return [notChecked('Held requests: the catalogue changed meanwhile. Ask again.')];
    }
    return [good(`A request was held for ${seconds()} s and came to its end.`)];
  } catch (error) {
    return [cut(failureCode(error))];
  }
}
