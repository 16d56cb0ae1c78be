import { addDays, type LocalDate } from '$lib/domain/time/day';
import { makeSigningKey, signCode, type SigningKey } from '../../keys/signing-key';
import { cardNumberFrom, type DemoCard } from '../../demo/demo-cards';

export interface SignedDemoCard extends Omit<DemoCard, 'kind'> {
  kind: 'by-signature' | 'forged';
}

/** R2: a card issued this morning, which no register has yet, and a forged one. */
export async function demoSignedCards(key: SigningKey, today: LocalDate): Promise<SignedDemoCard[]> {
  const card = {
    number: cardNumberFrom('2024901'),
    scheme: 'hyvinvointikortti',
    validFrom: today,
    validUntil: addDays(today, 364),
  };
  const foreign = await makeSigningKey(today);
  const swimming = { venue: 'uimahalli', service: 'uinti' };
  return [
    { kind: 'by-signature', code: signCode(card, key), ...swimming },
    { kind: 'forged', code: signCode(card, { ...foreign, kid: key.kid }), ...swimming },
  ];
}
