import { idOf } from '$lib/documents/catalogue/catalogue-documents';
import type { CriteriaVersion } from '$lib/documents/criteria/criteria-document';
import { catalogueDatabase } from '$lib/documents/databases';
import type { LocalizedText } from '$lib/documents/fields';
import { newestVersion, sortVersions } from '$lib/domain/benefit/criteria-versions';
import type { LocalDate } from '$lib/domain/time/day';
import type { CouchClient } from '../../couch/client';
import { readAllCriteria } from '../../criteria/stored-criteria';
import { parsed } from '../../documents/read-documents';
import { documentsOfType } from '../../provision/catalogue';

/** A scheme of the catalogue with the criteria that hold today, and those to come. */
interface ListedScheme {
  scheme: string;
  names: LocalizedText;
  /** The number of its newest version; 0 if it has no criteria yet. */
  newest: number;
  inForce?: CriteriaVersion;
  coming: readonly CriteriaVersion[];
}

/** The names of the catalogue's schemes, by id. */
export async function schemeNames(client: CouchClient): Promise<ReadonlyMap<string, LocalizedText>> {
  const documents = (await documentsOfType(client, catalogueDatabase, 'scheme')).flatMap(parsed);
  return new Map(
    documents.flatMap((each) => (each.type === 'scheme' ? [[idOf(each), each.names] as const] : [])),
  );
}

export async function listSchemes(client: CouchClient, today: LocalDate): Promise<ListedScheme[]> {
  const [criteria, names] = await Promise.all([readAllCriteria(client), schemeNames(client)]);
  return [...names].map(([scheme, itsNames]) => {
    const versions = criteria.get(scheme) ?? [];
    const { inForce, coming } = sortVersions(versions, today);
    return {
      scheme,
      names: itsNames,
      newest: newestVersion(versions),
      ...(inForce !== undefined && { inForce }),
      coming,
    };
  });
}
