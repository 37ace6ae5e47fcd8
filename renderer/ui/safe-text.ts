/*
 * Text of events comes from whoever attacks. React keeps it from being markup; this keeps it from lying: control signs,
 * marks that turn the direction of writing round, and signs without width are made visible.
 */

/** Longest text shown in a tooltip, in characters. */
const LONGEST_TOOLTIP = 2_000;

// C0 and C1 controls, zero-width and bidi marks, line separators, the byte order mark, interlinear marks, tag signs.
const INVISIBLE =
  /[\p{Cc}\u{AD}\u{61C}\u{180E}\u{200B}-\u{200F}\u{2028}-\u{202E}\u{2060}-\u{206F}\u{FEFF}\u{FFF9}-\u{FFFB}\u{E0000}-\u{E007F}]/gu;
const ESCAPES: Readonly<Record<string, string>> = { "\n": "⏎", "\r": "␍", "\t": "⇥" };

/** The text with everything made visible that could hide or turn round: `\u{202E}` in place of the sign. */
export function safeText(text: string): string {
  return text.replace(INVISIBLE, (sign) => {
    const known = ESCAPES[sign];
    if (known !== undefined) return known;
    return `\\u{${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
  });
}

/** The same on one line of at most so many characters, and the whole (itself cut) for the tooltip when it was cut. */
export function clipText(text: string, most: number): { text: string; whole: string | undefined } {
  if (text.length <= most) return { text: safeText(text), whole: undefined };
  return { text: `${safeText(cut(text, most - 1))}…`, whole: tooltipText(text) };
}

export function tooltipText(text: string): string {
  return text.length <= LONGEST_TOOLTIP ? safeText(text) : `${safeText(cut(text, LONGEST_TOOLTIP))}…`;
}

/** Cuts between characters, never inside of one that takes two units. */
function cut(text: string, most: number): string {
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}
