import type { CatalogueDocument } from '../../src/lib/documents/catalogue/catalogue-documents';
import type { RuleField } from '../../src/lib/documents/catalogue/rule-fields';
import type { VisitDocument } from '../../src/lib/documents/visits/visit-documents';
import type { ServiceRule } from '../../src/lib/domain/catalogue/service';
import { day, type Instant } from '../../src/lib/domain/time/day';
import type { Card } from '../../src/lib/domain/visit/card';

/** S9 in the model's own words: which visits a device still needs. */

/** For a server that lost them. */
export const daysKept = 30;

/** For a limit that can still count them. */
const daysCounted = { day: 8, week: 8, month: 32, season: 400, validity: Infinity };

/** For a service or a scheme that may come back, or a card that is valid from its first visit (R14). */
const anyDays = 400;

export function isWorthKeeping(
  visit: VisitDocument,
  catalogue: readonly CatalogueDocument[],
  card: Card | undefined,
  now: Instant,
): boolean {
  const { at, timeUncertain } = visit;
  const atTheLatest = Date.parse(timeUncertain?.until ?? timeUncertain?.from ?? at);
  const latest = Math.max(Date.parse(at), atTheLatest);
  return now - latest <= Math.max(daysKept, daysWanted(visit, catalogue, card)) * day;
}

function daysWanted(
  visit: VisitDocument,
  catalogue: readonly CatalogueDocument[],
  card: Card | undefined,
): number {
  const services = catalogue.filter((each) => each.type === 'service');
  const schemes = catalogue.filter((each) => each.type === 'scheme');
  const sectorOf = (id: string) => services.find(({ _id }) => _id === `service:${id}`)?.sector;
  const sector = sectorOf(visit.service);
  const scheme = schemes.find(({ _id }) => _id === `scheme:${visit.scheme ?? ''}`);
  if (sector === undefined || !scheme) return anyDays;
  const rules: [string, RuleField | ServiceRule | undefined][] = [
    ...services.map(({ _id, rule }): [string, RuleField] => [_id.slice('service:'.length), rule]),
    ...schemes.flatMap(({ rules: own = {} }) => Object.entries(own)),
    ...(card?.rights ?? []).map(({ service, rule }): [string, ServiceRule | undefined] => [service, rule]),
  ];
  const counting = rules.flatMap(([service, rule]) => {
    const limit = rule && limitOf(rule);
    const isCounted = service === visit.service || (limit?.over === 'sector' && sectorOf(service) === sector);
    return limit && isCounted ? [daysCounted[limit.per]] : [];
  });
  return Math.max(0, ...counting, ...(scheme.startsOnFirstVisit === undefined ? [] : [anyDays]));
}

const limitOf = (rule: RuleField | ServiceRule) =>
  rule.kind === 'limit' ? rule : 'limit' in rule ? rule.limit : undefined;
