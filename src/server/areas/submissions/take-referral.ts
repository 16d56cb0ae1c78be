import { referralFaults } from '$lib/domain/benefit/referral-faults';
import { criteriaOn, mayRefer } from '$lib/domain/benefit/criteria';
import { readCriteria, cityDay } from '../../criteria/stored-criteria';
import { takeCase, type Taking } from '../../people/take-case';
import type { Take } from './take';

/**
 * A referral becomes a case, under an id made from the submission's: once, however often it is taken. It is
 * judged by the criteria of the day on which it was made. Who sent it has entered it (B8); whoever made it on
 * the device is kept beside them.
 */
export const referralTaker =
  (taking: Taking): Take<'referral'> =>
  async ({ source, organisation, path, person, proofs, ...about }, { id, at, by, author, rights }) => {
    const versions = (await readCriteria(taking.client, about.scheme))?.versions ?? [];
    const criteria = criteriaOn(versions, cityDay(new Date(at)));
    if (criteria !== undefined && source === 'referral' && !mayRefer(criteria, organisation ?? '', path)) {
      const reason = 'This organisation refers nobody by that path.';
      return { kind: 'refused', code: 'may-not-refer', reason, field: 'organisation' };
    }
    const shown = proofs.map(({ proof }) => proof);
    const faults =
      criteria &&
      referralFaults(criteria, {
        organisation: organisation ?? '',
        servicePath: path ?? '',
        answers: about.answers,
        proofs: shown,
      });
    await takeCase(taking, {
      id,
      person,
      about: { ...about, criteria: criteria?.version ?? 0, ...(path !== undefined && { path }) },
      proofs,
      received: {
        by,
        role: rights.has('referrer') ? 'referrer' : 'receive',
        source,
        mode: criteria?.mode ?? 'decision',
        isIncomplete: faults?.some(({ kind }) => kind === 'unanswered') ?? false,
        deviceAt: Date.parse(at),
        ...(organisation !== undefined && { organisation }),
        ...(author !== undefined && author !== by && { madeBy: author }),
      },
    });
    return { kind: 'taken' };
  };
