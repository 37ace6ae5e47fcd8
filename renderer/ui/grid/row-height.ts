import { createContext, useContext } from "react";

/** The height of a table's rows in pixels: 28, or 36 for whoever asked for it; the app provides it from the settings. */
export const RowHeightContext = createContext(28);
export const useRowHeight = (): number => useContext(RowHeightContext);
