import "./empty-state.css";
import type { IconKey } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** What a page says when it has nothing to show yet: what will be here, and how it comes here. */
export function EmptyState(props: { icon: typeof IconKey; title: string; children: ReactNode; action?: ReactNode }) {
  const { icon: Icon, title, children, action } = props;
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon size={26} stroke={1.5} aria-hidden="true" />
      </span>
      <h2>{title}</h2>
      <div className="empty-text">{children}</div>
      {action !== undefined && <div className="empty-action">{action}</div>}
    </div>
  );
}
