import assetsFile from "../../../assets/demo/configs/assets_demo.json" with { type: "json" };
import directivesFile from "../../../assets/demo/configs/directives_dsiem-backend-0_demo.json" with { type: "json" };
import intelFile from "../../../assets/demo/configs/intel_demo.json" with { type: "json" };
import vulnFile from "../../../assets/demo/configs/vuln_demo.json" with { type: "json" };

import type { DemoEvent } from "./demo-scenario.ts";

/** Where the files look for the demo's providers; put in place of it is where they really are. */
const SHIPPED_ADDRESS = "127.0.0.1:8099";

/** The demo's configuration files by name; its providers are asked on `providerPort` of this machine. */
export function demoConfigFiles(providerPort: number): Map<string, string> {
  const files = {
    "assets_demo.json": assetsFile,
    "directives_dsiem-backend-0_demo.json": directivesFile,
    "intel_demo.json": intelFile,
    "vuln_demo.json": vulnFile,
  };
  return new Map(
    Object.entries(files).map(([name, value]) => {
      return [
        name,
        `${JSON.stringify(value, undefined, 2).replaceAll(SHIPPED_ADDRESS, `127.0.0.1:${providerPort}`)}\n`,
      ];
    }),
  );
}

/** An event that leads to an alarm by itself in the demo's configuration: the first stage of directive 9004. */
export function demoCurlEvent(): DemoEvent {
  return {
    sensor: "curl",
    title: "ET EXPLOIT Apache log4j RCE Attempt (http ldap) (CVE-2021-44228)",
    src_ip: "203.0.113.99",
    dst_ip: "10.20.10.21",
    src_port: 40000,
    dst_port: 443,
    protocol: "TCP",
    plugin_id: 1001,
    plugin_sid: 2034647,
  };
}
