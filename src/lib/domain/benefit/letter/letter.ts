import type { CaseOutcome, CaseSource, LetterWay } from '$lib/domain/benefit/case-action';
import type { Reopening } from '$lib/domain/benefit/case-status';
import { letterDates, redressOf, type LetterDates } from '$lib/domain/benefit/rectification';
import type { LocalDate } from '$lib/domain/time/day';
import type { Address, Bilingual, LetterLanguage, LetterTemplates, Office } from './letter-templates';

/** Whom to ask. */
export interface Official {
  name: string;
  title?: string | undefined;
  phone?: string | undefined;
  email?: string | undefined;
}

/** About whom the decision is. */
export interface AddressedPerson {
  name: { given: string; family: string };
  language: LetterLanguage | 'en';
  address?: Address | undefined;
  email?: string | undefined;
  /** To having their data handled, and so to an e-mail about it. */
  hasConsented: boolean;
}

/** What is known of a case when a letter is made. */
export interface LetterFacts {
  reference: string;
  /** Undefined for somebody who was erased. */
  person?: AddressedPerson | undefined;
  scheme: { id: string; name?: Bilingual; services: readonly Bilingual[] };
  decided: {
    outcome: Exclude<CaseOutcome, 'withdrawn'>;
    on: LocalDate;
    /** Ids of templates. */
    reasons: readonly string[];
    text: string;
    validity?: { from: LocalDate; until: LocalDate } | undefined;
    reopening?: Reopening | undefined;
  };
  received: { on: LocalDate; source: CaseSource };
  criteria: { version: number; whoQualifies?: Bilingual | undefined };
  proofs: readonly { name: Bilingual; on: LocalDate }[];
  official?: Official | undefined;
  templates: LetterTemplates;
  /** `language` counts only for somebody who is served in English. */
  sending: { way: LetterWay; on: LocalDate; language?: LetterLanguage | undefined };
}

/** Somebody to whom people write, in the letter's language. */
export type Correspondent = Omit<Office, 'name'> & { name: string };

/** A letter's content, in its language. What is not known is empty or absent: `missingFrom` names it. */
export interface Letter extends LetterDates {
  language: LetterLanguage;
  isLanguageChosen: boolean;
  reference: string;
  authority: Correspondent;
  decidedOn: LocalDate;
  way: LetterWay;
  sentOn: LocalDate;
  recipient: { name: string; address?: Address | undefined; email?: string | undefined };
  hasConsented: boolean;
  scheme: string;
  outcome: LetterFacts['decided']['outcome'];
  answersRectification: boolean;
  validity?: { from: LocalDate; until: LocalDate } | undefined;
  services: readonly string[];
  reasons: readonly string[];
  /** Ids of chosen templates that are gone. */
  unknownReasons: readonly string[];
  received: LetterFacts['received'];
  criteria: { version: number; whoQualifies: string };
  proofs: readonly { name: string; on: LocalDate }[];
  /** What the criteria are based on. */
  schemeProvisions: readonly string[];
  provisions: readonly string[];
  official?: Official | undefined;
  redress: Correspondent & { kind: 'rectification' | 'appeal' };
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** B40 B41: from what was decided to what the letter says. Total: what isn't known stays empty. */
export function letterFrom(facts: LetterFacts): Letter {
  const { person, scheme, decided, templates, sending, criteria } = facts;
  const wanted = person?.language === 'en' || !person ? sending.language : person.language;
  const language = wanted ?? 'fi';
  const inLanguage = (text: Bilingual | undefined) => text?.[language].trim() ?? '';
  const correspondent = ({ name, ...reached }: Office): Correspondent => ({
    ...reached,
    name: inLanguage(name),
  });
  const chosen = decided.reasons.map((id) => ({
    id,
    text: inLanguage(templates.reasons.find((each) => each.id === id)?.text),
  }));
  const kind = redressOf(decided.reopening);
  const ofScheme = templates.ofSchemes.find((each) => each.scheme === scheme.id)?.provisions;
  return {
    ...letterDates(sending, decided.reopening),
    language,
    isLanguageChosen: wanted !== undefined,
    reference: facts.reference,
    authority: correspondent(templates.authority),
    decidedOn: decided.on,
    way: sending.way,
    sentOn: sending.on,
    recipient: {
      name: person ? `${person.name.given} ${person.name.family}` : '',
      address: person?.address,
      email: person?.email,
    },
    hasConsented: person?.hasConsented ?? false,
    scheme: inLanguage(scheme.name),
    outcome: decided.outcome,
    answersRectification: decided.reopening?.kind === 'rectification',
    validity: decided.outcome === 'granted' ? decided.validity : undefined,
    services: scheme.services.map(inLanguage).filter((name) => name !== ''),
    reasons: [...chosen.map(({ text }) => text), ...linesOf(decided.text)].filter((text) => text !== ''),
    unknownReasons: chosen.filter(({ text }) => text === '').map(({ id }) => id),
    received: facts.received,
    criteria: { version: criteria.version, whoQualifies: inLanguage(criteria.whoQualifies) },
    proofs: facts.proofs.map(({ name, on }) => ({ name: inLanguage(name), on })),
    schemeProvisions: linesOf(inLanguage(ofScheme)),
    provisions: linesOf(inLanguage(templates.provisions)),
    official: facts.official,
    redress: { ...correspondent(templates[kind === 'appeal' ? 'court' : 'rectification']), kind },
  };
}
