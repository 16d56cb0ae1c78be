/** A demo desk's usual day with one service: which weekdays (1 Monday), how many visits, from and to which hour. */
export interface Routine {
  /** The desk's account name. */
  desk: string;
  venue: string;
  service: string;
  weekdays: readonly number[];
  visits: readonly [least: number, most: number];
  hours: readonly [from: number, to: number];
}

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const workdays = [1, 2, 3, 4, 5];

export const swimmingHallDesk = { desk: 'desk-demouimi', venue: 'uimahalli' };
const gym = { service: 'kuntosali', weekdays: everyDay };

export const routines: readonly Routine[] = [
  { ...swimmingHallDesk, service: 'aamu-uinti', weekdays: workdays, visits: [5, 11], hours: [6, 9] },
  { ...swimmingHallDesk, service: 'uinti', weekdays: everyDay, visits: [14, 26], hours: [9, 20] },
  { ...swimmingHallDesk, service: 'vesijumppa', weekdays: [2, 4], visits: [4, 8], hours: [16, 18] },
  { ...gym, desk: 'desk-demosali1', venue: 'kuntosali-keskusta', visits: [8, 15], hours: [6, 21] },
  { ...gym, desk: 'desk-demosali2', venue: 'kuntosali-lehto', visits: [4, 9], hours: [7, 20] },
  { ...gym, desk: 'desk-demosali3', venue: 'kuntosali-satama', visits: [2, 7], hours: [8, 20] },
  {
    desk: 'desk-demoteatteri',
    venue: 'teatteri',
    service: 'teatteri',
    weekdays: [3, 5, 6],
    visits: [3, 9],
    hours: [17, 19],
  },
  {
    desk: 'desk-demoopisto',
    venue: 'opisto',
    service: 'opisto',
    weekdays: workdays,
    visits: [0, 4],
    hours: [9, 18],
  },
];
