import "./settings.css";
import { NavLink, Outlet } from "react-router";
import type { Permission } from "../api/shapes.ts";
import { useHeadingFocus } from "../components/page.tsx";
import { useSession } from "../hooks/app.tsx";

const parts: readonly { to: string; title: string; needs: Permission | undefined }[] = [
  { to: "/settings", title: "Business", needs: "account:read" },
  { to: "/settings/agent", title: "Agent", needs: "account:read" },
  { to: "/settings/channels", title: "Channels", needs: "account:read" },
  { to: "/settings/notice", title: "Privacy notice", needs: "account:read" },
  { to: "/settings/team", title: "Team", needs: "team:read" },
  { to: "/settings/keys", title: "API keys", needs: "keys:write" },
  { to: "/settings/password", title: "Your password", needs: undefined },
];

/** The frame of the settings. */
export function SettingsLayout() {
  const { can } = useSession();
  const heading = useHeadingFocus<HTMLHeadingElement>();
  return (
    <div className="settings">
      <title>Settings · Lethe</title>
      <h1 ref={heading} tabIndex={-1}>
        Settings
      </h1>
      <nav className="settings-nav" aria-label="Settings">
        <ul>
          {parts
            .filter(({ needs }) => needs === undefined || can(needs))
            .map(({ to, title }) => (
              <li key={to}>
                <NavLink to={to} end className="nav-link">
                  {title}
                </NavLink>
              </li>
            ))}
        </ul>
      </nav>
      <div>
        <Outlet />
      </div>
    </div>
  );
}
