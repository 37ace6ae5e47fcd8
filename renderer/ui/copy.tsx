import { Button } from "@blueprintjs/core";
import { useEffect, useState } from "react";
import { Icon } from "./icon.tsx";

const SAID_MS = 1_500;

/** Puts text on the clipboard; a browser without one (an insecure origin) gets it the old way. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "off-screen";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

/** Copies a value; says that it did in place of its own label. */
export function CopyButton({ text, label, bare }: { text: string | (() => string); label: string; bare?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void copyText(typeof text === "string" ? text : text()).then(() => setCopied(true));
  return (
    <Button
      variant="minimal"
      size="small"
      icon={<Icon name={copied ? "check" : "copy"} size={14} />}
      aria-label={bare ? label : undefined}
      title={label}
      onClick={copy}
    >
      {bare ? undefined : <span aria-live="polite">{copied ? "Copied" : label}</span>}
    </Button>
  );
}
