/** Services tell of themselves every three seconds; of one whose word is so old, three are missing, and that isn't chance. */
export const SILENT_SECONDS = 10;
