import { findingsOf, type Finding } from './finding';

const { good, bad, notChecked } = findingsOf('node');

/**
 * Whether Tiski runs on this Node.js.
 * @param version as `process.versions.node`
 * @param range `engines.node` of package.json, as `>=20.19`
 */
export function nodeFindings(version: string, range: string): Finding[] {
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(range) ?? [];
  if (major === undefined || minor === undefined) {
    return [notChecked(`Node.js ${version} runs this; "${range}" of package.json is not understood.`)];
  }
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  const isEnough = ownMajor > Number(major) || (ownMajor === Number(major) && ownMinor >= Number(minor));
  if (isEnough) return [good(`Node.js ${version} is new enough.`)];
  return [bad(`Node.js ${version} is too old.`, `Install Node.js ${major}.${minor} or newer, then npm ci.`)];
}
