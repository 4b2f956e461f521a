/** Requests of users, front end by front end: the balancer follows what is wanted, and says what it observes. */
import type { Traffic } from '../../port/traffic.js';
import type { EmbeddedContext } from './context.js';
import { untilFrontEnd, want } from './frontEndWishes.js';
import type { Own } from './own.js';

export function embeddedTraffic(context: EmbeddedContext): Own<Traffic> {
  return {
    takeOut: async (request, progress) => {
      await want(context, request, { wanted_traffic: 'drained' });
      await untilFrontEnd(context, request, progress, 'is drained', (now) => now.observed_traffic === 'drained');
    },
    putBack: async (request, progress) => {
      await want(context, request, { wanted_traffic: 'serving' });
      await untilFrontEnd(context, request, progress, 'serves', (now) => now.observed_traffic === 'serving');
    },
    letBack: async ({ environment, frontEnd, token }) => {
      await context.database
        .updateTable('front_ends')
        .set({ wanted_traffic: 'serving' })
        .where('name', '=', frontEnd)
        .where('environment', 'in', (eb) =>
          eb
            .selectFrom('holds')
            .select('environment')
            .where('environment', '=', environment)
            .where('token', '=', token),
        )
        .execute();
    },
  };
}
