/**
 * Which house page tests are played in: one process, as by `npm start`; or, with FRONT_ROW_HOUSE=cluster, the whole thing, as by
 * `npm run cluster`, behind nginx with TLS. The test files are the same.
 */
export const isClusterHouse = process.env['FRONT_ROW_HOUSE'] === 'cluster';
