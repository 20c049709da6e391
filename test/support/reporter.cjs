const { reporters, Runner } = require('mocha');

const PATIENCE_MS = 10_000;

/** Mocha's own report, a last line with the figures that machines read, and an end to a run that hangs. */
module.exports = class Report extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    // After Spec's own listener, so that the figures stand below everything else.
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const skipped = pending === 0 ? '' : ` (${pending} skipped)`;
      process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`);
      setTimeout(endHangingRun, PATIENCE_MS).unref();
    });
  }
};

// Runs only when something still holds the process: a server or a pool that a test did not close.
function endHangingRun() {
  process.stderr.write(`The tests ended but left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
  process.exit(1);
}
