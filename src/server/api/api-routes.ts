import type { FastifyInstance } from 'fastify';
import { addAccounts } from '../areas/accounts/routes';
import { addAudit } from '../areas/audit/routes';
import { addCards } from '../areas/cards/routes';
import { addCases } from '../areas/cases/routes';
import { addCatalogue } from '../areas/catalogue/routes';
import { addDemo } from '../areas/demo/routes';
import { addDesks } from '../areas/desks/routes';
import { addHolders } from '../areas/holders/routes';
import { addLetters } from '../areas/letters/routes';
import { addPrivacy } from '../areas/privacy/routes';
import { addRescue } from '../areas/rescue/routes';
import { addReviews } from '../areas/reviews/routes';
import { addSubmissions } from '../areas/submissions/routes';
import { nothingHere } from '../http/static-app';
import type { ApiSettings } from './api-settings';
import { answerFailures } from './failures';
import { addHealth } from './health';
import { readJsonBodies } from './json-bodies';
import { addReady } from './ready';

/** A new area is one line here. */
const areas: readonly ((routes: FastifyInstance, settings: ApiSettings) => void)[] = [
  addDesks,
  addCards,
  addCases,
  addHolders,
  addLetters,
  addReviews,
  addRescue,
  addSubmissions,
  addCatalogue,
  addDemo,
  addAccounts,
  addAudit,
  addPrivacy,
];

/** The routes below /api/: health, readiness and every area's. Bodies and answers are JSON. */
export function addApiRoutes(app: FastifyInstance, settings: ApiSettings): void {
  void app.register(
    (routes, _options, done) => {
      readJsonBodies(routes);
      answerFailures(routes, settings.onFault);
      addHealth(routes, settings);
      addReady(routes, settings.readiness);
      for (const addArea of areas) addArea(routes, settings);
      // Before the app's own page, which answers at every other address.
      routes.all('/*', (_request, reply) => nothingHere(reply));
      done();
    },
    { prefix: '/api' },
  );
}
