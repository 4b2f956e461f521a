/** What a publish leaves behind, without front ends: the newest source counts as published, its module is pending. */
import { uploadSource } from '../../platform/embedded/publishing/upload.js';
import type { TinyEnvironment } from './tinyFactory.js';

export async function uploadAndRecordPublished({ context, environment }: TinyEnvironment, module: string, source: string): Promise<void> {
  await context.database.transaction().execute(async (transaction) => {
    await uploadSource(transaction, { environment, module, files: { 'src/index.ts': source } });
    await transaction
      .updateTable('modules')
      .set((eb) => ({ published_source: eb.ref('uploaded_source'), state: 'pending', token: null }))
      .where('environment', '=', environment)
      .where('name', '=', module)
      .execute();
  });
}
