import { idOf, type RescueKeyDocument } from '$lib/documents/catalogue/catalogue-documents';
import { rescueFileType, type RescueContent } from '$lib/documents/fleet/rescue-file';
import { sealForOffice } from './seal-for-office';

/** S16: the file's text, which only the office's private key opens. */
export const sealRescue = (content: RescueContent, key: RescueKeyDocument): Promise<string> =>
  sealForOffice(content, rescueFileType, { kid: idOf(key), jwk: key.jwk });
