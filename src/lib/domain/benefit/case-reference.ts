/** What people call a case, on screens and in letters: `T-4XK9QZ`. @param id `case:ULID` */
export const caseReference = (id: string): string => `T-${id.slice(-6)}`;
