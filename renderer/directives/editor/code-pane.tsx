import { type RefObject, useEffect, useRef } from "react";
import { type CodeControls, createCode } from "./code-mirror.ts";
import type { PlacedProblem } from "./problem-places.ts";
import type { Knowledge } from "./suggestions.ts";

interface CodePaneProps {
  label: string;
  text: string;
  /** What the text is compared with. */
  saved: string;
  problems: readonly PlacedProblem[];
  readOnly: boolean;
  /** Shows what was taken away between the lines. */
  comparing: boolean;
  knowledge: Knowledge;
  controls: RefObject<CodeControls | undefined>;
  onChange: (text: string) => void;
  onSave: () => void;
}

/**
 * The text in an editor. It lives in a shadow of its own, where it may bring its style sheets along: the page's content
 * security policy allows no style elements.
 */
export function CodePane(props: CodePaneProps) {
  const { text, saved, problems, readOnly, comparing, controls } = props;
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (host.current === null) return;
    const code = createCode(host.current, {
      label: latest.current.label,
      text: latest.current.text,
      knowledge: () => latest.current.knowledge,
      onChange: (now) => latest.current.onChange(now),
      onSave: () => latest.current.onSave(),
    });
    controls.current = code;
    return () => {
      controls.current = undefined;
      code.destroy();
    };
  }, [controls]);
  useEffect(() => controls.current?.setSaved(saved), [controls, saved]);
  useEffect(() => controls.current?.setText(text), [controls, text]);
  useEffect(() => controls.current?.setProblems(problems), [controls, problems]);
  useEffect(() => controls.current?.setReadOnly(readOnly), [controls, readOnly]);
  useEffect(() => controls.current?.setComparing(comparing, saved), [controls, comparing, saved]);
  return <div ref={host} className="code-pane" />;
}
