/** One code that came in, and how. What the text means is the domain's to say. */
export interface Scan {
  text: string;
  source: 'camera' | 'wedge' | 'typed' | 'nfc';
}
