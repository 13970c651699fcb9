import { readdirSync, readFileSync } from 'node:fs';

/** CPU so far and the most memory held, of one process and of those it started. */
export type ProcessFigures = { own: { cpuSeconds: number; peakMegabytes: number }; tree: { peakMegabytes: number } };

/** Linux counts CPU in hundredths of a second for everybody who asks through /proc, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;
/** Places of user and system time among the fields behind the command's name. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** Reads the figures from the kernel; null where it does not tell (anything but Linux). */
export function processFigures(pid: number): ProcessFigures | null {
  if (process.platform !== 'linux') return null;
  const peaks = [pid, ...descendantsOf(pid)].map(peakMegabytes);
  return {
    own: { cpuSeconds: cpuSeconds(pid), peakMegabytes: peaks[0] ?? 0 },
    tree: { peakMegabytes: peaks.reduce((sum, peak) => sum + peak, 0) },
  };
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command in parentheses and may hold blanks: count from behind it.
  const behind = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(behind[USER_TIME]) + Number(behind[SYSTEM_TIME])) / TICKS_PER_SECOND;
}

function peakMegabytes(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? '0') / 1024;
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}
