import type { RescueKeyDocument } from '$lib/documents/catalogue/catalogue-documents';
import { rescueFileType } from '$lib/documents/fleet/rescue-file';
import { officeKeyDocumentOf, openSealed, type OfficeKey, type Opened } from './office-key';

/** The public part, as the catalogue has it. */
export const rescueKeyDocumentOf = (key: OfficeKey): RescueKeyDocument =>
  officeKeyDocumentOf('rescue-key', key);

/** Decrypts a rescue file (S16). Never throws. */
export const openRescueFile = (text: string, keys: readonly OfficeKey[]): Promise<Opened> =>
  openSealed(text.trim(), rescueFileType, keys);
