import { readCode } from '$lib/domain/code/scan-code';
import { groupDigits } from '$lib/domain/visit/card-number';
import { m } from '$lib/paraglide/messages';

/** Nobody compares a longer code with a card. */
const longestShown = 40;
/** What has the form of a signed code may open something elsewhere, even if it isn't ours. */
const looksSigned = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Says for a text that no card has what was read: the text itself, but never that of a signed code. */
export function notFoundText(text: string): string {
  const trimmed = text.trim();
  const code = readCode(trimmed);
  const { length } = trimmed;
  switch (code.kind) {
    case 'impossible':
      return m.cards_number_fault();
    case 'signed':
      return m.cards_unknown_signed({ length });
    case 'number':
      return m.cards_unknown({ number: groupDigits(code.number) });
    case 'other':
      if (/^\d{4}[\s-]?\d{4}$/.test(code.value)) return m.cards_unknown_mistyped({ number: code.value });
      return length > longestShown || looksSigned.test(code.value)
        ? m.cards_unknown_long({ length })
        : m.cards_unknown_code({ code: code.value });
  }
}
