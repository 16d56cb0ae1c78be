import type { Route } from './route';

/** A route's path in canonical form, for a CouchDB behind us. */
export function pathOfRoute(route: Route): string {
  const encodedId = (id: string) => encodeURIComponent(id).replace(/^(_design|_local)%2F/, '$1/');
  switch (route.kind) {
    case 'welcome':
      return '/';
    case 'up':
      return '/_up';
    case 'all-databases':
      return '/_all_dbs';
    case 'session':
      return '/_session';
    case 'uuids':
      return '/_uuids';
    case 'database':
      return `/${encodeURIComponent(route.database)}`;
    case 'local':
    case 'document':
      return `/${encodeURIComponent(route.database)}/${encodedId(route.id)}`;
    case 'attachment': {
      const name = route.name.split('/').map(encodeURIComponent).join('/');
      return `/${encodeURIComponent(route.database)}/${encodedId(route.id)}/${name}`;
    }
    default:
      return `/${encodeURIComponent(route.database)}/_${route.kind.replaceAll('-', '_')}`;
  }
}
