/** A range of numbers, both ends included. */
export interface Range {
  from: number;
  to: number;
}

export interface ArrivedAndReported {
  /** The highest number that arrived; 0 if none did. */
  last: number;
  /** Numbers below it that did not arrive. */
  gaps: readonly Range[];
  /** Numbers that are waiting or refused at the desk. */
  unsent: readonly Range[];
  /** The last number that the desk knows, if it has reported. */
  lastNumber?: number;
}

/**
 * S15: the numbers of a desk's visits that nothing explains: they did not arrive, they are not waiting at the
 * desk, and they were not logged after its last report.
 */
export function explainGaps({ last, gaps, unsent, lastNumber }: ArrivedAndReported): Range[] {
  const end = lastNumber ?? last;
  const known = [...gaps, { from: last + 1, to: end }].map(({ from, to }) => ({
    from,
    to: Math.min(to, end),
  }));
  return unsent.reduce<Range[]>(without, known).filter(({ from, to }) => from <= to);
}

function without(ranges: readonly Range[], taken: Range): Range[] {
  return ranges.flatMap(({ from, to }) =>
    taken.to < from || taken.from > to
      ? [{ from, to }]
      : [
          { from, to: taken.from - 1 },
          { from: taken.to + 1, to },
        ].filter((part) => part.from <= part.to),
  );
}
