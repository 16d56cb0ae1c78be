import * as v from 'valibot';
import { venueDocument, venueFromDocument } from '$lib/documents/catalogue/catalogue-documents';
import type { Service, ServiceRule, Venue } from '$lib/domain/catalogue/service';
import { readCode, type ScannedCode } from '$lib/domain/code/scan-code';
import type { Signature } from '$lib/domain/code/signed-code';
import type { ClockReading } from '$lib/domain/time/clock';
import { localDate, type Instant } from '$lib/domain/time/day';
import type { Card } from '$lib/domain/visit/card';
import {
  cardUse,
  decideVisit,
  type DecidedVisit,
  type History,
  type RegisterAnswer,
  type VisitRequest,
} from '$lib/domain/visit/decide-visit';
import { holderAlone, peopleAllowed, type People, type PeopleAllowed } from '$lib/domain/visit/people';
import type { Verdict } from '$lib/domain/visit/verdict';
import { catalogueWithin, offeringsOf, type Catalogue } from './catalogue';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { readDevice, type Device } from './device';
import { readHistory } from './history';
import { askRegister, registerTables } from './register';

export interface VisitQuestion {
  /** As it came from the scanner. */
  text: string;
  /** What the text was read as, if it has been read already. */
  code?: ScannedCode;
  /** Id of the service. */
  service: string;
  /** Result of verifying a signed code's signature (R2). */
  signature?: Signature;
  /** Id of the course or performance that staff have chosen (R9, R10). */
  offering?: string;
  /** Who comes in; absent: the holder alone, or on a group's card all its members. */
  people?: People;
}

/** One scan and the device's verdict. */
export interface VisitCheck extends DecidedVisit {
  question: VisitQuestion;
  code: ScannedCode;
  /** From the register, or from a genuine signature. */
  card?: Card;
  /** Only if the card's scheme says that it is shown. */
  hint?: string;
  service: Service;
  venue: Venue;
  /** How the card uses the service; absent if it doesn't. */
  rule?: ServiceRule;
  people: People;
  allowed: PeopleAllowed;
  /** R9: `_id` of the choice that the visit is for, if this desk made it today and may undo it. */
  freshChoice?: string;
  clock: ClockReading;
  /** Server time at which the register was last known to be up to date. */
  registerAsOf?: Instant;
}

/** The tables that a decision reads. */
export const tablesToCheck = (db: TiskiDatabase) => [
  db.settings,
  ...registerTables(db),
  db.catalogue,
  db.visits,
  db.voids,
  db.choices,
  db.releases,
];

/**
 * Decides a scan from what the device holds, in one read-only transaction. Writes nothing.
 * @throws if the device is not paired or the service is not in the catalogue: no screen offers that
 */
export function checkVisit(
  db: TiskiDatabase,
  question: VisitQuestion,
  deviceNow: Instant,
): Promise<VisitCheck> {
  // Dexie only keeps the transaction across the callee's awaits if this scope is itself `async`.
  return db.transaction('r', tablesToCheck(db), async () => decideWithin(db, question, deviceNow));
}

/** The same, inside the caller's transaction. */
export async function decideWithin(
  db: TiskiDatabase,
  question: VisitQuestion,
  deviceNow: Instant,
): Promise<VisitCheck> {
  const { text, code = readCode(text), signature, offering: named } = question;
  // Queried in parallel: each separate await would cost another round trip to the disk.
  const [device, catalogue, clock, { card: found, standing, asOf }] = await Promise.all([
    readDevice(db),
    catalogueWithin(db),
    readDeviceClock(db, deviceNow),
    askRegister(db, code),
  ]);
  if (!device) throw new Error('This device is not paired.');
  const service = catalogue.services.get(question.service)?.service;
  if (!service) throw new Error(`There is no service ${question.service} in the catalogue.`);
  const venue = venueOf(catalogue, device);

  const schemeId = found?.scheme ?? (signature?.kind === 'genuine' ? signature.card.scheme : undefined);
  const entry = schemeId === undefined ? undefined : catalogue.schemes.get(schemeId);
  const scheme = entry && { scheme: entry.scheme };
  const register: RegisterAnswer = {
    ...(found ? { found: { card: found, ...scheme } } : scheme && { signedScheme: scheme.scheme }),
    ...(standing && { standing }),
    ...(asOf !== undefined && { asOf }),
  };
  const use = cardUse({ service, ...(signature && { signature }) }, register);
  const card = use?.card;
  const allowed = card ? peopleAllowed(card, use.scheme) : holderAlone;
  const people = question.people ?? { ...holderAlone, holder: allowed.holder };
  const offerings = offeringsOf(catalogue, service.id, venue.id);
  const history = await readHistory(db, { use, service, venue, offerings, offering: named, clock });
  const request: VisitRequest = {
    code,
    service,
    venue,
    offerings,
    people,
    ...(signature && { signature }),
    ...(named !== undefined && { offering: named }),
  };
  const decided = decideVisit(request, register, history, clock, use);
  return {
    question,
    code,
    service,
    venue,
    people,
    allowed,
    clock,
    ...decided,
    ...(card && { card }),
    ...(use?.rule && { rule: use.rule }),
    ...freshChoice(history, decided.verdict, device, { venue, clock }),
    ...(card?.hint !== undefined && entry?.document.hintShown && { hint: card.hint }),
    ...(asOf !== undefined && { registerAsOf: asOf }),
  };
}

/** R9: a choice is undone at the desk that made it, on the same day. */
function freshChoice(
  { choices }: History,
  verdict: Verdict,
  { account }: Device,
  { venue, clock }: { venue: Venue; clock: ClockReading },
): { freshChoice?: string } {
  if (verdict.outcome !== 'admit' || verdict.offering === undefined) return {};
  const today = localDate(clock.now, venue.zone);
  const own = choices.find(
    ({ id, offering, at }) =>
      offering === verdict.offering &&
      id.startsWith(`choice:${account.name}:`) &&
      localDate(at, venue.zone) === today,
  );
  return own ? { freshChoice: own.id } : {};
}

/** The desk's venue; if its document is late or in quarantine, work continues with the defaults. */
function venueOf(catalogue: Catalogue, device: Device): Venue {
  const known = catalogue.venues.get(device.venue)?.venue;
  if (known) return known;
  const names = { fi: device.venue, sv: device.venue, en: device.venue };
  return venueFromDocument(
    v.parse(venueDocument, { _id: `venue:${device.venue}`, type: 'venue', v: 1, names }),
  );
}
