import type { ReactNode } from "react";

/* The console's own icons: 16 px, one stroke of 1.5, drawn in the colour of the text beside them. */

const DRAWINGS = {
  alarms: (
    <>
      <path d="M8 2.2 14 13H2z" />
      <path d="M8 6.4v3M8 11.1v.1" />
    </>
  ),
  arrow: <path d="M3 8h10M9.5 4.5 13 8l-3.5 3.5" />,
  assets: (
    <>
      <rect x="2.5" y="2.5" width="11" height="4.5" rx="1" />
      <rect x="2.5" y="9" width="11" height="4.5" rx="1" />
      <path d="M5 4.8h.1M5 11.3h.1M8 4.8h3M8 11.3h3" />
    </>
  ),
  backlogs: (
    <>
      <path d="M2.5 4.5h11M2.5 8h7.5M2.5 11.5h4" />
      <circle cx="12" cy="11" r="2.2" />
      <path d="M12 10v1l.7.5" />
    </>
  ),
  bookmark: <path d="M4.5 2.5h7v11L8 10.8l-3.5 2.7z" />,
  bug: (
    <>
      <rect x="5" y="5.5" width="6" height="7.5" rx="3" />
      <path d="M6 5.5a2 2 0 0 1 4 0M2.5 6.5 5 8M13.5 6.5 11 8M2.5 12.5 5 11M13.5 12.5 11 11M8 8v5" />
    </>
  ),
  check: <path d="m3.5 8.3 3 3 6-6.5" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3l2 1.6" />
    </>
  ),
  columns: (
    <>
      <rect x="2.5" y="2.5" width="11" height="11" rx="1" />
      <path d="M6.2 2.5v11M9.8 2.5v11" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1" />
      <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </>
  ),
  coverage: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5V8l4 3.8M8 8H2.6" />
    </>
  ),
  directives: (
    <>
      <rect x="2.5" y="2.5" width="4" height="3.5" rx="1" />
      <rect x="9.5" y="6.3" width="4" height="3.5" rx="1" />
      <rect x="2.5" y="10" width="4" height="3.5" rx="1" />
      <path d="M6.5 4.2H8v7.5H6.5M8 8h1.5" />
    </>
  ),
  down: <path d="m4.5 6.3 3.5 3.5 3.5-3.5" />,
  events: <path d="M2.5 4h1M6 4h7.5M2.5 8h1M6 8h7.5M2.5 12h1M6 12h5" />,
  export: <path d="M8 2.5v7M5 6.8l3 3 3-3M2.5 11v2.5h11V11" />,
  file: <path d="M4 2.5h5l3 3v8H4zM9 2.5v3h3" />,
  filter: <path d="M2.5 3.5h11L9.3 8.6v4.2l-2.6-1.3V8.6z" />,
  flask: <path d="M6.2 2.5v4L3 12.4a.8.8 0 0 0 .7 1.1h8.6a.8.8 0 0 0 .7-1.1L9.8 6.5v-4M5.2 2.5h5.6M4.8 9.5h6.4" />,
  folder: <path d="M2.5 12.5v-9h4l1.5 2h5.5v7z" />,
  half: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
    </>
  ),
  health: <path d="M1.8 8.2h3l1.7-4.4 2.8 8.6 1.8-4.2h3" />,
  info: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 7.5v3M8 5.3v.1" />
    </>
  ),
  left: <path d="M9.8 4.5 6.3 8l3.5 3.5" />,
  link: (
    <path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.6.6M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.6-.6" />
  ),
  minus: <path d="M4 8h8" />,
  moon: <path d="M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z" />,
  more: <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" strokeWidth="2.2" />,
  net: (
    <>
      <circle cx="8" cy="3.8" r="1.6" />
      <circle cx="3.8" cy="12" r="1.6" />
      <circle cx="12.2" cy="12" r="1.6" />
      <path d="M7.3 5.3 4.5 10.6M8.7 5.3l2.8 5.3M5.4 12h5.2" />
    </>
  ),
  next: <path d="M4 3.5v9L10 8zM12 3.5v9" />,
  note: <path d="M3 2.5h10v7.2L9.7 13.5H3zM13 9.7H9.7v3.6M5.5 5.5h5M5.5 8h3" />,
  open: <path d="M9 2.5h4.5V7M13.5 2.5 8 8M11.5 9.5v4h-9v-9h4" />,
  overview: (
    <>
      <rect x="2.5" y="2.5" width="4.5" height="6" rx="1" />
      <rect x="9" y="2.5" width="4.5" height="3.5" rx="1" />
      <rect x="2.5" y="10.5" width="4.5" height="3" rx="1" />
      <rect x="9" y="8" width="4.5" height="5.5" rx="1" />
    </>
  ),
  panel: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1" />
      <path d="M9.5 3v10" />
    </>
  ),
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" strokeWidth="2" />,
  play: <path d="M5 3.2v9.6L12.6 8z" fill="currentColor" />,
  plug: <path d="M5.5 2.5v3M10.5 2.5v3M4 5.5h8v2.5a4 4 0 0 1-8 0zM8 12v2" />,
  prev: <path d="M12 3.5v9L6 8zM4 3.5v9" />,
  refresh: <path d="M13 8a5 5 0 1 1-1.5-3.6M13 2.8v2.4h-2.4" />,
  rewind: <path d="M8 4v8L3 8zM13 4v8L8 8z" />,
  right: <path d="m6.3 4.5 3.5 3.5-3.5 3.5" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.3" />
      <path d="m10.3 10.3 3.2 3.2" />
    </>
  ),
  settings: (
    <>
      <path d="M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6" />
      <circle cx="10.2" cy="4.5" r="1.7" />
      <circle cx="5.7" cy="11.5" r="1.7" />
    </>
  ),
  tag: (
    <>
      <path d="M2.5 3.5a1 1 0 0 1 1-1h4l6 6-5 5-6-6z" />
      <path d="M5.4 5.4h.1" />
    </>
  ),
  undo: <path d="M6 3.5 3 6.3 6 9M3.3 6.3H10a3.2 3.2 0 0 1 0 6.4H6" />,
  up: <path d="m4.5 9.8 3.5-3.5 3.5 3.5" />,
  warn: (
    <>
      <path d="M8 2.2 14 13H2z" />
      <path d="M8 6.4v3M8 11.1v.1" />
    </>
  ),
  x: <path d="m4.5 4.5 7 7M11.5 4.5l-7 7" />,
  help: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M6.4 6.3a1.7 1.7 0 1 1 2.5 1.6c-.6.3-.9.7-.9 1.3M8 11.2v.1" />
    </>
  ),
  trash: <path d="M2.8 4.2h10.4M6.2 4V2.5h3.6V4M4 4.2l.7 9.3h6.6l.7-9.3M6.7 6.8v4M9.3 6.8v4" />,
  external: <path d="M9 2.5h4.5V7M13.2 2.8 7.5 8.5M11.5 9v4.5h-9v-9H7" />,
  warning: (
    <>
      <path d="M8 2.2 14 13H2z" />
      <path d="M8 6.4v3M8 11.1v.1" />
    </>
  ),
} as const satisfies Record<string, ReactNode>;
export type IconName = keyof typeof DRAWINGS;

/** A drawing beside a word; it says nothing by itself, so that a button of an icon alone needs an aria-label. */
export function Icon({ name, size = 16, className = "" }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      className={`ic ${className}`}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      {DRAWINGS[name]}
    </svg>
  );
}
