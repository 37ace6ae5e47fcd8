import type { ComponentType } from "react";
import type { IconName } from "../ui/icon.tsx";

/** A screen of the console. `load` fetches its code when it is first shown. */
export interface ScreenEntry {
  /** Also the first part of its route. */
  name: string;
  title: string;
  icon: IconName;
  /** What `g` is followed by to go there. */
  key?: string;
  /** Not in the navigation: it is led to. */
  hidden?: true;
  /** Shown alone, without navigation, top bar and status bar. */
  bare?: true;
  /** Whether the time range of the top bar means something here. */
  timeRange?: true;
  load: () => Promise<{ Screen: ComponentType }>;
}

/** In the order of the navigation. */
export const SCREENS: readonly ScreenEntry[] = [
  {
    name: "overview",
    title: "Overview",
    icon: "overview",
    key: "o",
    timeRange: true,
    load: () => import("../overview/index.ts"),
  },
  {
    name: "alarms",
    title: "Alarms",
    icon: "alarms",
    key: "a",
    timeRange: true,
    load: () => import("./alarms-page.tsx"),
  },
  {
    name: "backlogs",
    title: "Backlogs",
    icon: "backlogs",
    key: "b",
    load: () => import("../backlogs/index.ts"),
  },
  {
    name: "events",
    title: "Events",
    icon: "events",
    key: "e",
    timeRange: true,
    load: () => import("../events/index.ts"),
  },
  {
    name: "directives",
    title: "Directives",
    icon: "directives",
    key: "d",
    load: () => import("../directives/index.ts"),
  },
  {
    name: "coverage",
    title: "Coverage",
    icon: "coverage",
    key: "c",
    timeRange: true,
    load: () => import("../coverage/index.ts"),
  },
  {
    name: "assets",
    title: "Assets",
    icon: "assets",
    key: "s",
    load: () => import("../assets/index.ts"),
  },
  {
    name: "health",
    title: "Health",
    icon: "health",
    key: "h",
    load: () => import("../health/index.ts"),
  },
  {
    name: "settings",
    title: "Settings",
    icon: "settings",
    key: ",",
    load: () => import("../settings/index.ts"),
  },
  {
    name: "start",
    title: "Start",
    icon: "play",
    hidden: true,
    bare: true,
    load: () => import("../start/index.ts"),
  },
];
