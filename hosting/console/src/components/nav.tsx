import {
  IconAddressBook,
  IconBook2,
  IconDownload,
  IconHourglass,
  IconListDetails,
  IconLock,
  IconMessageCircle,
  IconProgressCheck,
  IconReceipt,
  IconSettings,
  IconUserSearch,
} from "@tabler/icons-react";
import { NavLink } from "react-router";
import type { Permission } from "../api/shapes.ts";
import { useSession } from "../hooks/app.tsx";
import { Logo } from "./logo.tsx";

interface Place {
  to: string;
  title: string;
  icon: typeof IconBook2;
  needs: Permission;
}

const groups: readonly { title: string; places: readonly Place[] }[] = [
  {
    title: "Chat",
    places: [
      { to: "/conversations", title: "Conversations", icon: IconMessageCircle, needs: "conversations:read" },
      { to: "/people", title: "People", icon: IconUserSearch, needs: "subjects:search" },
      { to: "/leads", title: "Leads", icon: IconAddressBook, needs: "leads:read" },
    ],
  },
  {
    title: "Privacy",
    places: [
      { to: "/jobs", title: "Jobs", icon: IconProgressCheck, needs: "jobs:read" },
      { to: "/exports", title: "Exports", icon: IconDownload, needs: "exports:read" },
      { to: "/receipts", title: "Receipts", icon: IconReceipt, needs: "erasures:read" },
      { to: "/retention", title: "Retention", icon: IconHourglass, needs: "account:read" },
      { to: "/holds", title: "Holds", icon: IconLock, needs: "holds:write" },
      { to: "/audit", title: "Audit trail", icon: IconListDetails, needs: "audit:read" },
    ],
  },
  {
    title: "Set-up",
    places: [
      { to: "/documents", title: "Documents", icon: IconBook2, needs: "knowledge:read" },
      { to: "/settings", title: "Settings", icon: IconSettings, needs: "account:read" },
    ],
  },
];

/** The business and where its data lives. */
export function Brand() {
  const { me } = useSession();
  return (
    <div className="nav-brand">
      <Logo />
      <div style={{ minWidth: 0 }}>
        <div className="nav-brand-name clip">{me.tenantName}</div>
        <div className="nav-brand-place">Lethe · {me.region === "eu" ? "Europe" : "United States"}</div>
      </div>
    </div>
  );
}

/** Where the role may go. */
export function Nav({ onGo }: { onGo?: () => void }) {
  const { can } = useSession();
  return (
    <div className="nav-groups">
      {groups.map(({ title, places }) => {
        const open = places.filter((place) => can(place.needs));
        if (open.length === 0) return null;
        return (
          <div key={title}>
            <div className="nav-group-title">{title}</div>
            <ul className="nav-list">
              {open.map(({ to, title: name, icon: Icon }) => (
                <li key={to}>
                  <NavLink to={to} className="nav-link" {...(onGo === undefined ? {} : { onClick: onGo })}>
                    <Icon size={18} stroke={1.6} aria-hidden="true" />
                    {name}
                  </NavLink>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </div>
  );
}
