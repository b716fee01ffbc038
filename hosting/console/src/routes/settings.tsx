import "./settings.css";
import { useEffect, useRef } from "react";
import { NavLink, Outlet, useLocation } from "react-router";
import type { Permission } from "../api/shapes.ts";
import { useHeadingFocus } from "../components/page.tsx";
import { useSession } from "../hooks/app.tsx";

interface Part {
  to: string;
  title: string;
  needs?: Permission;
}

const groups: readonly { title: string; parts: readonly Part[] }[] = [
  {
    title: "Account",
    parts: [
      { to: "/settings", title: "Business" },
      { to: "/settings/team", title: "Team", needs: "team:read" },
      { to: "/settings/password", title: "Your password" },
    ],
  },
  {
    title: "Chat",
    parts: [
      { to: "/settings/agent", title: "Agent" },
      { to: "/settings/channels", title: "Channels" },
      { to: "/settings/identity", title: "Visitor identity" },
    ],
  },
  {
    title: "Data protection",
    parts: [
      { to: "/settings/notice", title: "Privacy notice" },
      { to: "/settings/privacy", title: "Privacy", needs: "exports:read" },
      { to: "/settings/encryption", title: "Encryption keys", needs: "keys:write" },
      { to: "/settings/closure", title: "Delete the account" },
    ],
  },
  {
    title: "Software",
    parts: [
      { to: "/settings/keys", title: "API keys", needs: "keys:write" },
      { to: "/settings/webhook", title: "Webhook" },
    ],
  },
];

/** The frame of the settings. */
export function SettingsLayout() {
  const { can } = useSession();
  const heading = useHeadingFocus<HTMLHeadingElement>();
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // On a phone the parts are one line that scrolls: the open one is brought into sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another open part
  useEffect(() => {
    nav.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <div className="settings">
      <title>Settings · Lethe</title>
      <h1 ref={heading} tabIndex={-1}>
        Settings
      </h1>
      <nav ref={nav} className="settings-nav" aria-label="Settings">
        {groups.map(({ title, parts }) => {
          const open = parts.filter(({ needs }) => needs === undefined || can(needs));
          return open.length === 0 ? null : (
            <div key={title} className="settings-group">
              <div className="nav-group-title">{title}</div>
              <ul>
                {open.map(({ to, title: name }) => (
                  <li key={to}>
                    <NavLink to={to} end className="nav-link">
                      {name}
                    </NavLink>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </nav>
      <div>
        <Outlet />
      </div>
    </div>
  );
}
