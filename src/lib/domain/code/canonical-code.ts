/**
 * R1: readers and lists write the same code in different ways. Look-ups, indexes and comparisons use the
 * canonical form made here; documents keep the code as it was written. Anything except an RFID UID and a
 * UPC-A stays as it is, case included.
 *
 * - An RFID UID (ISO/IEC 14443-3, 15693-3) is hex bytes, with or without separators: `04:a2:90:00` is
 *   `04A29000`.
 * - A UPC-A of twelve digits is an EAN-13 with a zero before it (GS1 General Specifications, GTIN).
 */
export function canonicalCode(text: string): string {
  if (separatedUid.test(text)) return text.replaceAll(/[: -]/g, '').toUpperCase();
  if (plainUid.test(text)) return text.toUpperCase();
  return isUpcA(text) ? `0${text}` : text;
}

/** 4, 7, 8 or 10 bytes, with the same separator between all of them. */
const separatedUid =
  /^[\da-f]{2}([: -])(?:[\da-f]{2}\1){2}(?:(?:[\da-f]{2}\1){3,4}|(?:[\da-f]{2}\1){6})?[\da-f]{2}$/i;
/** Upper case doesn't change digits, so a card number or an EAN-8 stays as it is. */
const plainUid = /^(?:[\da-f]{8}|[\da-f]{14}|[\da-f]{16}|[\da-f]{20})$/i;

/** Twelve digits with a correct check digit (GS1, modulo 10: from the right, weights 1 and 3 in turn). */
function isUpcA(text: string): boolean {
  if (!/^\d{12}$/.test(text)) return false;
  const sum = [...text].reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}
