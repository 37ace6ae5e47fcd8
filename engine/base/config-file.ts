/** A configuration file as it was downloaded or posted: its name (such as `intel_wise.json`) and its bytes. */
export interface ConfigFile {
  name: string;
  bytes: Uint8Array;
}
