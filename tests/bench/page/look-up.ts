import { catalogueDatabase, registerDatabase, visitsDatabase } from '$lib/documents/databases';
import { checkVisit } from '$lib/store/check-visit';
import { openDatabase, type TiskiDatabase } from '$lib/store/database';
import { saveDevice } from '$lib/store/device';
import { visitRow } from '$lib/store/log-tables';
import { applyPage, startOver } from '$lib/store/pull-store';
import type { RemoteDocument } from '$lib/sync/ports';
import { aCard, aVisit, cardNumber } from '../../builders';
import { benchCatalogue, benchSector, benchService, benchVenue } from '../city';

/** Cards that are looked up, spread over the register, and how often each has come. */
const askedCards = 500;
const visitsOfEach = 20;

let desk: { db: TiskiDatabase; asked: string[] } | undefined;

/** A desk with this many cards on the disk, through the store that a pull writes to. */
export async function fillRegister(cards: number): Promise<void> {
  await desk?.db.delete();
  const db = openDatabase(`look-up-${cards}`);
  await saveDevice(db, {
    deskId: 'bench',
    account: { name: 'desk-bench', password: '' },
    name: 'Bench',
    venue: benchVenue,
    sectors: [benchSector],
    pairedAt: new Date().toISOString(),
    state: 'active',
  });
  await write(db, catalogueDatabase, benchCatalogue(), true);
  const pageSize = 10_000;
  for (let first = 0; first < cards; first += pageSize) {
    const length = Math.min(pageSize, cards - first);
    const page = Array.from({ length }, (_, index) => aCard(cardNumber(first + index)));
    await write(db, registerDatabase, page, first + length === cards);
  }
  const asked = Array.from({ length: Math.min(askedCards, cards) }, (_, index) =>
    cardNumber(Math.floor((index * cards) / Math.min(askedCards, cards))),
  );
  await db.visits.bulkAdd(
    asked.flatMap((card, person) =>
      Array.from({ length: visitsOfEach }, (_, visit) =>
        visitRow(
          visitsDatabase(benchSector),
          aVisit('desk-2', person * visitsOfEach + visit, {
            card,
            service: benchService,
            venue: benchVenue,
            at: new Date(Date.now() - (visit + 1) * 26 * 3_600_000).toISOString(),
          }),
        ),
      ),
    ),
  );
  desk = { db, asked };
}

async function write(
  db: TiskiDatabase,
  database: string,
  documents: RemoteDocument[],
  isLast: boolean,
): Promise<void> {
  const epoch = 'bench';
  if (!(await db.cursors.get(database))) await startOver(db, database, epoch);
  const since = (await db.cursors.get(database))?.seq ?? '0';
  const changes = documents.map((document) => ({ id: document._id, deleted: false, document }));
  const seq = String(Number(since) + documents.length);
  if (!(await applyPage(db, database, { changes, epoch, since, seq, isLast }, Date.now()))) {
    throw new Error(`${database} took no page.`);
  }
}

export interface LookUps {
  /** From a card's number to the verdict, ms each. */
  verdicts: number[];
  /** One bare IndexedDB get by the same number, ms each. */
  gets: number[];
  /** Verdicts other than "admit": must be 0. */
  refused: number;
}

/** Looks up cards in turn, a verdict and a bare get each, after some warm-up. */
export async function lookUp(times: number, warmUp = Math.min(50, times)): Promise<LookUps> {
  if (!desk) throw new Error('fillRegister comes first.');
  const { db, asked } = desk;
  const answer: LookUps = { verdicts: [], gets: [], refused: 0 };
  for (let turn = -warmUp; turn < times; turn += 1) {
    const text = asked[(turn * 37 + 7 * askedCards) % asked.length] ?? '';
    const begun = performance.now();
    const { verdict } = await checkVisit(db, { text, service: benchService }, Date.now());
    const decided = performance.now();
    await bareGet(db.backendDB(), text);
    const got = performance.now();
    if (verdict.outcome !== 'admit') answer.refused += 1;
    if (turn < 0) continue;
    answer.verdicts.push(decided - begun);
    answer.gets.push(got - decided);
  }
  return answer;
}

function bareGet(db: IDBDatabase, number: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = db.transaction('cards', 'readonly').objectStore('cards').get(number);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The get failed.'));
  });
}
