import type { Correspondent, Letter, Official } from './letter';
import type { Address } from './letter-templates';
import { letterStyle } from './letter-style';
import { letterText, type LetterText } from './letter-text';

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? '');

const paragraph = (text: string, of = ''): string =>
  `<p${of === '' ? '' : ` class="${of}"`}>${escaped(text)}</p>`;
const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
const lines = (texts: readonly string[]): string =>
  texts
    .filter((text) => text !== '')
    .map(escaped)
    .join('<br>');
const section = (heading: string, ...content: readonly string[]): string =>
  `<section><h2>${escaped(heading)}</h2>${content.join('')}</section>`;

const linesOfAddress = (address: Address | undefined): string[] =>
  address ? [address.street, `${address.postcode} ${address.town}`] : [];

const linesOfContact = (
  { phone, email }: { phone?: string | undefined; email?: string | undefined },
  { labels }: LetterText,
): string[] => [
  ...(phone === undefined ? [] : [`${labels.phone}: ${phone}`]),
  ...(email === undefined ? [] : [`${labels.email}: ${email}`]),
];

const linesOf = (to: Correspondent, text: LetterText): string[] => [
  to.name,
  ...linesOfAddress(to.address),
  ...linesOfContact(to, text),
];

/**
 * The letter as one HTML page of its own: the same letter gives the same bytes, nothing is loaded from
 * elsewhere, no script is in it, and everything that somebody has typed is escaped.
 * @param isDraft marks it on every page as not sent
 */
export function letterHtml(letter: Letter, { isDraft }: { isDraft: boolean }): string {
  const text = letterText(letter.language);
  const title = `${text.kind} ${letter.reference}`;
  return [
    '<!doctype html>',
    `<html lang="${letter.language}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>`,
    `<style>${letterStyle}</style></head><body>`,
    isDraft ? paragraph(text.draft, 'draft') : '',
    head(letter, text),
    '<main>',
    `<h1>${escaped(text.subject(letter))}</h1>`,
    decision(letter, text),
    letter.reasons.length === 0
      ? ''
      : section(text.headings.reasons, ...letter.reasons.map((reason) => paragraph(reason))),
    section(
      text.headings.basis,
      list(text.facts(letter)),
      paragraph(text.provisions),
      list([...letter.schemeProvisions, ...letter.provisions]),
    ),
    letter.official ? official(letter.official, text) : '',
    redress(letter, text),
    '</main></body></html>\n',
  ].join('\n');
}

function head({ authority, recipient, ...letter }: Letter, text: LetterText): string {
  const [name = '', ...more] = linesOf(authority, text);
  const about = [
    [text.labels.decidedOn, text.shortDay(letter.decidedOn)],
    [text.labels.sentOn, text.shortDay(letter.sentOn)],
    [text.labels.reference, letter.reference],
  ] as const;
  const terms = about.map(([term, value]) => `<dt>${escaped(term)}</dt><dd>${escaped(value)}</dd>`);
  return [
    `<header><div class="sender"><strong>${escaped(name)}</strong><br>${lines(more)}</div>`,
    `<div class="about"><strong>${escaped(text.kind.toUpperCase())}</strong><dl>${terms.join('')}</dl></div>`,
    `<div class="recipient">${lines([recipient.name, ...linesOfAddress(recipient.address)])}</div></header>`,
  ].join('\n');
}

function decision(letter: Letter, text: LetterText): string {
  const { outcome, validity, services } = letter;
  return section(
    text.headings.decision,
    paragraph(text.decision(letter), 'decision'),
    validity ? paragraph(text.validity(text.shortDay(validity.from), text.shortDay(validity.until))) : '',
    outcome === 'granted' && services.length > 0 ? paragraph(text.services) + list(services) : '',
  );
}

function official({ name, title, ...reached }: Official, text: LetterText): string {
  const signed = [name, ...(title === undefined ? [] : [title])].join(', ');
  return section(
    text.headings.official,
    paragraph(`${text.decidedBy}: ${signed}`),
    `<p>${escaped(text.askFrom)}:<br>${lines([signed, ...linesOfContact(reached, text)])}</p>`,
  );
}

function redress({ redress: to, way, sentOn, notice, lastDay }: Letter, text: LetterText): string {
  const says = text.redress[to.kind];
  const noticeDay = text.fullDay(notice);
  return [
    `<section class="redress"><h2>${escaped(says.heading)}</h2>`,
    paragraph(says.intro),
    `<h3>${escaped(text.headings.notice)}</h3>`,
    paragraph(text.notice(way, text.fullDay(sentOn), noticeDay)),
    `<h3>${escaped(says.lastDayHeading)}</h3>`,
    paragraph(text.fullDay(lastDay), 'last-day'),
    paragraph(says.period(noticeDay)),
    paragraph(says.arrival),
    `<h3>${escaped(says.to)}</h3>`,
    `<p>${lines(linesOf(to, text))}</p>`,
    `<h3>${escaped(says.contentHeading)}</h3>`,
    list(says.content),
    `<h3>${escaped(says.attachedHeading)}</h3>`,
    list(says.attached),
    ...says.closing.map((each) => paragraph(each)),
    '</section>',
  ].join('\n');
}
