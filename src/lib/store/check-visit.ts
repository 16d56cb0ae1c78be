import * as v from 'valibot';
import { venueDocument, venueFromDocument } from '$lib/documents/catalogue/catalogue-documents';
import { seatsLeft, type Offering } from '$lib/domain/catalogue/offering';
import { ruleFor, type Service, type ServiceRule, type Venue } from '$lib/domain/catalogue/service';
import { readCode, type ScannedCode } from '$lib/domain/code/scan-code';
import type { Signature } from '$lib/domain/code/signed-code';
import type { ClockReading } from '$lib/domain/time/clock';
import { localDate, type Instant } from '$lib/domain/time/day';
import type { Card, Scheme } from '$lib/domain/visit/card';
import { cardOfSignature, decideVisit, noHistory, type History } from '$lib/domain/visit/decide-visit';
import {
  headCount,
  holderAlone,
  peopleAllowed,
  type People,
  type PeopleAllowed,
} from '$lib/domain/visit/people';
import { settleOffering } from '$lib/domain/visit/settle-offering';
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
  /** Id of the service. */
  service: string;
  /** What came of looking at a signed code's signature (R2). */
  signature?: Signature;
  /** Id of the course or performance that staff have chosen (R9, R10). */
  offering?: string;
  /** Who comes in; when absent, the holder alone, or a group's card with all its members. */
  people?: People;
}

/** One scan and what the device makes of it. */
export interface VisitCheck {
  question: VisitQuestion;
  code: ScannedCode;
  verdict: Verdict;
  /** From the register, or from a genuine signature. */
  card?: Card;
  /** Only when the card's scheme says that it is shown. */
  hint?: string;
  service: Service;
  venue: Venue;
  /** How the card uses the service; absent when it doesn't. */
  rule?: ServiceRule;
  people: People;
  allowed: PeopleAllowed;
  /** Id of the course or performance that the visit is for. */
  offering?: string;
  /** Seats of the offering or portions of the day, left as far as the device knows. */
  left?: number;
  /** R9: `_id` of the choice that the visit is for, where this desk made it today and may undo it. */
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
 * Decides a scan from what the device holds, in one read-only transaction. Nothing is written.
 * @throws when the device is not paired or the service is not in the catalogue: screens offer neither
 */
export function checkVisit(
  db: TiskiDatabase,
  question: VisitQuestion,
  deviceNow: Instant,
): Promise<VisitCheck> {
  // Only in a scope that is itself `async` does Dexie keep the transaction over what the callee awaits.
  return db.transaction('r', tablesToCheck(db), async () => decideWithin(db, question, deviceNow));
}

/** The same inside a transaction that the caller holds. */
export async function decideWithin(
  db: TiskiDatabase,
  question: VisitQuestion,
  deviceNow: Instant,
): Promise<VisitCheck> {
  const { text, signature, offering: named } = question;
  const code = readCode(text);
  // Asked for side by side: what is waited for by itself costs one more way to the disk and back.
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

  const card = found ?? cardBySignature(signature);
  const entry = card && catalogue.schemes.get(card.scheme);
  const scheme = entry?.scheme;
  const offerings = offeringsOf(catalogue, service.id, venue.id);
  const rule = card && ruleFor(service, card, scheme);
  const allowed = card ? peopleAllowed(card, scheme) : holderAlone;
  const people = question.people ?? { ...holderAlone, holder: allowed.holder };
  const history = card
    ? await readHistory(db, { card, scheme, service, venue, offerings, offering: named, clock })
    : noHistory;

  const verdict = decideVisit(
    {
      code,
      service,
      venue,
      offerings,
      people,
      ...(signature && { signature }),
      ...(named !== undefined && { offering: named }),
    },
    {
      ...(found && { found: { card: found, ...(scheme && { scheme }) } }),
      ...(scheme && { signedScheme: scheme }),
      ...(standing && { standing }),
      ...(asOf !== undefined && { asOf }),
    },
    history,
    clock,
  );
  return {
    question,
    code,
    verdict,
    service,
    venue,
    people,
    allowed,
    clock,
    ...(card && { card }),
    ...(rule && { rule }),
    ...(rule &&
      meantOffering(rule, { offering: named, offerings }, history, { scheme, clock, venue, people })),
    ...freshChoice(history, verdict, device, { venue, clock }),
    ...(card?.hint !== undefined && entry?.document.hintShown && { hint: card.hint }),
    ...(asOf !== undefined && { registerAsOf: asOf }),
  };
}

/** R2: the card that a genuine signature tells of; what it is worth is decided by the rules. */
function cardBySignature(signature: Signature | undefined): Card | undefined {
  return signature?.kind === 'genuine' && !signature.isKeyExpired
    ? cardOfSignature(signature.card)
    : undefined;
}

/** What the visit takes a place of, and how many places there are; also where the verdict is a refusal. */
function meantOffering(
  rule: ServiceRule,
  wanted: { offering: string | undefined; offerings: readonly Offering[] },
  history: History,
  around: { scheme: Scheme | undefined; clock: ClockReading; venue: Venue; people: People },
): { offering?: string; left?: number } {
  if (rule.kind === 'portions') return { left: Math.max(0, rule.perDay - history.portionsToday) };
  const { offering: named, offerings } = wanted;
  const { offering } = settleOffering(
    rule,
    { offerings, ...(named !== undefined && { offering: named }) },
    history,
    {
      today: localDate(around.clock.now, around.venue.zone),
      scheme: around.scheme,
      heads: headCount(around.people),
    },
  );
  const meant = offerings.find(({ id }) => id === (offering ?? named));
  const left = meant && seatsLeft(meant, history.taken);
  return { ...(meant && { offering: meant.id }), ...(left !== undefined && { left }) };
}

/** R9: a choice is undone at the desk that made it, on its day. */
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

/** The desk's venue; its document may be late or in quarantine, and work goes on with the usual values. */
function venueOf(catalogue: Catalogue, device: Device): Venue {
  const known = catalogue.venues.get(device.venue)?.venue;
  if (known) return known;
  const names = { fi: device.venue, sv: device.venue, en: device.venue };
  return venueFromDocument(
    v.parse(venueDocument, { _id: `venue:${device.venue}`, type: 'venue', v: 1, names }),
  );
}
