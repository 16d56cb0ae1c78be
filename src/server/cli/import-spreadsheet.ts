/**
 * What a spreadsheet leaves in a cell when it mistook a code for something else: the code itself is lost.
 * Excel's error words are in its user's language; LibreOffice uses the English ones.
 */

/** `1,23457E+15`, also made from a UID such as `400E27`, which becomes `4,00E+29`. */
const shortenedNumber = /^-?\d(?:(?:[.,]\d+)?E\+|[.,]\d+E-)\d+$/;
/** `#REF!`, `#N/A`, `#DIV/0!`; `#VIITTAUS!`, `#NIMI?`, `#PUUTTUU!`; `#REFERENS!`, `#NAMN?`, `#SAKNAS!`. */
const formulaError = /^#(?:N\/A|\p{Lu}[\p{Lu}_]*(?:\/0)?[!?])$/u;
/** What doesn't fit the column is shown, and by some spreadsheets saved, as `#####`. */
const tooNarrow = /^#{2,}$/;

const asText = 'format the column as text before the codes are pasted, or import them as the type text';

/** What a spreadsheet did to a cell, and how to prevent it; undefined for any other text. */
export function spreadsheetDamage(text: string): string | undefined {
  if (shortenedNumber.test(text)) {
    return `"${text}" is what a spreadsheet made of a long code, whose digits are lost: ${asText}`;
  }
  if (!text.startsWith('#')) return undefined;
  if (formulaError.test(text)) {
    return `"${text}" is a spreadsheet's error, and no value: mend the cell; where a code was taken for a formula, ${asText}`;
  }
  if (tooNarrow.test(text)) {
    return `"${text.slice(0, 8)}" is what a spreadsheet shows for a value that is wider than its column: widen it, or ${asText}`;
  }
  return undefined;
}
