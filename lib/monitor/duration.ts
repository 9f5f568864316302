/** How long something took, in the two largest units: `842ms`, `3.2s`, `12m 3s`, `2h 5m`, `1d 3h`. */
export function durationText(ms: number): string {
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))}ms`;
  return ms < 9950 ? `${(ms / 1000).toFixed(1)}s` : wholeSeconds(ms);
}

/** The same without parts of a second, for what is shown while it runs: `0s`, `12m 3s`. */
export function wholeSeconds(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const [seconds, minutes, hours] = [total % 60, Math.floor(total / 60) % 60, Math.floor(total / 3600) % 24];
  if (total < 60) return `${seconds}s`;
  if (total < 3600) return `${minutes}m ${seconds}s`;
  const days = Math.floor(total / 86_400);
  return days === 0 ? `${hours}h ${minutes}m` : `${days}d ${hours}h`;
}

/** Time of day where the script runs: `12:04:31.207`. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${
    String(date.getMilliseconds()).padStart(3, "0")
  }`;
}

/** Day where the script runs: `2026-11-20`. */
export function day(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Offset of the local time from UTC: `+01:00`. */
export function zone(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
