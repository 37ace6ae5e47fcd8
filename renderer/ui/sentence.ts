/** What the engine says in passing, as a sentence of its own: a capital first, a full stop last. */
export function sentenceText(text: string): string {
  const whole = capitalText(text.trim());
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}

export function capitalText(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
