import { useEffect, useRef } from "react";

/** Saving by key from the form, the stages and the lists as well; the text has the key by itself. */
export function useSaveKey(save: () => void): void {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.shiftKey) return;
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      // Else the browser offers to keep the page as a file, which nobody means here.
      event.preventDefault();
      if (document.querySelector(".bp6-dialog") === null) latest.current();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
