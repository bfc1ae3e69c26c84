const { availableParallelism } = require('node:os');

process.env.TZ = 'UTC';

module.exports = {
  import: ['tsx'],
  extension: ['ts'],
  // Slow machines are no failures; a test that hangs is.
  timeout: 20_000,
  jobs: availableParallelism(),
  reporter: './scripts/result-reporter.cjs',
};
