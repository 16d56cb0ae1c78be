import { toleratedSkew } from '$lib/domain/time/clock';
import { day, hour, type Instant } from '$lib/domain/time/day';
import type { Range } from './desk-gaps';
import { isRoomLow, type StorageRoom } from './storage';

/** S15: what an office can know about a paired desk. Instants by the server's clock or corrected to it. */
export interface DeskCondition {
  lastHeard?: Instant;
  registerAsOf?: Instant;
  waiting: number;
  waitingSince?: Instant;
  refused: number;
  quarantined: number;
  /** Server time minus device time, ms. */
  clockSkewMs?: number;
  /** The build's name: its instant in ms. */
  version?: string;
  storage?: StorageRoom;
  isPersistent?: boolean;
  lost: readonly Range[];
  usedTwice: readonly number[];
  broken: readonly number[];
  /** Visits, choices and what undoes them that have two versions on the server. */
  conflicting: number;
}

/** Something that somebody should look into, the most urgent kinds first. */
export type DeskProblem =
  | { kind: 'lost-visits'; ranges: readonly Range[] }
  | { kind: 'cloned'; numbers: readonly number[] }
  | { kind: 'changed-visits'; numbers: readonly number[] }
  | { kind: 'conflicting'; count: number }
  | { kind: 'refused'; count: number }
  | { kind: 'silent-with-visits'; count: number; since: Instant }
  | { kind: 'waiting-long'; count: number; since: Instant }
  | { kind: 'room-low'; storage: StorageRoom }
  | { kind: 'never-heard' }
  | { kind: 'silent'; since: Instant }
  | { kind: 'old-cards'; asOf?: Instant }
  | { kind: 'clock-off'; skewMs: number }
  | { kind: 'unreadable'; count: number }
  | { kind: 'old-version' }
  | { kind: 'not-persistent' };

export type DeskTone = 'fine' | 'hint' | 'attention' | 'urgent';

/** A venue may be closed over a weekend. */
const silentAfter = 3 * day;
const waitingLongAfter = hour;
const oldCardsAfter = day;

/** A desk's problems in order of urgency; empty if it is well. */
export function problemsOf(desk: DeskCondition, now: Instant, serverVersion?: string): DeskProblem[] {
  const { lastHeard, waiting, waitingSince, clockSkewMs = 0 } = desk;
  const isSilent = lastHeard !== undefined && now - lastHeard > hour;
  const found: (DeskProblem | false | undefined)[] = [
    desk.lost.length > 0 && { kind: 'lost-visits', ranges: desk.lost },
    desk.usedTwice.length > 0 && { kind: 'cloned', numbers: desk.usedTwice },
    desk.broken.length > 0 && { kind: 'changed-visits', numbers: desk.broken },
    desk.conflicting > 0 && { kind: 'conflicting', count: desk.conflicting },
    desk.refused > 0 && { kind: 'refused', count: desk.refused },
    waiting > 0 && isSilent && { kind: 'silent-with-visits', count: waiting, since: lastHeard },
    waiting > 0 &&
      !isSilent &&
      waitingSince !== undefined &&
      now - waitingSince > waitingLongAfter && { kind: 'waiting-long', count: waiting, since: waitingSince },
    desk.storage !== undefined && isRoomLow(desk.storage) && { kind: 'room-low', storage: desk.storage },
    lastHeard === undefined && { kind: 'never-heard' },
    lastHeard !== undefined &&
      waiting === 0 &&
      now - lastHeard > silentAfter && { kind: 'silent', since: lastHeard },
    !isSilent && lastHeard !== undefined && cardsAreOld(desk, now),
    Math.abs(clockSkewMs) > toleratedSkew && { kind: 'clock-off', skewMs: clockSkewMs },
    desk.quarantined > 0 && { kind: 'unreadable', count: desk.quarantined },
    isOlder(desk.version, serverVersion) && { kind: 'old-version' },
    desk.isPersistent === false && { kind: 'not-persistent' },
  ];
  return found.filter((each): each is DeskProblem => typeof each === 'object');
}

function cardsAreOld({ registerAsOf }: DeskCondition, now: Instant): DeskProblem | false {
  if (registerAsOf !== undefined && now - registerAsOf <= oldCardsAfter) return false;
  return { kind: 'old-cards', ...(registerAsOf !== undefined && { asOf: registerAsOf }) };
}

/** Builds are named by their instant; any other name never counts as older. */
function isOlder(version: string | undefined, server: string | undefined): boolean {
  return Number(version) < Number(server);
}

/** How much a problem matters: a lost or stuck visit is urgent, what resolves itself is a hint. */
export function toneOfProblem({ kind }: DeskProblem): Exclude<DeskTone, 'fine'> {
  switch (kind) {
    case 'lost-visits':
    case 'cloned':
    case 'changed-visits':
    case 'conflicting':
    case 'refused':
    case 'silent-with-visits':
      return 'urgent';
    case 'waiting-long':
    case 'room-low':
    case 'never-heard':
    case 'silent':
    case 'old-cards':
    case 'clock-off':
    case 'unreadable':
      return 'attention';
    case 'old-version':
    case 'not-persistent':
      return 'hint';
  }
}

/** A desk's tone is that of its first problem, the most urgent one. */
export function toneOfDesk([first]: readonly DeskProblem[]): DeskTone {
  return first ? toneOfProblem(first) : 'fine';
}
