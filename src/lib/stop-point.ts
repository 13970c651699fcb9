/**
 * A named place at which a test may kill the process, to show that nothing is lost or repeated there. In a running
 * product it does nothing.
 */
export type StopPoint = (name: string) => void;

/** Passes every point. */
export const neverStop: StopPoint = () => undefined;

/** Kills this process at the point of this name, as a power cut would: nothing is closed, nothing is flushed. */
export function stopAt(wanted: string): StopPoint {
  return (name) => {
    if (name === wanted) process.kill(process.pid, 'SIGKILL');
  };
}
