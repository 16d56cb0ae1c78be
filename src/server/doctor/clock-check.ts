import { findingsOf, type Finding } from './finding';

const { good, warning, bad, notChecked } = findingsOf('clock');

/** What another machine's clock said, between two readings of ours, ms. */
export interface ClockReading {
  /** Whose clock it is. */
  name: string;
  /** Its `Date` header; undefined if it sent none. */
  date: string | undefined;
  askedAt: number;
  answeredAt: number;
  /** It answers on this machine, so its clock is this one. */
  isHere: boolean;
}

const warnMs = 2_000;
const badMs = 60_000;

/** How far apart the clocks are, ms; a `Date` header has whole seconds, cut off. */
function differenceMs({ date, askedAt, answeredAt }: ClockReading): number {
  return Date.parse(date ?? '') + 500 - (askedAt + answeredAt) / 2;
}

export function clockFindings(readings: readonly ClockReading[]): Finding[] {
  const usable = readings.filter((reading) => !Number.isNaN(differenceMs(reading)));
  const told = usable.map(readingFinding);
  const isShown = usable.some(({ isHere }) => !isHere) || told.some(({ state }) => state !== 'good');
  if (isShown) return told;
  return [
    notChecked(
      'There was no clock of another machine to compare with.',
      'Look at timedatectl, or give the public address with --url.',
    ),
  ];
}

function readingFinding(reading: ClockReading): Finding {
  const difference = differenceMs(reading);
  const apart = Math.abs(difference);
  if (apart <= warnMs) return good(`This clock and that of ${reading.name} agree.`);
  const seconds = Math.round(apart / 1000);
  const says = `The clock of ${reading.name} is ${seconds} s ${difference > 0 ? 'ahead of' : 'behind'} this one.`;
  return (apart > badMs ? bad : warning)(
    says,
    'Set both clocks by NTP (timedatectl set-ntp true): sessions, one-time codes and the days of keys go by them.',
  );
}

const zone = 'Europe/Helsinki';

/** Whether this Node.js knows the city's time zone. */
export function zoneFindings(): Finding[] {
  const noon = new Date('2026-07-01T12:00:00Z');
  try {
    const hour = new Intl.DateTimeFormat('en', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' });
    if (hour.format(noon) === '15') return [good(`The time zone ${zone} is known.`)];
  } catch {
    // Reported below.
  }
  return [
    bad(`The time zone ${zone} is not known.`, 'Use a Node.js with full ICU data, as nodejs.org builds it.'),
  ];
}
