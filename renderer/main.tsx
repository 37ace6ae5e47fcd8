import "@blueprintjs/core/lib/css/blueprint.css";
import "./ui/fonts.css";
import "./ui/tokens.css";
import "./ui/blueprint-bridge.css";
import "./ui/base.css";
import "./ui/parts.css";
import "./ui/grid/grid.css";
import "./ui/query.css";
import "./app/frame.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { connect } from "./app/connect.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
connect();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
