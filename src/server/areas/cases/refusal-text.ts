import type { CaseRefusal } from '$lib/domain/benefit/case-refusal';

const texts: Record<CaseRefusal, string> = {
  'other-account': 'Everybody acts in their own name.',
  'right-missing': 'Your account has no right to do this.',
  'not-received': 'The case has not been received.',
  'already-received': 'The case has been received already.',
  'not-open': 'The case has been decided.',
  'not-decided': 'The case has not been decided.',
  closed: 'The case is closed.',
  'not-assigned': 'Take the case first: it is nobody’s yet.',
  'assigned-to-other': 'The case is somebody else’s. Take it over first.',
  'nothing-to-judge': 'No possible duplicate was found.',
  'own-referral': 'You entered this case yourself: somebody else decides it.',
  'self-approval-unmarked': 'You entered this case yourself: confirm that you decide it all the same.',
  'not-self-approval': 'Only a decision on one’s own referral carries that mark.',
  'decided-before': 'You have decided this case before: somebody else decides on the rectification.',
  incomplete: 'Something that the criteria ask for is missing: ask for it, or refuse.',
  'duplicate-not-judged': 'First say whether this is the same person as somebody known.',
  'over-cap': 'The scheme’s cap is reached: nothing more can be granted.',
  'still-waiting': 'The person still has time to answer.',
  'reasons-missing': 'Give reasons: choose a template, or write them.',
  'before-decision': 'The day is before the decision.',
  'letter-missing': 'Send the letter first.',
  'nothing-to-rectify': 'There is no decision that the person knows of.',
  'not-a-refused-hand-out': 'A written decision is made about a refused hand-out only.',
};

/** The rule that says no, as one English sentence; screens have their own by its code. */
export const refusalText = (reason: CaseRefusal): string => texts[reason];
