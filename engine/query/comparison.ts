/** How a number or a time is compared with what was written. */
export type Comparison = "=" | ">=" | ">" | "<=" | "<";
