module.exports = {
  uiHost: '127.0.0.1',
  uiPort: process.env.BENCH_UI_PORT,
  flowFile: 'flows.json',
  credentialSecret: false,
  functionGlobalContext: {
    pool: new (require('pg').Pool)({
      host: '127.0.0.1',
      port: process.env.BENCH_PG_PORT,
      user: 'postgres',
      password: process.env.BENCH_PG_PASSWORD,
      database: 'postgres',
      max: 1,
    }),
  },
  logging: {console: {level: 'info', metrics: false, audit: false}},
};
