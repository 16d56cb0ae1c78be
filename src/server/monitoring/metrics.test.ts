import { expect, it } from 'vitest';
import { deskFigures } from './desk-figures';
import { Metrics } from './metrics';

const noRegister = () => undefined;

it('asks the store once for many readers', async () => {
  let asked = 0;
  const desks = () => {
    asked += 1;
    return Promise.resolve(deskFigures([], 0));
  };
  const metrics = new Metrics({ desks, register: noRegister });
  await Promise.all([metrics.text(), metrics.text()]);
  await metrics.text();
  expect(asked).toBe(1);
});

it('over a store that fails it says so, and leaves out what it does not know', async () => {
  const metrics = new Metrics({ desks: () => Promise.reject(new Error('away')), register: noRegister });
  metrics.countRequest({ route: '/', method: 'GET' }, 503, 12);
  const { body } = await metrics.text();
  expect(body).toMatch(/^tiski_store_up 0$/m);
  expect(body).not.toMatch(/^tiski_(desks|desk_visits|desk_visits_oldest\w*|register_\w+)[ {]/m);
  expect(body).toContain('tiski_http_request_duration_seconds_count{route="/",method="GET",status="5xx"} 1');
});

it('counts no rows in an answer that has none', async () => {
  const metrics = new Metrics({ desks: () => Promise.resolve(deskFigures([], 0)), register: noRegister });
  for (const answer of [undefined, null, 'text', { error: 'x' }, ['text', null]]) metrics.countVisits(answer);
  const { body } = await metrics.text();
  expect(body.match(/^tiski_visit_documents_total.*/gm)).toEqual([
    'tiski_visit_documents_total{outcome="stored"} 0',
    'tiski_visit_documents_total{outcome="conflict"} 0',
    'tiski_visit_documents_total{outcome="refused"} 0',
  ]);
});
