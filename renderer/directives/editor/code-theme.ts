import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/* The editor's look, by the console's tokens: they reach into its shadow, and change with the theme. */

const FLOAT = {
  border: "0",
  borderRadius: "var(--r-3)",
  background: "var(--bg-overlay)",
  boxShadow: "var(--shadow-overlay)",
  color: "var(--text)",
  font: "400 var(--fs-12) / 1.45 var(--font-ui)",
};
const CODE = "400 var(--fs-12) / 18px var(--font-mono)";

const theme = EditorView.theme({
  "&": { height: "100%", background: "var(--bg-inset)", color: "var(--code-string)" },
  "&.cm-focused": { outline: "none" },
  // Above the gutter, which would hide a shadow of the editor's own.
  "&.cm-focused::after": {
    content: '""',
    position: "absolute",
    inset: "0",
    zIndex: "301",
    boxShadow: "var(--focus-row)",
    pointerEvents: "none",
  },
  ".cm-scroller": { font: CODE, fontVariantLigatures: "none", letterSpacing: "-0.01em", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 12px 0 9px" },
  ".cm-cursor": { borderLeft: "1.5px solid var(--text)" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "var(--bg-hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection":
    { background: "var(--bg-flash)" },
  ".cm-selectionMatch": { background: "var(--bg-selected)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--bg-selected)", outline: "1px solid var(--line-control)" },
  "&.cm-focused .cm-nonmatchingBracket": { background: "var(--risk-high-tint)" },
  ".cm-gutters": { background: "var(--bg-inset)", color: "var(--text-3)", border: "0" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "30px", padding: "0 6px 0 0", fontSize: "var(--fs-11)" },
  ".cm-problemSigns": { width: "18px" },
  ".cm-problemSigns .cm-gutterElement": { display: "grid", placeItems: "center" },
  ".cm-problemSigns svg": { width: "12px", height: "12px", fill: "none", stroke: "currentColor", strokeWidth: "1.5" },
  ".cm-changeBars": { width: "3px" },
  ".cm-changeBars .cm-gutterElement": { padding: "0" },
  ".added": { background: "var(--ok)" },
  ".changed": { background: "var(--accent)" },
  ".removed": { boxShadow: "inset 0 2px 0 var(--bad)" },
  ".bad": { color: "var(--bad)" },
  ".warn": { color: "var(--warn)" },
  ".t3": { color: "var(--text-3)" },
  ".cm-lintRange": { backgroundImage: "none", textDecoration: "underline wavy 1px", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": { textDecorationColor: "var(--bad)" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--warn)" },
  ".cm-lintRange-info": { textDecorationColor: "var(--text-3)" },
  ".cm-lintRange-active": { background: "var(--bg-hover)" },
  ".cm-tooltip": FLOAT,
  ".cm-diagnostic": { padding: "6px 10px", margin: "0", borderLeft: "0", maxWidth: "480px", whiteSpace: "pre-wrap" },
  ".cm-diagnosticText": { overflowWrap: "anywhere" },
  ".cm-hoverText": { padding: "6px 10px", maxWidth: "420px", whiteSpace: "pre-wrap" },
  ".cm-hoverText b": { fontFamily: "var(--font-mono)", fontWeight: "600" },
  ".cm-tooltip.cm-tooltip-autocomplete": { padding: "4px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: CODE, maxHeight: "16em", minWidth: "300px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    alignItems: "center",
    gap: "10px",
    height: "24px",
    padding: "0 8px",
    borderRadius: "3px",
    color: "var(--text)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--bg-selected)",
    color: "var(--text)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
  ".cm-completionDetail": {
    marginLeft: "auto",
    fontFamily: "var(--font-ui)",
    fontStyle: "normal",
    color: "var(--text-2)",
    maxWidth: "340px",
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
  },
  ".cm-panels": { background: "var(--bg-raised)", color: "var(--text)", border: "0" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line-strong)" },
  ".cm-panel.cm-search": { padding: "6px 30px 6px 10px", font: "400 var(--fs-12) / 1.45 var(--font-ui)" },
  ".cm-textfield": {
    height: "24px",
    margin: "2px 6px 2px 0",
    padding: "0 8px",
    background: "var(--bg-inset)",
    color: "var(--text)",
    border: "1px solid var(--line-control)",
    borderRadius: "var(--r-2)",
    fontSize: "var(--fs-12)",
  },
  ".cm-button": {
    minHeight: "24px",
    margin: "2px 6px 2px 0",
    background: "var(--bg-base)",
    backgroundImage: "none",
    color: "var(--text)",
    border: "1px solid var(--line-control)",
    borderRadius: "var(--r-2)",
    fontSize: "var(--fs-12)",
  },
  ".cm-panel.cm-search label": { fontSize: "var(--fs-12)", marginRight: "8px", color: "var(--text-2)" },
  ".cm-panel.cm-search [name=close]": { width: "24px", height: "24px", color: "var(--text-2)" },
  ".cm-textfield:focus-visible, .cm-button:focus-visible": { outline: "2px solid var(--focus-color)" },
  ".cm-searchMatch": { background: "var(--risk-medium-tint)", outline: "1px solid var(--warn)" },
  ".cm-searchMatch-selected": { background: "var(--bg-flash)" },
  ".cm-changedLine, &.cm-merge-b .cm-changedLine": { background: "var(--ok-tint)" },
  ".cm-deletedChunk": { background: "var(--risk-high-tint)", paddingLeft: "9px" },
  ".cm-changedText, &.cm-merge-b .cm-changedText": { background: "var(--ok-tint)" },
  ".cm-deletedChunk .cm-deletedText": { background: "var(--risk-high-tint)" },
  ".cm-collapsedLines": {
    background: "var(--bg-raised)",
    color: "var(--text-2)",
    font: "400 var(--fs-12) / 1.45 var(--font-ui)",
  },
  ".cm-foldPlaceholder": {
    background: "var(--bg-raised)",
    color: "var(--text-2)",
    border: "1px solid var(--line-control)",
  },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-key)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: "var(--text-2)" },
]);

export const codeTheme: Extension = [theme, syntaxHighlighting(colours)];
