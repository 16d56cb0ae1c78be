/** Bytes, as the browser estimates them. */
export interface StorageRoom {
  used: number;
  available: number;
}

const megabyte = 1_000_000;
/** Some hundred thousand visits, and a register of a million cards, still fit in this. */
const little = 50 * megabyte;
const mostUsed = 0.8;

/** Whether somebody should make room before a visit can't be logged any more. */
export function isRoomLow({ used, available }: StorageRoom): boolean {
  return available < little || used > mostUsed * (used + available);
}
