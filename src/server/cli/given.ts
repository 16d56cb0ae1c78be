/** The value of an environment variable; an empty one counts as unset. */
export const given = (value: string | undefined) => (value === '' ? undefined : value);
