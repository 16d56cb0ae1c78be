import type { FastifyInstance } from 'fastify';
import type { ChoiceDocument, ReleaseDocument } from '$lib/documents/visits/visit-documents';
import { isCardNumber } from '$lib/domain/visit/card-number';
import { ApiFailure } from '../../api/api-failure';
import { bodyOf, type ApiSettings } from '../../api/api-routes';
import { requireAuthor, requireRole } from '../../api/caller';
import { type CouchClient, documentPath, storeDocument } from '../../couch/client';
import { sectors } from '../../provision/catalogue';
import { visitsDatabase } from '../../provision/databases';
import { readLog } from '../reviews/review-input';

interface StandingChoice {
  sector: string;
  choice: ChoiceDocument;
}

/** R9: the office sees what a card's holder has chosen, and releases it. */
export function addChoices(routes: FastifyInstance, { backend, now }: ApiSettings): void {
  const { client } = backend;
  void routes.register((guarded, _options, done) => {
    guarded.get<{ Params: { number: string } }>('/cards/:number/choices', async (request, reply) => {
      await requireRole(backend, request, reply, 'office');
      return { choices: await standingChoices(client, request.params.number) };
    });

    guarded.post<{ Params: { number: string } }>('/cards/:number/release', async (request, reply) => {
      const by = await requireAuthor(backend, request, reply, 'office');
      const { choice: id } = bodyOf(request);
      const found = (await standingChoices(client, request.params.number)).find(
        ({ choice }) => choice._id === id,
      );
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
        at: now().toISOString(),
      };
      const path = documentPath(visitsDatabase(sector), release._id);
      // A conflict: a desk was quicker with the same.
      await storeDocument(client, path, release);
      return { release };
    });
    done();
  });
}

async function standingChoices(client: CouchClient, number: string): Promise<StandingChoice[]> {
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
