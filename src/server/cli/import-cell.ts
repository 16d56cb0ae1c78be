/** A parsed cell, or why it can't be parsed. */
export type Cell<T> = { ok: true; value: T } | { ok: false; reason: string };

export const good = <T>(value: T): Cell<T> => ({ ok: true, value });
export const bad = (reason: string): Cell<never> => ({ ok: false, reason });

/** How much of a cell an error message repeats. */
export const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
