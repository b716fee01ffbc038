import "./theme/mantine.ts";
import "./theme/base.css";
import "./theme/mantine-changes.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Api } from "./api/api.ts";
import { loadConfig } from "./api/config.ts";
import { LiveJobs } from "./api/live-jobs.ts";
import { Console, NotConfigured } from "./console.tsx";
import { Cache } from "./hooks/cache.ts";

const element = document.querySelector("#root");
if (element === null) throw new Error("index.html has no #root");
const root = createRoot(element);

loadConfig().then(
  (config) => {
    const api = new Api(config);
    const app = { api, live: new LiveJobs(api), cache: new Cache() };
    root.render(
      <StrictMode>
        <Console app={app} />
      </StrictMode>,
    );
  },
  () => root.render(<NotConfigured />),
);
