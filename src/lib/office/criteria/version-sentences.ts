import type { CriteriaInput } from '$lib/documents/criteria/criteria-document';
import type { ReferringOrganisation } from '$lib/documents/criteria/organisations-document';
import type { LocalizedText } from '$lib/documents/fields';
import { m } from '$lib/paraglide/messages';
import { formatCount, formatDay } from '$lib/ui/format';
import type { Locale } from '$lib/ui/locale.svelte';
import { validityText } from '$lib/ui/validity-text';

/** A version in plain sentences, in the order of the form; the two public texts stand on their own. */
export function versionSentences(
  { mode, questions, proofs, servicePaths, validity, cap }: CriteriaInput,
  organisations: readonly ReferringOrganisation[],
  locale: Locale,
): string[] {
  const list = (names: readonly LocalizedText[]) => names.map((each) => each[locale]).join(', ');
  const nameOf = (id: string) => organisations.find((each) => each.id === id)?.names[locale] ?? id;
  return [
    mode === 'decision' ? m.criteria_says_mode_decision() : m.criteria_says_mode_hand_out(),
    questions.length > 0
      ? m.criteria_says_questions({ list: list(questions.map(({ text }) => text)) })
      : m.criteria_says_no_questions(),
    proofs.length > 0
      ? m.criteria_says_proofs({ list: list(proofs.map(({ names }) => names)) })
      : m.criteria_says_no_proofs(),
    ...servicePaths.map(({ names, organisations: ids }) =>
      m.criteria_says_path({ path: names[locale], list: ids.map(nameOf).join(', ') }),
    ),
    validityText(validity),
    capSentence(cap),
  ];
}

function capSentence(cap: CriteriaInput['cap']): string {
  switch (cap?.kind) {
    case undefined:
      return m.criteria_says_no_cap();
    case 'yearly':
      return m.criteria_says_yearly({ count: formatCount(cap.most) });
    case 'pilot':
      return m.criteria_says_pilot({
        count: formatCount(cap.most),
        from: formatDay(cap.from),
        until: formatDay(cap.until),
      });
  }
}
