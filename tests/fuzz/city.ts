import { aDevice, steadyMark, sundayMorning } from '../paired-database';
import { FakeServer } from '../fake-server';
import { registerDatabase } from './databases';
import { Desk, type DeskStore } from './desk';
import { Invariants } from './invariants';
import { Ledger } from './ledger';
import { fairWeather, type Weather } from './line';
import { MemoryDesk } from './memory-desk';
import { Copies, furnish, sectors } from './office';
import type { Random } from './random';
import { ReviewOffice } from './review-office';
import { Rights } from './rights';
import { TwinDesk } from './twin-desk';
import { World } from './world';

/** `memory`: the model of the device's store. `stored`: the real one beside it, compared at every transaction. */
export type Kind = 'memory' | 'stored';

export interface City {
  world: World;
  server: FakeServer;
  weather: Weather;
  copies: Copies;
  rights: Rights;
  ledger: Ledger;
  invariants: Invariants;
  office: ReviewOffice;
  desks: Desk[];
}

/** A server, its office, and up to three desks with one or two sectors. */
export async function aCity(random: Random, kind: Kind, isTold: boolean): Promise<City> {
  const world = new World(random, sundayMorning, isTold);
  const now = () => world.now;
  const server = new FakeServer();
  const weather = fairWeather();
  const copies = new Copies();
  const rights = new Rights();
  const ledger = new Ledger(server);
  const invariants = new Invariants(ledger, server, copies, weather, now);
  const office = new ReviewOffice(server, random, now);
  server.validate = (document, account) => {
    const reason = rights.reasonAgainst(document, account);
    if (reason !== undefined) ledger.noteRefused(document._id, reason);
    return reason;
  };
  furnish(server);
  const city: City = { world, server, weather, copies, rights, ledger, invariants, office, desks: [] };
  for (const name of ['desk-1', 'desk-2', 'desk-3'].slice(0, random.pick([1, 2, 3]))) {
    const desk = await aDesk(city, name, kind);
    city.desks.push(desk);
    desk.openTab();
  }
  return city;
}

async function aDesk(city: City, name: string, kind: Kind): Promise<Desk> {
  const { world, server, weather, ledger, invariants } = city;
  const { random } = world;
  const device = aDevice({
    deskId: name,
    account: { name, password: '' },
    sectors: random.pick([sectors, sectors.slice(0, 1)]),
  });
  const deviceNow = () => world.now + (desk?.clockOffset ?? 0);
  const clockMark = () => desk?.clockMark() ?? steadyMark;
  const packed = (snapshot: string) => server.database(registerDatabase).packed.get(snapshot) ?? [];
  const store: DeskStore =
    kind === 'memory'
      ? new MemoryDesk(device, deviceNow, clockMark, packed)
      : await TwinDesk.open(device, { now: deviceNow, clockMark }, packed, (what) =>
          ledger.violate(`${name}: ${what}`),
        );
  let before = await store.held();
  const onCommit = async (each: Desk, what: string) => {
    const held = await store.held();
    if (what === 'prune') ledger.forget(name, before, held);
    if (what === 'confirmTimes') ledger.confirm(name, held, world.now);
    invariants.checkSafety(each, held);
    before = held;
  };
  const hasLocks = random.next() < 0.75;
  const desk: Desk = new Desk(name, store, world, server, weather, onCommit, hasLocks);
  return desk;
}
