import "./notice.css";
import { IconAlertTriangle, IconInfoCircle, IconShieldLock } from "@tabler/icons-react";
import type { ReactNode } from "react";

const icons = { danger: IconAlertTriangle, warn: IconShieldLock, quiet: IconInfoCircle } as const;

/** A remark that stands out from the page. */
export function Notice(props: {
  tone: keyof typeof icons;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  role?: "alert" | "status";
}) {
  const { tone, title, children, action, role } = props;
  const Icon = icons[tone];
  return (
    <div className={`notice notice-${tone}`} role={role}>
      <Icon size={18} stroke={1.7} aria-hidden="true" />
      <div className="notice-body">
        {title !== undefined && <div className="notice-title">{title}</div>}
        {children !== undefined && <div>{children}</div>}
        {action !== undefined && <div className="notice-action">{action}</div>}
      </div>
    </div>
  );
}
