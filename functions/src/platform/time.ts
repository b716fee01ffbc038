/** A day in milliseconds, as periods count it: time zones and leap seconds are no part of it. */
export const dayMs = 86_400_000;
