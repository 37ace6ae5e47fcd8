import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { safeText } from "../../ui/safe-text.ts";
import { assistance } from "./code-assist.ts";
import { changeBars, problemSigns, savedEffect, signsEffect } from "./code-marks.ts";
import { codeTheme } from "./code-theme.ts";
import type { PlacedProblem } from "./problem-places.ts";
import type { Knowledge } from "./suggestions.ts";
import { editBetween } from "./text-edits.ts";

export interface CodeControls {
  /** Takes over a text that was changed elsewhere, as one step that can be undone. */
  setText: (text: string) => void;
  setSaved: (text: string) => void;
  setProblems: (problems: readonly PlacedProblem[]) => void;
  setReadOnly: (readOnly: boolean) => void;
  setComparing: (comparing: boolean, saved: string) => void;
  /** Selects a part, brings it into sight and takes the focus. */
  goTo: (from: number, to?: number) => void;
  goToLine: (line: number) => void;
  destroy: () => void;
}

interface CodeOptions {
  label: string;
  text: string;
  knowledge: () => Knowledge;
  onChange: (text: string) => void;
  onSave: () => void;
}

/** An editor of JSON inside of an element. */
export function createCode(host: HTMLElement, options: CodeOptions): CodeControls {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const writable = new Compartment();
  const compared = new Compartment();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [extensionsFor(options), writable.of([]), compared.of([])],
    }),
  });
  const goTo = (from: number, to = from): void => {
    const [start, end] = [Math.min(from, view.state.doc.length), Math.min(to, view.state.doc.length)];
    view.dispatch({
      selection: { anchor: start, head: end },
      effects: EditorView.scrollIntoView(start, { y: "center" }),
    });
    view.focus();
  };
  return {
    setText: (text) => {
      const edit = editBetween(view.state.doc.toString(), text);
      if (edit !== undefined) view.dispatch({ changes: edit, userEvent: "input.form" });
    },
    setSaved: (text) => view.dispatch({ effects: savedEffect(text) }),
    setProblems: (problems) => {
      view.dispatch({ effects: signsEffect(problems) });
      view.dispatch(setDiagnostics(view.state, diagnosticsOf(problems, view.state.doc.length)));
    },
    setReadOnly: (readOnly) => view.dispatch({ effects: writable.reconfigure(EditorState.readOnly.of(readOnly)) }),
    setComparing: (comparing, saved) => {
      const shown = comparing
        ? unifiedMergeView({ original: saved, mergeControls: false, gutter: false, collapseUnchanged: { margin: 3 } })
        : [];
      view.dispatch({ effects: compared.reconfigure(shown) });
    },
    goTo,
    goToLine: (line) => {
      const { from, to } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
      goTo(from, to);
    },
    destroy: () => view.destroy(),
  };
}

function extensionsFor({ label, knowledge, onChange, onSave }: CodeOptions): Extension {
  const save = () => {
    onSave();
    return true;
  };
  return [
    problemSigns,
    lineNumbers(),
    changeBars,
    history(),
    drawSelection(),
    highlightSpecialChars(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    json(),
    assistance(knowledge),
    codeTheme,
    EditorState.tabSize.of(2),
    EditorView.contentAttributes.of({
      "aria-label": `${label}. Escape, then Tab leaves it.`,
      spellcheck: "false",
      tabindex: "0",
    }),
    // Escape lets the next Tab leave the editor; everywhere else Tab indents.
    keymap.of([
      { key: "Mod-s", run: save, preventDefault: true },
      ...closeBracketsKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
  ];
}

const SEVERITIES = { error: "error", warning: "warning", note: "info" } as const;

function diagnosticsOf(problems: readonly PlacedProblem[], length: number): Diagnostic[] {
  return problems
    .filter(({ line }) => line !== undefined)
    .map(({ problem: { severity, text, detail }, from, to }) => ({
      from: Math.min(from, length),
      to: Math.min(Math.max(from, to), length),
      severity: SEVERITIES[severity],
      message: safeText(detail === undefined ? text : `${text} ${detail}`),
    }));
}
