const { reporters, Runner } = require('mocha');

/** Mocha's own report, and a last line with the figures that machines read. */
module.exports = class Report extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    // After Spec's own listener, so that the figures stand below everything else.
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const skipped = pending === 0 ? '' : ` (${pending} skipped)`;
      process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`);
    });
  }
};
