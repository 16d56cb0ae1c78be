import * as v from 'valibot';
import { venueDocument, venueFromDocument } from '$lib/documents/catalogue-documents';
import type { Card } from '$lib/domain/card';
import type { ClockReading } from '$lib/domain/clock';
import { localDate, minute, type Instant } from '$lib/domain/day';
import { decideVisit, type PastVisit } from '$lib/domain/decide-visit';
import { historyFrom } from '$lib/domain/limits';
import { readCode, type ScannedCode } from '$lib/domain/scan-code';
import type { Service, Venue } from '$lib/domain/service';
import type { Verdict } from '$lib/domain/verdict';
import { readCatalogue, type Catalogue } from './catalogue';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { readDevice, type Device } from './device';
import { findCard, registerAsOf } from './register';

/** One scan and what the device makes of it. */
export interface VisitCheck {
  text: string;
  code: ScannedCode;
  verdict: Verdict;
  card?: Card;
  /** Only when the card's scheme says that it is shown. */
  hint?: string;
  service: Service;
  venue: Venue;
  clock: ClockReading;
  /** Server time at which the register was last known to be up to date. */
  registerAsOf?: Instant;
}

export interface VisitQuestion {
  /** As it came from the scanner. */
  text: string;
  /** Id of the service. */
  service: string;
}

/**
 * Decides a scan from what the device holds, in one read-only transaction. Nothing is written.
 * @throws when the device is not paired or the service is not in the catalogue: screens offer neither
 */
export function checkVisit(
  db: TiskiDatabase,
  question: VisitQuestion,
  deviceNow: Instant,
): Promise<VisitCheck> {
  const tables = [db.settings, db.cards, db.catalogue, db.visits, db.voids, db.cursors];
  return db.transaction('r', tables, () => decideWithin(db, question, deviceNow));
}

/** The same inside a transaction that the caller holds. */
export async function decideWithin(
  db: TiskiDatabase,
  { text, service: serviceId }: VisitQuestion,
  deviceNow: Instant,
): Promise<VisitCheck> {
  const device = await readDevice(db);
  if (!device) throw new Error('This device is not paired.');
  const catalogue = await readCatalogue(db);
  const service = catalogue.services.get(serviceId)?.service;
  if (!service) throw new Error(`There is no service ${serviceId} in the catalogue.`);
  const venue = venueOf(catalogue, device);

  const clock = await readDeviceClock(db, deviceNow);
  const code = readCode(text);
  const card = await findCard(db, code);
  const entry = card && catalogue.schemes.get(card.scheme);
  const asOf = await registerAsOf(db);
  const history = card ? await readHistory(db, card, service, venue, clock.now) : [];

  const verdict = decideVisit(
    { code, service, venue },
    {
      ...(card && { found: { card, ...(entry && { scheme: entry.scheme }) } }),
      ...(asOf !== undefined && { asOf }),
    },
    history,
    clock,
  );
  return {
    text,
    code,
    verdict,
    service,
    venue,
    clock,
    ...(card && { card }),
    ...(card?.hint !== undefined && entry?.document.hintShown && { hint: card.hint }),
    ...(asOf !== undefined && { registerAsOf: asOf }),
  };
}

/** The desk's venue; its document may be late or in quarantine, and work goes on with the usual values. */
function venueOf(catalogue: Catalogue, device: Device): Venue {
  const known = catalogue.venues.get(device.venue)?.venue;
  if (known) return known;
  const names = { fi: device.venue, sv: device.venue, en: device.venue };
  return venueFromDocument(
    v.parse(venueDocument, { _id: `venue:${device.venue}`, type: 'venue', v: 1, names }),
  );
}

function readHistory(
  db: TiskiDatabase,
  card: Card,
  service: Service,
  venue: Venue,
  now: Instant,
): Promise<PastVisit[]> {
  const today = localDate(now, venue.zone);
  const from = historyFrom(today, venue.zone, service.rule, service.repeatMinutes * minute, now, card);
  return visitsSince(db, card.number, service.id, from);
}

/** The card's visits for a service since an instant, those undone left out. */
export async function visitsSince(
  db: TiskiDatabase,
  card: string,
  service: string,
  from: Instant,
): Promise<PastVisit[]> {
  const rows = await db.visits
    .where('[card+service]')
    .equals([card, service])
    .filter(({ at }) => at >= from)
    .toArray();
  const voids = await db.voids.bulkGet(rows.map(({ _id }) => _id));
  return rows.filter((_, index) => voids[index] === undefined).map(({ at }) => ({ at }));
}
