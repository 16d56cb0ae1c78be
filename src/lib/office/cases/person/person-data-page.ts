import { m } from '$lib/paraglide/messages';
import type { PersonData } from './person-data-api';

type Language = 'fi' | 'sv' | 'en';

/** Everything that is held about somebody as a page to read and print, in the language that they speak. */
export function personDataPage(data: PersonData): string {
  const { facts, log, cards } = data.person;
  const locale: Language = facts?.language ?? 'fi';
  const title = m.privacy_page_title({}, { locale });
  const instant = (at: string | number) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
  const contact = facts && ('value' in facts.contact ? facts.contact.value : facts.contact.kind);
  const address =
    facts?.address && `${facts.address.street}, ${facts.address.postcode} ${facts.address.town}`;
  const parts = [
    section(m.privacy_page_facts({}, { locale }), [
      facts && `${facts.name.given} ${facts.name.family}`,
      facts && String(facts.birthYear),
      facts?.language,
      contact,
      address,
      ...log.map(({ kind, by, at }) => `${instant(at)} · ${kind} · ${by}`),
    ]),
    section(
      m.privacy_page_cards({}, { locale }),
      cards.map(({ number, since, until }) => `${number}: ${since} – ${until ?? ''}`),
    ),
    rawSection(m.privacy_page_card_details({}, { locale }), [...data.cards, ...data.cardLogs]),
    ...data.cases.map((file) =>
      section(m.privacy_page_case({ scheme: file.scheme, id: file._id.slice(-6) }, { locale }), [
        file.consent.given
          ? m.privacy_page_consent(
              { version: file.consent.textVersion, when: instant(file.consent.at) },
              { locale },
            )
          : m.privacy_page_no_consent({ why: file.consent.overrideReason }, { locale }),
        file.note,
        ...Object.entries(file.answers).map(([question, answer]) => `${question}: ${String(answer)}`),
        ...file.wishes,
        ...file.log.map((action) => `${instant(action.at)} · ${action.by} · ${described(action)}`),
      ]),
    ),
    rawSection(m.privacy_page_letters({}, { locale }), data.letters),
    rawSection(m.privacy_page_submissions({}, { locale }), data.submissions),
    section(
      m.privacy_page_looks({}, { locale }),
      data.looks.map(({ at, account, action, organisation, why }) =>
        [instant(at), account, action, organisation, why].filter(Boolean).join(' · '),
      ),
    ),
  ];
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2rem}li,pre{overflow-wrap:anywhere;white-space:pre-wrap}</style></head>
<body><h1>${escaped(title)}</h1><p>${escaped(instant(data.madeAt))}</p>
${parts.join('\n')}
</body></html>
`;
}

/** An entry of a log: what happened, and everything that was said with it. */
function described({ kind, by: _by, at: _at, ...rest }: { kind: string; by: string; at: number }): string {
  const said = Object.entries(rest).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return [kind, ...said].join(', ');
}

function section(title: string, lines: readonly (string | undefined)[]): string {
  const items = lines.flatMap((line) => (line ? [`<li>${escaped(line)}</li>`] : []));
  return items.length === 0 ? '' : `<h2>${escaped(title)}</h2>\n<ul>\n${items.join('\n')}\n</ul>`;
}

function rawSection(title: string, documents: readonly object[]): string {
  if (documents.length === 0) return '';
  const pages = documents.map((each) => `<pre>${escaped(JSON.stringify(each, null, 2))}</pre>`);
  return `<h2>${escaped(title)}</h2>\n${pages.join('\n')}`;
}

const signs: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
