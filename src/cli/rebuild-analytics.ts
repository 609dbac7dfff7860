import { AnalyticsApi } from '../modules/analytics/analytics.api.js';
import { withApplication } from './context.js';

await withApplication(async (app) => {
  let sales = 0;
  await app.get(AnalyticsApi).rebuild((more) => {
    sales += more;
    process.stderr.write(`${sales} sales summed up\n`);
  });
  process.stdout.write(`The sums of ${sales} sales are made anew.\n`);
});
