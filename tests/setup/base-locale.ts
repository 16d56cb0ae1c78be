import { baseLocale, overwriteGetLocale } from '../../src/lib/paraglide/runtime';

// A worker runs the tests of many files over the same modules: each file begins with the same language.
overwriteGetLocale(() => baseLocale);
