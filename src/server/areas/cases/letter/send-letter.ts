import * as v from 'valibot';
import type { CaseDocument } from '$lib/documents/cases/case-document';
import type { LetterDocument, LetterSending } from '$lib/documents/letters/letter-document';
import { caseId } from '$lib/documents/people/person-document';
import type { CaseStatus } from '$lib/domain/benefit/case-status';
import { foldCase } from '$lib/domain/benefit/fold-case';
import { letterFrom, type Letter } from '$lib/domain/benefit/letter/letter';
import { letterHtml } from '$lib/domain/benefit/letter/letter-html';
import { missingFrom, type MissingPart } from '$lib/domain/benefit/letter/missing-from';
import { mayAct } from '$lib/domain/benefit/may-act';
import { letterDates, type LetterDates } from '$lib/domain/benefit/rectification';
import { addDays, localDate } from '$lib/domain/time/day';
import type { Person } from '../../../api/caller';
import { ApiFailure } from '../../../api-failure';
import type { LogAction } from '../../../audit/audit-log';
import type { CouchClient } from '../../../couch/client';
import { readCase, storeAboutPeople, type Stored } from '../../../people/people-documents';
import { changed, loggedAction } from '../act-on-case';
import { refusalText } from '../refusal-text';
import { gatherFacts, letterZone } from './gather-facts';
import { hashOfPage, idOfLetter, readLetter, removeLetter, storeLetter } from './stored-letter';

interface Sending {
  client: CouchClient;
  log: LogAction;
  now: () => Date;
}

/** What was sent, and the days that follow from it. */
export interface SentLetter extends LetterDates {
  id: string;
  sha256: string;
}

export interface LetterPreview extends LetterDates {
  html: string;
  missing: readonly MissingPart[];
}

/** How far ahead a letter may be dated: printed before a holiday, posted after it. */
const mostDaysAhead = 7;

/** How the letter would be, marked as a draft; whoever looks is logged first. @throws {ApiFailure} 404, 422 */
export async function previewLetter(
  { client, log }: Sending,
  id: string,
  sending: LetterSending,
  by: Person,
): Promise<LetterPreview> {
  const { file, status } = await openCase(client, id);
  await log({ ...entryOf(file, by), action: 'letter-previewed' });
  const letter = letterFrom(await gatherFacts(client, file, status, sending));
  const { notice, lastDay, finalFrom } = letter;
  const html = letterHtml(letter, { isDraft: true });
  return { html, missing: missingFrom(letter), notice, lastDay, finalFrom };
}

/**
 * Makes the letter about a case's newest decision, keeps it byte for byte, and notes on the case that it was
 * sent, logged before. Asked again for the same letter, it answers with the one that was sent.
 * @param rev the revision of the case that the person looked at
 * @throws {ApiFailure} 404; 409 `changed`; 422 with the rule that says no, or `letter-incomplete`
 */
export async function sendLetter(
  { client, log, now }: Sending,
  id: string,
  { rev, ...sending }: LetterSending & { rev: string },
  by: Person,
): Promise<SentLetter> {
  const { file, status } = await openCase(client, id);
  if (file._rev !== rev) return (await sentBefore(client, file, status, rev, sending)) ?? raise(changed());
  const action = loggedAction({ kind: 'letter-sent', way: sending.way, on: sending.on }, by, now().getTime());
  const permission = mayAct(status, action, by);
  if (!permission.ok) throw new ApiFailure(422, permission.reason, refusalText(permission.reason));
  requireDay(sending.on, localDate(now().getTime(), letterZone));
  const letter = letterFrom(await gatherFacts(client, file, status, sending));
  const missing = missingFrom(letter);
  if (missing.length > 0) throw incomplete(missing);
  const document = documentOf(letter, file, by, now());
  const entry = { ...entryOf(file, by), about: document._id };
  await log({ ...entry, action: 'case-letter-sent' });
  await storeLetter(client, document);
  const next = { ...file, log: [...file.log, { ...action, letter: document._id }] };
  if ((await storeAboutPeople(client, next)) === 'stored') return sentOf(document, letter);
  const latest = await openCase(client, id);
  const sent = await sentBefore(client, latest.file, latest.status, rev, sending);
  if (sent?.id === document._id) return sent;
  await log({ ...entry, action: 'not-done' });
  await removeLetter(client, document._id);
  return sent ?? raise(changed());
}

const raise = (failure: ApiFailure): never => {
  throw failure;
};

async function openCase(
  client: CouchClient,
  id: string,
): Promise<{ file: Stored<CaseDocument>; status: CaseStatus }> {
  const file = v.is(caseId, id) ? await readCase(client, id) : undefined;
  const status = file && foldCase(file.log);
  if (file && status) return { file, status };
  throw new ApiFailure(404, 'unknown-case', 'There is no such case.');
}

const entryOf = (file: CaseDocument, { account, rights }: Person) => ({
  account,
  case: file._id,
  people: [file.person],
  rights: [...rights],
});

/** B42 */
function requireDay(on: string, today: string): void {
  const last = addDays(today, mostDaysAhead);
  if (on >= today && on <= last) return;
  throw new ApiFailure(422, 'not-that-day', `A letter is sent from ${today} to ${last}.`, 'on');
}

const incomplete = (missing: readonly MissingPart[]) =>
  new ApiFailure(422, 'letter-incomplete', `The letter lacks: ${missing.join(', ')}.`, missing[0]);

function documentOf(letter: Letter, file: Stored<CaseDocument>, by: Person, at: Date): LetterDocument {
  const html = letterHtml(letter, { isDraft: false });
  const document = {
    type: 'letter' as const,
    v: 1 as const,
    case: file._id,
    about: file._rev,
    way: letter.way,
    on: letter.sentOn,
    language: letter.language,
    by: by.account,
    madeAt: at.toISOString(),
    sha256: hashOfPage(html),
    html,
  };
  return { _id: idOfLetter(document), ...document };
}

const sentOf = ({ _id: id, sha256 }: LetterDocument, { notice, lastDay, finalFrom }: LetterDates) => ({
  id,
  sha256,
  notice,
  lastDay,
  finalFrom,
});

/** The same letter, if it was sent of that revision: somebody pressed twice, or the answer was lost. */
async function sentBefore(
  client: CouchClient,
  file: CaseDocument,
  status: CaseStatus,
  rev: string,
  sending: LetterSending,
): Promise<SentLetter | undefined> {
  for (const action of file.log.toReversed()) {
    if (action.kind !== 'letter-sent' || action.letter === undefined) continue;
    const letter = await readLetter(client, action.letter);
    if (letter?.about !== rev || letter.way !== sending.way || letter.on !== sending.on) continue;
    if (sending.language !== undefined && letter.language !== sending.language) continue;
    const reopening = status.conclusions.at(-1)?.reopening;
    return sentOf(letter, letterDates(letter, reopening));
  }
  return undefined;
}
