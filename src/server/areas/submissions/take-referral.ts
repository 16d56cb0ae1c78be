import { takeCase, type Taking } from '../../people/take-case';
import type { Take } from './take';

/**
 * A referral becomes a case, under an id made from the submission's: once, however often it is taken. Who
 * sent it has entered it (B8); whose laptop says it made it is kept beside it.
 */
export const referralTaker =
  (taking: Taking): Take<'referral'> =>
  async ({ source, organisation, path, person, proofs, ...about }, { id, at, by, author, rights }) => {
    await takeCase(taking, {
      id,
      person,
      about: { ...about, criteria: 0, ...(path !== undefined && { path }) },
      proofs,
      received: {
        by,
        role: rights.has('referrer') ? 'referrer' : 'receive',
        source,
        mode: 'decision',
        isIncomplete: false,
        deviceAt: Date.parse(at),
        ...(organisation !== undefined && { organisation }),
        ...(author !== undefined && author !== by && { madeBy: author }),
      },
    });
    return { kind: 'taken' };
  };
