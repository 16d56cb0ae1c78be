import {
  aCard,
  aChoice,
  anOffering,
  aRelease,
  aScheme,
  aService,
  aVenue,
  aVisit,
  aVoid,
  cardNumber,
  ulidOf,
} from '../builders';

export type Document = { _id: string } & Record<string, unknown>;

/** A valid document of a type, and what its next revision changes. */
interface Sample {
  make: (index: number, desk: string) => Document;
  change: object;
}

const names = { fi: 'Toinen', sv: 'Annan', en: 'Other' };
const at = '2026-11-22T09:00:00.000Z';
const coordinate = 'x'.repeat(43);
const visit = (index: number, desk: string) => aVisit(desk, index);
const choice = (index: number, desk: string) => aChoice(desk, index);

const samples: Record<string, Sample> = {
  card: {
    make: (index) => ({ ...aCard(cardNumber(1_000 + index)) }),
    change: { validUntil: '2027-11-30' },
  },
  snapshot: {
    make: (index) => ({ _id: `snapshot:e${index}`, type: 'snapshot', v: 1, format: 0, epoch: `e${index}` }),
    change: { format: 1 },
  },
  scheme: { make: (index) => ({ ...aScheme(`x${index}`) }), change: { names } },
  service: { make: (index) => ({ ...aService(`x${index}`) }), change: { names } },
  venue: { make: (index) => ({ ...aVenue(`x${index}`) }), change: { names } },
  offering: { make: (index) => ({ ...anOffering(`x${index}`) }), change: { names } },
  key: {
    make: (index) => ({
      _id: `key:x${index}`,
      type: 'key',
      v: 1,
      jwk: { kty: 'OKP', crv: 'Ed25519', x: coordinate },
      from: '2026-01-01',
    }),
    change: { until: '2027-01-01' },
  },
  'rescue-key': {
    make: (index) => ({
      _id: `rescue-key:x${index}`,
      type: 'rescue-key',
      v: 1,
      jwk: { kty: 'EC', crv: 'P-256', x: coordinate, y: coordinate },
      madeAt: '2026-11-22T08:00:00.000Z',
    }),
    change: { madeAt: at },
  },
  'submission-key': {
    make: (index) => ({
      _id: `submission-key:x${index}`,
      type: 'submission-key',
      v: 1,
      jwk: { kty: 'EC', crv: 'P-256', x: coordinate, y: coordinate },
      madeAt: '2026-11-22T08:00:00.000Z',
    }),
    change: { madeAt: at },
  },
  settings: {
    make: () => ({ _id: 'settings:city', type: 'settings', v: 1, names: { ...names, en: 'City' } }),
    change: { names },
  },
  visit: {
    make: (index, desk) => ({ ...visit(index, desk) }),
    change: { people: { holder: 2, children: 0, assistants: 0 } },
  },
  void: { make: (index, desk) => ({ ...aVoid(visit(index, desk)) }), change: { at } },
  choice: { make: (index, desk) => ({ ...choice(index, desk) }), change: { at } },
  release: { make: (index, desk) => ({ ...aRelease(choice(index, desk)) }), change: { at } },
  resolution: {
    make: (index, desk) => ({
      _id: `resolution:${desk}:${ulidOf(index)}`,
      type: 'resolution',
      v: 1,
      conflict: 'same-visit',
      documents: [visit(index, desk)._id],
      decision: 'contact',
      by: desk,
      at: '2026-11-22T08:00:00.000Z',
    }),
    change: { decision: 'accept' },
  },
  rescue: {
    make: (index) => ({ _id: `rescue:${ulidOf(index)}`, type: 'rescue', v: 1, by: 'office', at, stored: 1 }),
    change: { stored: 2 },
  },
  desk: {
    make: (index) => ({
      _id: `desk:x${index}`,
      type: 'desk',
      v: 1,
      name: 'Kassa',
      venue: 'uimahalli',
      account: `desk-x${index}`,
      status: 'waiting',
      createdAt: at,
    }),
    change: { name: 'Kassa 2' },
  },
  // The mark itself would make the city a demo: another of its type.
  origin: { make: (index) => ({ _id: `origin:x${index}`, type: 'origin', v: 1 }), change: { at } },
  decision: {
    make: (index) => ({ _id: `decision:x${index}`, type: 'decision', v: 1, outcome: { undone: [] } }),
    change: { at },
  },
  epoch: {
    make: (index) => ({ _id: `epoch:x${index}`, type: 'epoch', v: 1, epoch: 'x', made: '0' }),
    change: { epoch: 'y' },
  },
  lease: {
    make: (index) => ({ _id: `lease:x${index}`, type: 'lease', v: 1, holder: 'x', until: at }),
    change: { holder: 'y' },
  },
  ...Object.fromEntries(
    [
      ...['criteria', 'letter-templates', 'account', 'invitation', 'session', 'sign-in-settings'],
      ...['person', 'case', 'card-log', 'letter', 'submission', 'entry'],
    ].map((type) => [
      type,
      { make: (index: number) => ({ _id: `${type}:x${index}`, type, v: 1 }), change: { at } },
    ]),
  ),
  _design: {
    make: (index) => ({ _id: `_design/x${index}`, language: 'javascript' }),
    change: { options: { local_seq: true } },
  },
};

function sampleOf(type: string): Sample {
  const sample = samples[type];
  if (sample === undefined) throw new Error(`rights-documents.ts has no sample of the type ${type}`);
  return sample;
}

let made = 0;

/** A document of a type under a unique id, if more than one of its type may exist. */
export function newDocument(type: string, desk: string): Document {
  made += 1;
  return sampleOf(type).make(made, desk);
}

export const changedDocument = (type: string, document: Document): Document => ({
  ...document,
  ...sampleOf(type).change,
});

export const isSingle = ({ _id }: Document): boolean => _id === 'settings:city';
