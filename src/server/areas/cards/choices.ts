import { visitsDatabase } from '$lib/documents/databases';
import type { ChoiceDocument, ReleaseDocument } from '$lib/documents/visits/visit-documents';
import { isCardNumber } from '$lib/domain/visit/card-number';
import { ApiFailure } from '../../api-failure';
import { type CouchClient, documentPath, storeDocument } from '../../couch/client';
import { readLog } from '../../documents/read-documents';
import { sectors } from '../../provision/catalogue';

/** A choice of a card that was not given back. */
interface StandingChoice {
  sector: string;
  choice: ChoiceDocument;
}

/**
 * R9: the office gives back a choice, which then has a stored `release`.
 * @param id of the choice, as in the request
 * @throws {ApiFailure} 404 for an unknown card, 409 `changed` if the card has no such choice
 */
export async function giveBackChoice(
  client: CouchClient,
  number: string,
  id: unknown,
  by: string,
  now: Date,
): Promise<ReleaseDocument> {
  const found = (await standingChoices(client, number)).find(({ choice }) => choice._id === id);
  if (!found) throw new ApiFailure(409, 'changed', 'The card has no such choice any more.');
  const { sector, choice } = found;
  const release: ReleaseDocument = {
    _id: `release:${choice._id}`,
    type: 'release',
    v: 1,
    choice: choice._id,
    card: choice.card,
    service: choice.service,
    offering: choice.offering,
    by,
    reason: 'office',
    at: now.toISOString(),
  };
  // A conflict: a desk has already given it back.
  await storeDocument(client, documentPath(visitsDatabase(sector), release._id), release);
  return release;
}

/** Every sector's, the oldest first. @throws {ApiFailure} 404 for an unknown card */
export async function standingChoices(client: CouchClient, number: string): Promise<StandingChoice[]> {
  if (!isCardNumber(number)) throw new ApiFailure(404, 'unknown-card', 'That is no card number.');
  const found = await Promise.all(
    (await sectors(client)).map(async (sector) => {
      const choices = await readLog(client, sector, 'choice');
      const releases = await readLog(client, sector, 'release');
      const released = new Set(releases.flatMap((each) => (each.type === 'release' ? [each.choice] : [])));
      return choices
        .filter((each) => each.type === 'choice')
        .filter(({ card, _id }) => card === number && !released.has(_id))
        .map((choice) => ({ sector, choice }));
    }),
  );
  return found.flat().sort((a, b) => (a.choice.at < b.choice.at ? -1 : 1));
}
