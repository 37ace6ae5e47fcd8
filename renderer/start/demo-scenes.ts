import type { RiskClass } from "../ui/risk.ts";

/** What the demo plays, told before it is chosen. A test holds names and times to the scenario that is played. */
export interface DemoScene {
  name: string;
  tells: string;
  /** Seconds after the start. */
  at: number;
  /** What comes of it: an alarm that reaches this risk, or why there is none. */
  ends: { risk: number; riskClass: RiskClass } | { why: string };
}

export const DEMO_SCENES: readonly DemoScene[] = [
  {
    name: "Port scan",
    tells: "sixteen ports of db-01, one after the other",
    at: 0.4,
    ends: { risk: 4, riskClass: "medium" },
  },
  {
    name: "Ping flood",
    tells: "echo requests against web-01, ends by itself",
    at: 5,
    ends: { risk: 1, riskClass: "low" },
  },
  {
    name: "VPN guesses",
    tells: "five logins fail: the backlog expires one short",
    at: 15,
    ends: { why: "no alarm, why?" },
  },
  {
    name: "Brute force, then a login",
    tells: "passwords on bastion-01 until one works",
    at: 20,
    ends: { risk: 8, riskClass: "high" },
  },
  { name: "Guest device", tells: "a shell on a camera that nobody values", at: 33, ends: { why: "risk 0, why?" } },
  {
    name: "Exploit, then a web shell",
    tells: "look-ups find who it is and what is open",
    at: 37,
    ends: { risk: 8, riskClass: "high" },
  },
  {
    name: "Exfiltration",
    tells: "gigabytes from fs-01, matched by category",
    at: 46,
    ends: { risk: 7, riskClass: "high" },
  },
];

/** `0:05`. */
export function sceneTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
