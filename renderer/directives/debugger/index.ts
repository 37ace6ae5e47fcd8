export { Debugger } from "./debugger.tsx";
