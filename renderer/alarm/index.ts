export { AlarmPane, type AlarmPaneProps } from "./alarm-pane.tsx";
export type { AlarmPlace } from "./header.tsx";
