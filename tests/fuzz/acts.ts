import { day, minute } from '../../src/lib/domain/time/day';
import type { City } from './city';
import { registerDatabase } from './databases';
import type { DeskStore } from './desk';
import { aBusyNumber, aNumber, courses, databaseOf, packRegister, workAtOffice } from './office';

const clockJumps = [-400 * day, -day, -60 * minute, 0, 60 * minute, day, 400 * day];
const spans = [1_000, minute, 60 * minute, day, 10 * day];

const works = {
  log: 24,
  undo: 6,
  choose: 9,
  release: 2,
  resolve: 3,
  review: 3,
  office: 12,
  'office-decides': 8,
  'office-releases': 3,
  'save-file': 1,
  'take-in': 2,
  'take-venue': 2,
  'give-venue': 3,
  'log-too-new': 1,
  'try-again': 4,
  pack: 4,
  'open-tab': 5,
  'close-tab': 3,
  crash: 6,
  background: 4,
  pair: 1,
  revoke: 1,
  reinstate: 3,
  'sign-out': 1,
  'sign-in': 3,
  'server-dies': 2,
  'server-starts': 6,
  'nodes-replaced': 3,
  'nodes-agree': 4,
  'back-up': 5,
  restore: 5,
  'clock-jumps': 2,
  'time-passes': 6,
  'disk-full': 1,
  'disk-free': 4,
  poison: 1,
  hurry: 3,
} as const;
export type Work = keyof typeof works;
const isWork = (name: string): name is Work => name in works;
/** Everything that may be done, as often as it is likely. */
export const deck = Object.entries(works).flatMap(([name, weight]) =>
  isWork(name) ? Array<Work>(weight).fill(name) : [],
);

/** What the office wrote: nobody else has it. */
export function noteDecided({ world, ledger }: City, written: ReturnType<City['office']['decide']>): void {
  for (const { document } of written) {
    world.note(`office-decides ${document._id}`);
    ledger.decided.add(document._id);
  }
}

