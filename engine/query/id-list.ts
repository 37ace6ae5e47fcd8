const ID = /^[A-Za-z0-9_-]{4,64}$/;
/** Ids without commas between them are told from words by looking as if nobody had thought of them. */
const GENERATED = /^(?=.*(?:[0-9_-]|.[A-Z]))[A-Za-z0-9_-]{7,14}$/;
const SURELY_GENERATED = /[0-9_-]/;

/** The ids of a pasted list, separated by commas, semicolons, blanks or lines; `undefined` when the text is no such list. */
export function pastedIds(text: string): [string, ...string[]] | undefined {
  const pieces = text.split(/[\s,;]+/).filter((piece) => piece !== "");
  const [first, ...rest] = new Set(pieces);
  if (first === undefined || pieces.length < 2 || !pieces.every((piece) => ID.test(piece))) return undefined;
  const isJoined = !/[^\s,;]\s+[^\s,;]/.test(text);
  if (isJoined) return [first, ...rest];
  const sure = pieces.filter((piece) => SURELY_GENERATED.test(piece)).length;
  return pieces.every((piece) => GENERATED.test(piece)) && sure * 2 >= pieces.length ? [first, ...rest] : undefined;
}
