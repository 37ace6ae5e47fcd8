/** Software of others in the page, and its licences. A test holds them to what is installed. */
export const PARTS_USED = [
  { name: "Blueprint", package: "@blueprintjs/core", licence: "Apache-2.0" },
  { name: "React", package: "react", licence: "MIT" },
  { name: "React DOM", package: "react-dom", licence: "MIT" },
  { name: "TanStack Virtual", package: "@tanstack/react-virtual", licence: "MIT" },
  { name: "uPlot", package: "uplot", licence: "MIT" },
  { name: "wouter", package: "wouter", licence: "Unlicense" },
  { name: "Zustand", package: "zustand", licence: "MIT" },
  { name: "Inter", package: "@fontsource-variable/inter", licence: "OFL-1.1" },
  { name: "JetBrains Mono", package: "@fontsource-variable/jetbrains-mono", licence: "OFL-1.1" },
] as const;
