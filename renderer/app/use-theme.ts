import { useEffect } from "react";
import { useSettings } from "../state/session.ts";

const DARK = "bp6-dark";

/** Theme and density as the settings have them; `system` follows the system while the page is open. */
export function useTheme(): void {
  const { theme, density } = useSettings();
  useEffect(() => {
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const paint = () => {
      document.body.classList.toggle(DARK, theme === "dark" || (theme === "system" && system.matches));
    };
    paint();
    system.addEventListener("change", paint);
    return () => system.removeEventListener("change", paint);
  }, [theme]);
  useEffect(() => {
    document.body.dataset.density = density;
  }, [density]);
}
