import "./page.css";
import { IconChevronLeft } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "react-router";

/** A page with its title, which is also the tab's, and which takes the focus when the page is gone to. */
export function Page(props: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  back?: { to: string; title: string };
  children: ReactNode;
}) {
  const { title, lead, actions, back, children } = props;
  const heading = useHeadingFocus<HTMLHeadingElement>();
  return (
    <div className="page">
      <title>{`${title} · Lethe`}</title>
      {back !== undefined && (
        <Link to={back.to} className="page-back">
          <IconChevronLeft size={16} stroke={1.8} aria-hidden="true" />
          {back.title}
        </Link>
      )}
      <header className="page-head">
        <div className="page-head-text">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <div className="page-lead">{lead}</div>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under a heading of its own. */
export function Section(props: { title: string; lead?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  const { title, lead, aside, children } = props;
  return (
    <section className="section" aria-label={title}>
      <div className="section-head">
        <div>
          <h2>{title}</h2>
          {lead !== undefined && <p className="section-lead">{lead}</p>}
        </div>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** True until the first page has been shown: its heading must not take the focus from the address bar. */
let isFirstPage = true;

/** Moves the focus to a heading when its page is gone to, so that a screen reader starts there. */
export function useHeadingFocus<Heading extends HTMLElement>() {
  const heading = useRef<Heading>(null);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return heading;
}
