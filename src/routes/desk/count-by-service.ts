import type { DayVisit } from '$lib/store/visits';

/** Visits of each service, except undone ones. */
export function countByService(visits: readonly DayVisit[]): { service: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { service, isVoided } of visits) {
    if (!isVoided) counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  return [...counts].map(([service, count]) => ({ service, count }));
}
