import { day, minute } from '../../src/lib/domain/time/day';
import type { City } from './city';
import { registerDatabase } from './databases';
import type { Desk, DeskStore } from './desk';
import { aBusyNumber, aNumber, courses, databaseOf, packRegister, workAtOffice } from './office';
import type { Random } from './random';

const clockJumps = [-400 * day, -day, -60 * minute, 0, 60 * minute, day, 400 * day];
const spans = [1_000, minute, 60 * minute, day, 10 * day];

/** What an act has to do with: the city, one of its desks, and what it says of itself. */
interface Scene extends City {
  random: Random;
  desk: Desk;
  /** Name of the desk's present account. */
  account: string;
  /** Tells the story: this desk does it. */
  note: (what?: string) => void;
  /** What a desk makes is noted in the ledger; gives its id. */
  make: (making: ReturnType<DeskStore['log']>) => Promise<string | undefined>;
}

interface Act {
  /** Against the others' weights. */
  weight: number;
  run: (scene: Scene) => Promise<void> | void;
}

const acts = {
  log: {
    weight: 24,
    async run({ random, desk: { store }, make }) {
      const isTheatre = random.pick(store.device.sectors) === 'kulttuuri';
      await make(isTheatre ? store.log(aBusyNumber(random), 'theatre') : store.log(aNumber(random), 'swim'));
    },
  },
  undo: {
    weight: 6,
    async run({ random, ledger, desk, make }) {
      const visits = ledger.madeBy(desk.name, 'visit');
      if (visits.length > 0) await make(desk.store.undo(random.pick(visits)));
    },
  },
  choose: {
    weight: 9,
    async run({ random, desk, make }) {
      await make(desk.store.choose(aBusyNumber(random), random.pick(courses)));
    },
  },
  release: {
    weight: 2,
    async run({ random, ledger, desk, make }) {
      const choices = ledger.madeBy(desk.name, 'choice');
      if (choices.length > 0) await make(desk.store.release(random.pick(choices)));
    },
  },
  resolve: {
    weight: 3,
    async run({ random, desk, make }) {
      await make(desk.store.resolve(random.pick(['accept', 'contact']), random.next()));
    },
  },
  review: {
    weight: 3,
    async run({ desk, note }) {
      note();
      await desk.store.review();
    },
  },
  office: { weight: 12, run: ({ world, server, random }) => world.note(workAtOffice(server, random)) },
  'office-decides': { weight: 8, run: (city) => noteDecided(city, city.office.decide()) },
  'office-releases': { weight: 3, run: (city) => noteDecided(city, city.office.release()) },
  'save-file': {
    weight: 1,
    async run({ world, ledger, office, desk, note }) {
      // With a full disk it says what the device would say now, which may be refused later (409): S16, not S3.
      if (desk.isDiskFull) return;
      note();
      await desk.store.local.confirmTimes(undefined);
      const held = await desk.store.held();
      ledger.confirm(desk.name, held, world.now);
      office.saveFile(held.outbox.values());
    },
  },
  'take-in': { weight: 2, run: ({ world, office }) => world.note(`take-in ${office.takeIn().join(' ')}`) },
  'take-venue': {
    weight: 2,
    run({ rights, account, note }) {
      note();
      rights.withoutVenue.add(account);
    },
  },
  'give-venue': { weight: 3, run: ({ rights }) => rights.withoutVenue.clear() },
  'log-too-new': {
    weight: 1,
    async run({ random, rights, desk, make }) {
      const id = await make(desk.store.log(aNumber(random), 'swim'));
      if (id !== undefined) rights.tooNew.add(id);
    },
  },
  'try-again': {
    weight: 4,
    async run({ random, desk, note }) {
      const refused = [...(await desk.store.held()).outbox].filter(([, { state }]) => state === 'refused');
      if (refused.length === 0) return;
      const [id] = random.pick(refused);
      note(id);
      await desk.store.tryAgain(id);
    },
  },
  pack: {
    weight: 4,
    run: async ({ world, server, random }) => world.note(await packRegister(server, random)),
  },
  'open-tab': {
    weight: 5,
    run({ desk, note }) {
      if (desk.tabs.length > 2) return;
      note();
      desk.openTab();
    },
  },
  'close-tab': {
    weight: 3,
    run({ random, desk, note }) {
      if (desk.tabs.length === 0) return;
      note();
      desk.closeTab(random.pick(desk.tabs));
    },
  },
  crash: {
    weight: 6,
    run({ random, desk, note }) {
      if (desk.tabs.length === 0) return;
      note();
      if (random.next() < 0.3) desk.crashAll();
      else desk.crash(random.pick(desk.tabs));
    },
  },
  background: {
    weight: 4,
    run({ desk, note }) {
      note();
      desk.pushInBackground();
    },
  },
  pair: {
    weight: 1,
    async run({ random, server, desk, account, note }) {
      const name = `${desk.name}-${random.pick(['b', 'c', 'd'])}`;
      note(name);
      if (name === account) return;
      server.revoked.add(account);
      server.revoked.delete(name);
      await desk.pair({ ...desk.store.device, account: { name, password: '' }, state: 'active' });
    },
  },
  revoke: {
    weight: 1,
    run({ server, account, note }) {
      note();
      server.revoked.add(account);
    },
  },
  reinstate: { weight: 3, run: ({ server, account }) => void server.revoked.delete(account) },
  'sign-out': {
    weight: 1,
    run({ weather, account, note }) {
      note();
      weather.signedOut.add(account);
    },
  },
  'sign-in': { weight: 3, run: ({ weather }) => weather.signedOut.clear() },
  'server-dies': {
    weight: 2,
    run({ world, weather }) {
      world.note('server-dies');
      weather.isServerUp = false;
      for (const drop of [...weather.held]) drop();
    },
  },
  'server-starts': { weight: 6, run: ({ weather }) => void (weather.isServerUp = true) },
  'nodes-replaced': {
    weight: 3,
    run({ world, random, weather }) {
      weather.epochs = random.pick(['missing', 'two-in-turn']);
      world.note(`nodes-replaced, epochs ${weather.epochs}`);
    },
  },
  'nodes-agree': {
    weight: 4,
    run({ world, weather }) {
      world.note('nodes-agree');
      weather.epochs = 'agreed';
    },
  },
  'back-up': {
    weight: 5,
    run({ world, server, copies }) {
      world.note('back-up');
      copies.backUp(server);
    },
  },
  restore: {
    weight: 5,
    async run({ world, random, server, copies, ledger }) {
      if (!copies.hasBackup) return;
      ledger.seeServer();
      copies.restore(random.pick(['renewed', 'renewed', 'kept']));
      world.note(`restore, epoch ${server.database(registerDatabase).epoch ?? ''}`);
      if (random.next() < 0.5) world.note(await packRegister(server, random));
    },
  },
  'clock-jumps': {
    weight: 2,
    run({ random, desk, note }) {
      desk.clockOffset = random.pick(clockJumps);
      note(`by ${desk.clockOffset / minute} min`);
    },
  },
  'time-passes': {
    weight: 6,
    async run({ world, random }) {
      await world.passTo(
        random.next() < 0.5 ? (world.nextWaking() ?? world.now) : world.now + random.pick(spans),
      );
      world.note('time-passes');
    },
  },
  'disk-full': {
    weight: 1,
    run({ desk, note }) {
      note();
      desk.isDiskFull = true;
    },
  },
  'disk-free': { weight: 4, run: ({ desk }) => void (desk.isDiskFull = false) },
  poison: {
    weight: 1,
    async run({ random, weather, desk, make }) {
      const id = await make(desk.store.log(aNumber(random), 'swim'));
      if (id !== undefined) weather.poison.add(id);
    },
  },
  hurry: { weight: 3, run: ({ desk }) => desk.hurry() },
} satisfies Record<string, Act>;
export type Work = keyof typeof acts;
const isWork = (name: string): name is Work => name in acts;
/** Everything that may be done, as often as it is likely. */
export const deck = Object.entries(acts).flatMap(([name, { weight }]) =>
  isWork(name) ? Array<Work>(weight).fill(name) : [],
);

/** What the office wrote: nobody else has it. */
export function noteDecided({ world, ledger }: City, written: ReturnType<City['office']['decide']>): void {
  for (const { document } of written) {
    world.note(`office-decides ${document._id}`);
    ledger.decided.add(document._id);
  }
}

/** Somebody or something acts, between two steps of the programs. No async function: a turn more is another story. */
export function act(city: City, work: Work): Promise<void> | void {
  const { world, ledger, desks } = city;
  const { random } = world;
  const desk = random.pick(desks);
  const note = (what = '') => world.note(`${desk.name} ${work} ${what}`);
  const make: Scene['make'] = async (making) => {
    const document = await making;
    note(document?._id ?? 'nothing');
    if (document) {
      const isConfirmed = !(await desk.store.held()).outbox.get(document._id)?.stamp;
      ledger.make({ by: desk.name, database: databaseOf(document), document, isConfirmed, at: world.now });
    }
    return document?._id;
  };
  const { run }: Act = acts[work];
  return run({ ...city, random, desk, account: desk.store.device.account.name, note, make });
}
