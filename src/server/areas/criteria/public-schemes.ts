import {
  idOf,
  type SchemeDocument,
  type ServiceDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import type { PublicScheme, PublicSchemes } from '$lib/documents/criteria/public-schemes';
import { catalogueDatabase } from '$lib/documents/databases';
import { sortVersions } from '$lib/domain/benefit/criteria-versions';
import type { LocalDate } from '$lib/domain/time/day';
import type { CouchClient } from '../../couch/client';
import { cityDay, readAllCriteria, readOrganisations } from '../../criteria/stored-criteria';
import { parsed } from '../../documents/read-documents';
import { documentsOfType } from '../../provision/catalogue';

/** The most schemes that are published. */
const mostSchemes = 200;

async function catalogueOf(client: CouchClient) {
  const [schemes, services, venues, settings] = await Promise.all(
    ['scheme', 'service', 'venue', 'settings'].map(async (type) =>
      (await documentsOfType(client, catalogueDatabase, type)).flatMap(parsed),
    ),
  );
  const [city] = (settings ?? []).flatMap((each) => (each.type === 'settings' ? [each.names] : []));
  return {
    city,
    schemes: (schemes ?? []).filter((each) => each.type === 'scheme'),
    services: new Map(
      (services ?? []).flatMap((each) => (each.type === 'service' ? [[idOf(each), each] as const] : [])),
    ),
    venues: new Map(
      (venues ?? []).flatMap((each) => (each.type === 'venue' ? [[idOf(each), each.names] as const] : [])),
    ),
  };
}

/** What everybody may know about the schemes that have criteria today: no question, no person, no number of cards. */
async function readPublicSchemes(client: CouchClient, now: Date): Promise<PublicSchemes> {
  const [criteria, { list }, { city, schemes, services, venues }] = await Promise.all([
    readAllCriteria(client),
    readOrganisations(client),
    catalogueOf(client),
  ]);
  const today = cityDay(now);
  const organisations = new Map(list.map((each) => [each.id, each]));
  const told = schemes.slice(0, mostSchemes).flatMap((scheme): PublicScheme[] => {
    const { inForce } = sortVersions(criteria.get(idOf(scheme)) ?? [], today);
    if (inForce === undefined) return [];
    const { from, mode, validity, whoQualifies, whatElse, proofs, servicePaths } = inForce;
    return [
      {
        id: idOf(scheme),
        names: scheme.names,
        from,
        mode,
        validity,
        whoQualifies,
        whatElse,
        ...(scheme.fee !== undefined && { fee: scheme.fee }),
        proofs: proofs.map(({ names }) => names),
        gives: givenBy(scheme, services).map((service) => ({
          names: service.names,
          venues: service.venues.flatMap((id) => venues.get(id) ?? []),
          isPaused: isPaused(service, today),
        })),
        paths: servicePaths.map(({ names, organisations: ids }) => ({
          names,
          organisations: ids.flatMap((id) => {
            const found = organisations.get(id);
            return found ? [{ names: found.names, ...(found.reach && { reach: found.reach }) }] : [];
          }),
        })),
      },
    ];
  });
  return { ...(city && { city }), schemes: told };
}

const givenBy = (
  { services: ids }: SchemeDocument,
  services: ReadonlyMap<string, ServiceDocument>,
): ServiceDocument[] => ids.flatMap((id) => services.get(id) ?? []);

/** R5: a desk refuses it meanwhile, so the page must not promise it. */
const isPaused = ({ paused }: ServiceDocument, today: LocalDate): boolean =>
  paused !== undefined && paused.since <= today && (paused.until === undefined || today <= paused.until);

/** How long one look at the store answers everybody, ms: nobody can make the server read it all at will. */
const freshMs = 2_000;

/** The published schemes, read once for all who ask at the same time. */
export class PublishedSchemes {
  #read: { at: number; answer: Promise<PublicSchemes> } | undefined;

  constructor(
    private readonly client: CouchClient,
    private readonly now: () => Date,
  ) {}

  read(): Promise<PublicSchemes> {
    const at = performance.now();
    if (this.#read === undefined || at - this.#read.at > freshMs) {
      const answer = readPublicSchemes(this.client, this.now());
      this.#read = { at, answer };
      // A failure is not kept.
      answer.catch(() => this.forget());
    }
    return this.#read.answer;
  }

  /** After a change that this server has made. */
  forget(): void {
    this.#read = undefined;
  }
}
