import { useCallback } from "react";
import { copyText } from "../ui/copy.tsx";
import { alarmRoute, href } from "../ui/links.ts";
import { showToast } from "../ui/toast.tsx";

/** Copies the address of an alarm, as another browser can open it. */
export function useCopyLink(): (id: string) => void {
  return useCallback((id: string) => {
    const { origin, pathname } = location;
    void copyText(`${origin}${pathname}${href(alarmRoute(id))}`).then(() =>
      showToast({ level: "ok", text: "Link copied" }),
    );
  }, []);
}
