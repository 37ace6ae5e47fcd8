import { Chunk } from "@codemirror/merge";
import { type Extension, RangeSet, RangeSetBuilder, StateEffect, StateField, Text } from "@codemirror/state";
import { type EditorView, GutterMarker, gutter } from "@codemirror/view";
import { safeText } from "../../ui/safe-text.ts";
import type { PlacedProblem } from "./problem-places.ts";

/* What the gutter shows beside the numbers: a sign for each line with a problem, and bars for what differs from the saved text. */

type Severity = PlacedProblem["problem"]["severity"];
const SIGNS: Readonly<Record<Severity, { className: string; path: string }>> = {
  error: { className: "bad", path: "m4.5 4.5 7 7M11.5 4.5l-7 7" },
  warning: { className: "warn", path: "M8 2.2 14 13H2zM8 6.4v3M8 11.1v.1" },
  note: { className: "t3", path: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 7.5v3M8 5.3v.1" },
};
const SVG = "http://www.w3.org/2000/svg";

class ProblemSign extends GutterMarker {
  readonly #severity: Severity;
  readonly #text: string;

  constructor(severity: Severity, text: string) {
    super();
    this.#severity = severity;
    this.#text = text;
  }

  override eq(other: GutterMarker): boolean {
    return other instanceof ProblemSign && other.#severity === this.#severity && other.#text === this.#text;
  }

  override toDOM(): Node {
    const { className, path } = SIGNS[this.#severity];
    const sign = document.createElement("span");
    sign.className = className;
    sign.title = safeText(this.#text);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    svg.append(line);
    sign.append(svg);
    return sign;
  }
}

const setSigns = StateEffect.define<readonly PlacedProblem[]>();
const RANKS: readonly Severity[] = ["error", "warning", "note"];

const signs = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update(before, transaction) {
    let now = before.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setSigns)) now = signsOf(effect.value, transaction.state.doc);
    }
    return now;
  },
});

function signsOf(problems: readonly PlacedProblem[], doc: Text): RangeSet<GutterMarker> {
  const byLine = new Map<number, PlacedProblem["problem"][]>();
  for (const { problem, line } of problems) {
    if (line !== undefined && line <= doc.lines) byLine.set(line, [...(byLine.get(line) ?? []), problem]);
  }
  const builder = new RangeSetBuilder<GutterMarker>();
  for (const [line, found] of [...byLine].sort(([a], [b]) => a - b)) {
    const severity = RANKS.find((rank) => found.some((problem) => problem.severity === rank)) ?? "note";
    const { from } = doc.line(line);
    builder.add(from, from, new ProblemSign(severity, found.map(({ text }) => text).join("\n")));
  }
  return builder.finish();
}

/** Puts the signs of these problems beside their lines. */
export function signsEffect(problems: readonly PlacedProblem[]): StateEffect<readonly PlacedProblem[]> {
  return setSigns.of(problems);
}

class ChangeBar extends GutterMarker {
  override readonly elementClass: string;
  constructor(kind: "added" | "changed" | "removed") {
    super();
    this.elementClass = kind;
  }
}
const BARS = { added: new ChangeBar("added"), changed: new ChangeBar("changed"), removed: new ChangeBar("removed") };

const setSaved = StateEffect.define<Text>();
interface Changes {
  saved: Text;
  chunks: readonly Chunk[];
  bars: RangeSet<GutterMarker>;
}
const changes = StateField.define<Changes>({
  create: ({ doc }) => ({ saved: doc, chunks: [], bars: RangeSet.empty }),
  update(before, { docChanged, changes: made, effects, state: { doc } }) {
    const said = effects.find((effect) => effect.is(setSaved));
    if (said?.is(setSaved) === true) return compared(said.value, Chunk.build(said.value, doc, DIFF), doc);
    if (!docChanged) return before;
    return compared(before.saved, Chunk.updateB(before.chunks, before.saved, doc, made, DIFF), doc);
  },
});

/** Finding the smallest difference of texts that have little in common isn't worth the wait while somebody types. */
const DIFF = { scanLimit: 500, timeout: 50 };

function compared(saved: Text, chunks: readonly Chunk[], now: Text): Changes {
  const builder = new RangeSetBuilder<GutterMarker>();
  for (const { fromA, toA, fromB, toB, endB } of chunks) {
    const first = now.lineAt(Math.min(fromB, now.length)).number;
    const last = now.lineAt(Math.min(endB, now.length)).number;
    // What begins with nothing has one line, an empty one: all of it is new.
    const isNew = fromA === toA || saved.length === 0;
    const bar = fromB === toB ? BARS.removed : isNew ? BARS.added : BARS.changed;
    for (let number = first; number <= last; number += 1) {
      const { from } = now.line(number);
      builder.add(from, from, bar);
    }
  }
  return { saved, chunks, bars: builder.finish() };
}

/** What the text is compared with from now on. */
export function savedEffect(text: string): StateEffect<Text> {
  return setSaved.of(Text.of(text.split("\n")));
}

export const problemSigns: Extension = [
  signs,
  gutter({ class: "cm-problemSigns", markers: (view: EditorView) => view.state.field(signs) }),
];
export const changeBars: Extension = [
  changes,
  gutter({ class: "cm-changeBars", markers: (view: EditorView) => view.state.field(changes).bars }),
];