/** Somebody or something acts, between two steps of the programs. */
export async function act(city: City, work: Work): Promise<void> {
  const { world, server, weather, copies, rights, ledger, office, desks } = city;
  const { random } = world;
  const desk = random.pick(desks);
  const { account } = desk.store.device;
  const note = (what: string) => world.note(`${desk.name} ${work} ${what}`);

  const make = async (making: ReturnType<DeskStore['log']>) => {
    const document = await making;
    note(document?._id ?? 'nothing');
    if (document) {
      const isConfirmed = !(await desk.store.held()).outbox.get(document._id)?.stamp;
      ledger.make({ by: desk.name, database: databaseOf(document), document, isConfirmed, at: world.now });
    }
    return document?._id;
  };

  switch (work) {
    case 'log': {
      const isTheatre = random.pick(desk.store.device.sectors) === 'kulttuuri';
      const logging = isTheatre
        ? desk.store.log(aBusyNumber(random), 'theatre')
        : desk.store.log(aNumber(random), 'swim');
      await make(logging);
      return;
    }
    case 'poison': {
      const id = await make(desk.store.log(aNumber(random), 'swim'));
      if (id !== undefined) weather.poison.add(id);
      return;
    }
    case 'undo': {
      const visits = ledger.madeBy(desk.name, 'visit');
      if (visits.length > 0) await make(desk.store.undo(random.pick(visits)));
      return;
    }
    case 'choose':
      await make(desk.store.choose(aBusyNumber(random), random.pick(courses)));
      return;
    case 'release': {
      const choices = ledger.madeBy(desk.name, 'choice');
      if (choices.length > 0) await make(desk.store.release(random.pick(choices)));
      return;
    }
    case 'resolve':
      await make(desk.store.resolve(random.pick(['accept', 'contact']), random.next()));
      return;
    case 'review':
      note('');
      await desk.store.review();
      return;
    case 'office':
      world.note(workAtOffice(server, random));
      return;
    case 'office-decides':
    case 'office-releases':
      noteDecided(city, work === 'office-decides' ? office.decide() : office.release());
      return;
    case 'save-file': {
      // With a full disk it says what the device would say now, which may be refused later (409): S16, not S3.
      if (desk.isDiskFull) return;
      note('');
      await desk.store.local.confirmTimes(undefined);
      const held = await desk.store.held();
      ledger.confirm(desk.name, held, world.now);
      office.saveFile(held.outbox.values());
      return;
    }
    case 'take-in':
      world.note(`take-in ${office.takeIn().join(' ')}`);
      return;
    case 'take-venue':
      note('');
      rights.withoutVenue.add(account.name);
      return;
    case 'give-venue':
      rights.withoutVenue.clear();
      return;
    case 'log-too-new': {
      const id = await make(desk.store.log(aNumber(random), 'swim'));
      if (id !== undefined) rights.tooNew.add(id);
      return;
    }
    case 'try-again': {
      const refused = [...(await desk.store.held()).outbox].filter(([, { state }]) => state === 'refused');
      if (refused.length === 0) return;
      const [id] = random.pick(refused);
      note(id);
      await desk.store.tryAgain(id);
      return;
    }
    case 'pack':
      world.note(await packRegister(server, random));
      return;
    case 'open-tab':
      if (desk.tabs.length > 2) return;
      note('');
      desk.openTab();
      return;
    case 'close-tab':
      if (desk.tabs.length === 0) return;
      note('');
      desk.closeTab(random.pick(desk.tabs));
      return;
    case 'crash':
      if (desk.tabs.length === 0) return;
      note('');
      if (random.next() < 0.3) desk.crashAll();
      else desk.crash(random.pick(desk.tabs));
      return;
    case 'background':
      note('');
      desk.pushInBackground();
      return;
    case 'pair': {
      const name = `${desk.name}-${random.pick(['b', 'c', 'd'])}`;
      note(name);
      if (name === account.name) return;
      server.revoked.add(account.name);
      server.revoked.delete(name);
      await desk.pair({ ...desk.store.device, account: { name, password: '' }, state: 'active' });
      return;
    }
    case 'revoke':
      note('');
      server.revoked.add(account.name);
      return;
    case 'reinstate':
      server.revoked.delete(account.name);
      return;
    case 'sign-out':
      note('');
      weather.signedOut.add(account.name);
      return;
    case 'sign-in':
      weather.signedOut.clear();
      return;
    case 'server-dies':
      world.note(work);
      weather.isServerUp = false;
      for (const drop of [...weather.held]) drop();
      return;
    case 'server-starts':
      weather.isServerUp = true;
      return;
    case 'nodes-replaced':
      weather.epochs = random.pick(['missing', 'two-in-turn']);
      world.note(`${work}, epochs ${weather.epochs}`);
      return;
    case 'nodes-agree':
      world.note(work);
      weather.epochs = 'agreed';
      return;
    case 'back-up':
      world.note(work);
      copies.backUp(server);
      return;
    case 'restore':
      if (!copies.hasBackup) return;
      ledger.seeServer();
      copies.restore(random.pick(['renewed', 'renewed', 'kept']));
      world.note(`restore, epoch ${server.database(registerDatabase).epoch ?? ''}`);
      if (random.next() < 0.5) world.note(await packRegister(server, random));
      return;
    case 'clock-jumps':
      desk.clockOffset = random.pick(clockJumps);
      note(`by ${desk.clockOffset / minute} min`);
      return;
    case 'time-passes':
      await world.passTo(
        random.next() < 0.5 ? (world.nextWaking() ?? world.now) : world.now + random.pick(spans),
      );
      world.note(work);
      return;
    case 'disk-full':
      note('');
      desk.isDiskFull = true;
      return;
    case 'disk-free':
      desk.isDiskFull = false;
      return;
    case 'hurry':
      desk.hurry();
      return;
  }
}
