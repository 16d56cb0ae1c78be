/** How much is measured: to see that it runs, in some ten minutes, or up to the largest cities. */
export const benchSizes = ['tiny', 'usual', 'full'] as const;
export type BenchSize = (typeof benchSizes)[number];

export const isBenchSize = (text: string): text is BenchSize => benchSizes.some((size) => size === text);
