import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  startCompletion,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { type EditorView, hoverTooltip } from "@codemirror/view";
import { safeText } from "../../ui/safe-text.ts";
import { hoverAt } from "./hover.ts";
import { type Knowledge, type Suggestion, suggestionsAt } from "./suggestions.ts";

/** Larger texts aren't read anew with each letter. */
const LONGEST_ASSISTED = 1_000_000;
/** Behind what others fit better. */
const UNLIKELY = -50;

/** Completion and explanation while somebody types; `knowledge` is asked anew each time. */
export function assistance(knowledge: () => Knowledge): Extension {
  return [
    autocompletion({ icons: false, override: [(context) => completionsAt(context, knowledge())] }),
    hoverTooltip((view, offset) => {
      if (view.state.doc.length > LONGEST_ASSISTED) return null;
      const found = hoverAt(view.state.doc.toString(), offset, knowledge());
      if (found === undefined) return null;
      return { pos: found.from, end: found.to, above: true, create: () => ({ dom: hoverBox(found) }) };
    }),
  ];
}

function hoverBox({ title, text }: { title: string; text: string }): HTMLElement {
  const box = document.createElement("div");
  box.className = "cm-hoverText";
  const name = document.createElement("b");
  name.textContent = title;
  const about = document.createElement("div");
  about.textContent = safeText(text);
  box.append(name, about);
  return box;
}

function completionsAt(context: CompletionContext, knowledge: Knowledge): CompletionResult | null {
  const { doc } = context.state;
  if (doc.length > LONGEST_ASSISTED) return null;
  const found = suggestionsAt(doc.toString(), context.pos, knowledge);
  if (found === undefined) return null;
  const { place, isName, options } = found;
  // Between words only who asks for it is shown what may come.
  if (place.typed === "" && !place.quoted && !context.explicit) return null;
  return {
    from: place.from + (place.quoted ? 1 : 0),
    options: options.map((option, index) => completionOf(option, { index, isName, quoted: place.quoted })),
    validFor: /^[\w.:!/+-]*$/,
  };
}

/** What comes from events may be long, and may hold signs that aren't seen. */
const LONGEST_SHOWN = 200;
const shown = (text: string): string =>
  safeText(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN).toWellFormed()}…` : text);

interface Where {
  index: number;
  isName: boolean;
  quoted: boolean;
}
function completionOf({ label, insert, detail, unlikely }: Suggestion, { index, isName, quoted }: Where): Completion {
  return {
    label,
    displayLabel: shown(label),
    ...(detail !== undefined && { detail: shown(detail) }),
    boost: unlikely ? UNLIKELY : -index / 100,
    apply: (view, _completion, from, to) => write(view, { insert, from: from - (quoted ? 1 : 0), to, isName, quoted }),
  };
}

/** Writes a whole word over what was begun of it, its closing quote included; behind a name also its colon. */
function write(
  view: EditorView,
  { insert, from, to, isName, quoted }: { insert: string; from: number; to: number; isName: boolean; quoted: boolean },
): void {
  const { doc } = view.state;
  const rest = doc.sliceString(to, doc.lineAt(to).to);
  const word = quoted ? /^[^"]*"/.exec(rest)?.[0] : /^[\w.+-]*/.exec(rest)?.[0];
  const end = to + (word?.length ?? 0);
  const hasColon = /^\s*:/.test(doc.sliceString(end, doc.lineAt(end).to));
  const text = isName && !hasColon ? `${insert}: ` : insert;
  view.dispatch({
    changes: { from, to: end, insert: text },
    selection: { anchor: from + text.length },
    userEvent: "input.complete",
  });
  if (isName) startCompletion(view);
}
