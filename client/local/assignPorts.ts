/** Ports are the machine's matter, not the factory's: each start of `up` gives them anew. */
import { inTransaction, type PlatformDatabase } from '../../platform/embedded/database.js';
import type { Ports } from './ports.js';

export async function assignPorts(database: PlatformDatabase, ports: Ports): Promise<void> {
  await inTransaction(database, async (transaction) => {
    const environments = await transaction.selectFrom('environments').select(['name', 'position']).execute();
    for (const { name, position } of environments) {
      const { balancer, serviceCenter, frontEnds } = ports.environment(position);
      await transaction
        .updateTable('environments')
        .set({ balancer_port: balancer, service_center_port: serviceCenter })
        .where('name', '=', name)
        .execute();
      const rows = await transaction
        .selectFrom('front_ends')
        .select('name')
        .where('environment', '=', name)
        .orderBy('name')
        .execute();
      for (const [index, frontEnd] of rows.entries()) {
        await transaction
          .updateTable('front_ends')
          .set({ port: frontEnds + index })
          .where('name', '=', frontEnd.name)
          .execute();
      }
    }
  });
}
