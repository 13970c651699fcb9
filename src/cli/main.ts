/** Process entry of the command line `mfa-rollout`. */
import { runCommandLine } from './run.ts';

// Somebody who has read enough (`| head`) closes the pipe, which is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await runCommandLine({
  args: process.argv.slice(2),
  environment: process.env,
  outlet: {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  },
});
