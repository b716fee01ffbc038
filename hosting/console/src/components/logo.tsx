/** The mark: one river, half of it already gone. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="logo">
      <rect width="32" height="32" rx="9" fill="#0f6470" />
      <path
        d="M6 12.5c3.3-3.4 6.7-3.4 10 0s6.7 3.4 10 0M6 20.5c3.3-3.4 6.7-3.4 10 0"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
