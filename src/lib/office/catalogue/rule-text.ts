import type { RuleNumber } from '$lib/domain/visit/rule-number';
import { m } from '$lib/paraglide/messages';

const texts: Record<RuleNumber, () => string> = {
  R1: m.rule_r1,
  R2: m.rule_r2,
  R3: m.rule_r3,
  R4: m.rule_r4,
  R5: m.rule_r5,
  R6: m.rule_r6,
  R7: m.rule_r7,
  R8: m.rule_r8,
  R9: m.rule_r9,
  R10: m.rule_r10,
  R11: m.rule_r11,
  R12: m.rule_r12,
  R13: m.rule_r13,
};

/** A rule's number and its subject. */
export const ruleText = (rule: RuleNumber): string => texts[rule]();
