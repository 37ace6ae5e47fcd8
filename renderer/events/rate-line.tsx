/** The rate of the last minute as a line; the number beside it says what it is now. */
export function RateLine({ rates }: { rates: readonly number[] }) {
  const most = Math.max(1, ...rates);
  // The last one stands at the right edge.
  const points = rates
    .map((rate, index) => `${120 - (rates.length - 1 - index) * 2},${25 - (rate / most) * 24}`)
    .join(" ");
  return (
    <svg width="120" height="26" viewBox="0 0 120 26" aria-hidden="true">
      <polyline points={points} fill="none" stroke="var(--text-2)" strokeWidth="1.25" />
    </svg>
  );
}
