import { Menu, useMantineColorScheme } from "@mantine/core";
import {
  IconAddressBook,
  IconBook2,
  IconCheck,
  IconChevronUp,
  IconDeviceDesktop,
  IconDownload,
  IconKey,
  IconListDetails,
  IconLogout,
  IconMessageCircle,
  IconMoon,
  IconProgressCheck,
  IconReceipt,
  IconSettings,
  IconSun,
  IconUserSearch,
} from "@tabler/icons-react";
import { Link, NavLink } from "react-router";
import type { Permission } from "../api/shapes.ts";
import { useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { roleNames } from "../words/things.ts";
import { Initials } from "./initials.tsx";
import { Logo } from "./logo.tsx";

interface Place {
  to: string;
  title: string;
  icon: typeof IconKey;
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

/** Who is signed in, the look, and the way out. */
export function UserMenu() {
  const { me, signOut } = useSession();
  const leaving = useAction(signOut);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="top-start" width={236} withinPortal={false}>
      <Menu.Target>
        <button type="button" className="nav-user" aria-label={`Account: ${me.name}`}>
          <Initials name={me.name} />
          <span className="nav-user-text">
            <span className="clip" style={{ display: "block", fontWeight: 550 }}>
              {me.name}
            </span>
            <span className="soft">{roleNames[me.role]}</span>
          </span>
          <IconChevronUp size={16} stroke={1.6} aria-hidden="true" className="soft" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {me.email !== undefined && <Menu.Label>{me.email}</Menu.Label>}
        <Menu.Divider />
        <Menu.Label>Look</Menu.Label>
        {looks.map(({ value, name, icon: Icon }) => (
          <Menu.Item
            key={value}
            closeMenuOnClick={false}
            aria-current={colorScheme === value ? "true" : undefined}
            leftSection={<Icon size={16} stroke={1.6} />}
            rightSection={colorScheme === value ? <IconCheck size={15} stroke={2} /> : null}
            onClick={() => setColorScheme(value)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/settings/password" leftSection={<IconKey size={16} stroke={1.6} />}>
          Change password
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.6} />}
          onClick={() => leaving.run()}
          disabled={leaving.isPending}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const looks = [
  { value: "auto", name: "As the system", icon: IconDeviceDesktop },
  { value: "light", name: "Light", icon: IconSun },
  { value: "dark", name: "Dark", icon: IconMoon },
] as const;
