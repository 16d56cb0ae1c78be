import type { LocalizedText } from '$lib/documents/fields';
import { isChoosable, isListed, seatsLeft, type Offering } from '$lib/domain/catalogue/offering';
import { choicesAllowed, type ServiceRule } from '$lib/domain/catalogue/service';
import { localDate, type Instant } from '$lib/domain/time/day';
import type { Card } from '$lib/domain/visit/card';
import { standingChoices } from '$lib/domain/visit/settle-offering';
import { offeringsOf, readCatalogue } from './catalogue';
import type { TiskiDatabase } from './database';
import { choicesTaken, presentChoices, seatsTaken } from './history';

/** A course or a performance that staff can pick for a card. */
export interface OfferingOption {
  offering: Offering;
  names: LocalizedText;
  /** Places left as far as the device knows; absent if unlimited. */
  left?: number;
  /** R9: the card's holder has chosen it, and the choice counts. */
  isChosen: boolean;
}

export interface OptionsQuestion {
  service: string;
  venue: string;
  zone: string;
  rule: ServiceRule | undefined;
  card: Card | undefined;
  now: Instant;
}

/** What can be picked: open courses, chosen ones first (R9), or today's performances (R10). */
export function offeringOptions(db: TiskiDatabase, question: OptionsQuestion): Promise<OfferingOption[]> {
  const { service, venue, zone, rule, card, now } = question;
  const tables = [db.catalogue, db.cursors, db.visits, db.voids, db.choices, db.releases];
  return db.transaction('r', tables, async () => {
    const catalogue = await readCatalogue(db);
    const today = localDate(now, zone);
    const allowed = choicesAllowed(rule);
    const isCourse = allowed !== undefined;
    const all = offeringsOf(catalogue, service, venue);
    const chosen = new Set<string>();
    if (isCourse && card) {
      const choices = await presentChoices(db, card, service, zone);
      const scheme = catalogue.schemes.get(card.scheme)?.scheme;
      for (const each of standingChoices(choices, allowed, all, scheme, today)) chosen.add(each.offering);
    }
    const offerings = all.filter(
      (offering) =>
        chosen.has(offering.id) || (isCourse ? isChoosable(offering, today) : isListed(offering, today)),
    );
    const ids = offerings.map(({ id }) => id);
    const taken = isCourse ? await choicesTaken(db, ids) : await seatsTaken(db, ids);
    return offerings
      .map((offering): OfferingOption => {
        const left = seatsLeft(offering, taken);
        const names = catalogue.offerings.get(offering.id)?.document.names;
        return {
          offering,
          names: names ?? { fi: offering.id, sv: offering.id, en: offering.id },
          isChosen: chosen.has(offering.id),
          ...(left !== undefined && { left }),
        };
      })
      .sort((a, b) => Number(b.isChosen) - Number(a.isChosen));
  });
}
