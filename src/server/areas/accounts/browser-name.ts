const browsers: readonly [RegExp, string][] = [
  [/Edg/, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
];
const systems: readonly [RegExp, string][] = [
  [/Windows/, 'Windows'],
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** `Firefox, Windows`: the family and no version, so that a session says no more of somebody than it must. */
export function browserName(userAgent: string | undefined = ''): string {
  const named = (list: readonly [RegExp, string][]) => list.find(([form]) => form.test(userAgent))?.[1];
  return [named(browsers), named(systems)].filter((each) => each !== undefined).join(', ') || '?';
}
