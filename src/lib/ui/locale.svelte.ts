import {
  baseLocale,
  extractLocaleFromNavigator,
  getLocale,
  locales,
  overwriteGetLocale,
  setLocale,
  type Locale,
} from '$lib/paraglide/runtime';

export { locales, type Locale };

/** Each language by its own name. */
export const localeNames: Record<Locale, string> = { fi: 'Suomi', sv: 'Svenska', en: 'English' };

const intlLocales: Record<Locale, string> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' };

let chosen = $state<Locale>('fi');

/** Makes every message follow the chosen language without a reload, so that nothing on a screen is lost. */
export function startLocale(): void {
  chosen = firstLocale();
  document.documentElement.lang = chosen;
  overwriteGetLocale(() => chosen);
}

/** The one chosen before on this device, else the browser's. */
function firstLocale(): Locale {
  try {
    return getLocale();
  } catch {
    // A browser that stores nothing throws when asked what it remembers.
    return extractLocaleFromNavigator() ?? baseLocale;
  }
}

export function currentLocale(): Locale {
  return chosen;
}

/** Remembered in the browser's local storage, if it has any. */
export function chooseLocale(locale: Locale): void {
  chosen = locale;
  document.documentElement.lang = locale;
  try {
    void setLocale(locale, { reload: false });
  } catch {
    // Holds until the page is closed.
  }
}

/** The BCP 47 tag for dates and numbers: Swedish and English as used in Finland and Europe. */
export function intlLocale(): string {
  return intlLocales[getLocale()];
}
