import * as v from 'valibot';
import { canonicalJson } from '$lib/documents/canonical';
import { registerDatabase } from '$lib/documents/databases';
import type { CardLogDocument } from '$lib/documents/people/card-log-document';
import type { HeldCard } from '$lib/documents/people/person-document';
import { cardDocument } from '$lib/documents/register/card-document';
import { cardStateOf, foldCard } from '$lib/domain/benefit/card-life';
import type { LocalDate } from '$lib/domain/time/day';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../../couch/client';
import { storeAlone } from '../../couch/store-alone';
import { cityDay } from '../../criteria/stored-criteria';
import { readPerson, storeAboutPeople } from '../../people/people-documents';
import { registerCard } from './register-card';

/** Somebody else was always faster. */
const mostTries = 20;

/**
 * Brings the register, which desks read, and the person, who has the card, to what the card's log says. Done
 * again after a crash it changes nothing more.
 */
export async function settleCard(client: CouchClient, log: CardLogDocument, now: Date): Promise<void> {
  await settleRegister(client, log, cityDay(now));
  await settlePerson(client, log, cityDay(now));
}

async function settleRegister(client: CouchClient, log: CardLogDocument, today: LocalDate): Promise<void> {
  const path = documentPath(registerDatabase, `card:${log.number}`);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const reply = await client.request('GET', path);
    if (reply.status !== 200 && reply.status !== 404) throw new UnexpectedCouchReply('GET', path, reply);
    const stored = reply.status === 200 ? v.parse(storedCard, reply.body) : undefined;
    const card = registerCard(log, stored, today);
    if (card === undefined || canonicalJson(card) === canonicalJson(stored)) return;
    if ((await storeAlone(client, registerDatabase, { ...card })) === 'stored') return;
  }
  throw new Error(`The card ${log.number} is changed all the time.`);
}

const storedCard = v.looseObject({ ...cardDocument.entries, _rev: v.string() });

/** The link from a person to a card: as long as the card is theirs. */
async function settlePerson(client: CouchClient, log: CardLogDocument, today: LocalDate): Promise<void> {
  const state = cardStateOf(foldCard(log.number, log.card));
  const isTheirs = state === 'handed-out' || state === 'active' || state === 'blocked';
  for (let tries = 0; tries < mostTries; tries += 1) {
    const person = await readPerson(client, log.person);
    if (person?.facts === undefined) return;
    const held = person.cards.find(({ number }) => number === log.number);
    if (held !== undefined && isTheirs === (held.until === undefined)) return;
    const next: HeldCard = { ...(held ?? { number: log.number, since: today, case: log.case }) };
    if (isTheirs) delete next.until;
    else next.until = today;
    const cards = held ? person.cards.map((each) => (each === held ? next : each)) : [...person.cards, next];
    if ((await storeAboutPeople(client, { ...person, cards })) === 'stored') return;
  }
  throw new Error(`The person of the card ${log.number} is changed all the time.`);
}
