process.env.TZ = 'UTC';

module.exports = {
  import: ['tsx'],
  extension: ['ts'],
  reporter: './scripts/result-reporter.cjs',
};
