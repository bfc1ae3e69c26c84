const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

/** Mocha's `spec`, which also writes the counts to the file named in MOCHA_RESULTS. */
module.exports = class ResultReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.MOCHA_RESULTS;
    if (file !== undefined && file !== '') {
      runner.once(Runner.constants.EVENT_RUN_END, () => {
        const { passes, failures, pending } = this.stats;
        const counts = { passed: passes, failed: failures, skipped: pending };
        writeFileSync(file, `${JSON.stringify(counts)}\n`);
      });
    }
  }
};
