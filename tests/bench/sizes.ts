/** How much is measured: just enough to see that it runs, about ten minutes, or up to the largest cities. */
export const benchSizes = ['tiny', 'usual', 'full'] as const;
export type BenchSize = (typeof benchSizes)[number];

export const isBenchSize = (text: string): text is BenchSize => benchSizes.some((size) => size === text);
