import "./shell.css";
import { ActionIcon, Button, Drawer } from "@mantine/core";
import { IconMenu2 } from "@tabler/icons-react";
import { Suspense, useEffect, useMemo, useState } from "react";
import { Navigate, Outlet, ScrollRestoration, useLocation, useMatches, useNavigation } from "react-router";
import type { Me } from "../api/shapes.ts";
import { type Session, SessionProvider } from "../hooks/app.tsx";
import { useSessionHolder } from "../hooks/session-holder.tsx";
import { neededBy } from "../needs.ts";
import { prefetchPages } from "../pages.ts";
import { NotAllowed } from "../routes/not-allowed.tsx";
import { ClosingBanner } from "./closing-banner.tsx";
import { Logo } from "./logo.tsx";
import { Brand, Nav } from "./nav.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { UserMenu } from "./user-menu.tsx";

/** What stands around every page after sign-in; whoever is not signed in is led there first. */
export function Shell() {
  const { state, tryAgain } = useSessionHolder();
  const location = useLocation();
  if (state.kind === "unknown") {
    return (
      <div className="splash">
        <span className="after-a-while">
          <Logo size={40} />
          <span className="only-heard">Loading</span>
        </span>
      </div>
    );
  }
  if (state.kind === "unreachable") {
    return (
      <main className="splash">
        <div style={{ maxWidth: 460 }}>
          <ProblemNotice problem={state.problem} action={<Button onClick={tryAgain}>Try again</Button>} />
        </div>
      </main>
    );
  }
  if (state.kind === "nobody") {
    // Whoever left did not mean to come back to this page, and the next one here may be somebody else.
    const from = state.why === "left" ? undefined : location.pathname;
    return <Navigate to="/sign-in" replace state={{ from, hasEnded: state.why === "ended" }} />;
  }
  return <SignedIn me={state.me} />;
}

function SignedIn({ me }: { me: Me }) {
  const { leave } = useSessionHolder();
  const navigation = useNavigation();
  const needs = useMatches().flatMap(({ handle }) => neededBy(handle) ?? []);
  const [isMenuOpen, setMenuOpen] = useState(false);
  useEffect(prefetchPages, []);
  const session = useMemo<Session>(() => {
    const permissions = new Set(me.permissions);
    return { me, can: (permission) => permissions.has(permission), signOut: leave };
  }, [me, leave]);
  const isAllowed = needs.every((permission) => session.can(permission));
  return (
    <SessionProvider session={session}>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      {navigation.state !== "idle" && <div className="shell-progress" />}
      <div className="shell">
        <nav className="shell-top" aria-label="Top">
          <Brand />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={44}
            aria-label="Open menu"
            aria-expanded={isMenuOpen}
            onClick={() => setMenuOpen(true)}
          >
            <IconMenu2 size={22} stroke={1.6} />
          </ActionIcon>
        </nav>
        <nav className="shell-side" aria-label="Main">
          <div className="nav">
            <Brand />
            <Nav />
            <UserMenu />
          </div>
        </nav>
        <main className="shell-main" id="content" tabIndex={-1}>
          <ClosingBanner />
          {isAllowed ? (
            <Suspense>
              <Outlet />
            </Suspense>
          ) : (
            <NotAllowed />
          )}
        </main>
      </div>
      <Drawer
        opened={isMenuOpen}
        onClose={() => setMenuOpen(false)}
        position="right"
        size={300}
        title={me.tenantName}
        closeButtonProps={{ "aria-label": "Close menu" }}
      >
        <nav aria-label="Main" style={{ display: "grid", gap: 24 }}>
          <Nav onGo={() => setMenuOpen(false)} />
          <UserMenu onGo={() => setMenuOpen(false)} />
        </nav>
      </Drawer>
      <ScrollRestoration />
    </SessionProvider>
  );
}
