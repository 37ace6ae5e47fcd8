import { useEffect } from "react";
import { desktop } from "../client/place.ts";
import { useUrlState } from "../ui/hash-location.ts";
import { AboutSection } from "./about-section.tsx";
import { DataSection } from "./data-section.tsx";
import { InstanceSection } from "./instance-section.tsx";
import { LogSearchSection } from "./log-search-section.tsx";
import { LookSection } from "./look-section.tsx";
import { NotificationsSection } from "./notifications-section.tsx";
import { ShortcutsSection } from "./shortcuts-section.tsx";
import { UpdatesSection } from "./updates-section.tsx";
import "./settings.css";

const SECTIONS = [
  { id: "look", title: "Look", Part: LookSection },
  { id: "shortcuts", title: "Shortcuts", Part: ShortcutsSection },
  { id: "notifications", title: "Notifications", Part: NotificationsSection },
  { id: "instance", title: "Instance", Part: InstanceSection },
  { id: "data", title: "Data", Part: DataSection },
  { id: "log-search", title: "Log search", Part: LogSearchSection },
  { id: "updates", title: "Updates", Part: UpdatesSection },
  { id: "about", title: "About", Part: AboutSection },
] as const;

/** Everything that a person can set; each change holds at once. */
export function SettingsScreen() {
  const [values, change] = useUrlState();
  const asked = values.get("section");
  const sections = SECTIONS.filter(({ id }) => id !== "updates" || desktop() !== undefined);
  useEffect(() => {
    if (asked === null) return;
    const section = document.getElementById(`settings-${asked}`);
    // Only the page itself is scrolled: scrollIntoView would move the frame around it as well.
    if (section?.parentElement != null)
      section.parentElement.scrollTop = section.offsetTop - section.parentElement.offsetTop;
    document.getElementById(`settings-${asked}-title`)?.focus({ preventScroll: true });
  }, [asked]);
  return (
    <>
      <header className="screen-head">
        <h1>Settings</h1>
        <span className="sum">changes hold at once</span>
      </header>
      <div className="settings">
        <nav className="settings-list" aria-label="Sections">
          {sections.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              aria-current={asked === id ? "true" : undefined}
              onClick={() => change({ section: id })}
            >
              {title}
            </button>
          ))}
        </nav>
        <div className="settings-page">
          {sections.map(({ id, Part }) => (
            <Part key={id} />
          ))}
        </div>
      </div>
    </>
  );
}
