/** Bytes, as the browser estimates them. */
export interface StorageRoom {
  used: number;
  available: number;
}

const megabyte = 1_000_000;
/** Room for some hundred thousand visits and a register of a million cards. */
const little = 50 * megabyte;
const mostUsed = 0.8;

/** Whether somebody should make room before visits can no longer be logged. */
export function isRoomLow({ used, available }: StorageRoom): boolean {
  return available < little || used > mostUsed * (used + available);
}
