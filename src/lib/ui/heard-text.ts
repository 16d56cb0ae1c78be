import type { Mend } from '$lib/domain/code/code-readings';
import { heardKind } from '$lib/domain/code/heard-kind';
import type { KeyboardLayout } from '$lib/domain/code/keyboard-layouts';
import { m } from '$lib/paraglide/messages';
import { formatCount } from './format';

/** What was read, for telling IT on the telephone; never the content of a signed code or a person's id. */
export function heardText(text: string): string {
  const length = formatCount([...text].length);
  switch (heardKind(text)) {
    case 'text':
      return m.scanner_heard_text({ text, length });
    case 'signed':
      return m.scanner_heard_signed({ length });
    case 'personal-id':
      return m.scanner_heard_personal_id({ length });
    case 'long':
      return m.scanner_heard_long({ length });
  }
}

export function layoutName(layout: KeyboardLayout): string {
  switch (layout) {
    case 'fi':
      return m.scanner_layout_fi();
    case 'us':
      return m.scanner_layout_us();
    case 'gb':
      return m.scanner_layout_gb();
    case 'de':
      return m.scanner_layout_de();
    case 'fr':
      return m.scanner_layout_fr();
  }
}

/**
 * What to configure on a scanner whose code had to be corrected; undefined if the desk's settings handle it.
 */
export function mendAdvice(mends: readonly Mend[]): string | undefined {
  for (const mend of mends) {
    switch (mend.kind) {
      case 'layout':
        return m.scanner_advice_layout({
          scanner: layoutName(mend.scanner),
          computer: layoutName(mend.computer),
        });
      case 'caps-lock':
        return m.scanner_advice_caps_lock();
      case 'wrapper':
      case 'uid':
        break;
    }
  }
  return undefined;
}
