import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { RouterProvider } from "react-router";
import { type App, AppProvider } from "./hooks/app.tsx";
import { SessionHolder } from "./hooks/session-holder.tsx";
import { router } from "./router.tsx";
import { colorSchemeManager } from "./theme/color-scheme.ts";
import { cssVariables, theme } from "./theme/theme.ts";

/** The whole console. */
export function Console({ app }: { app: App }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <Notifications position="bottom-center" limit={3} autoClose={4000} />
      <AppProvider app={app}>
        <SessionHolder>
          <RouterProvider router={router} />
        </SessionHolder>
      </AppProvider>
    </MantineProvider>
  );
}

/** Shown when the origin serves no configuration: nothing else can be said then. */
export function NotConfigured() {
  return (
    <main style={{ padding: "20vh 24px", maxWidth: 480, margin: "0 auto", fontFamily: "system-ui, sans-serif" }}>
      <h1>The console cannot start</h1>
      <p>It could not load its configuration. Check your connection and reload the page.</p>
    </main>
  );
}
