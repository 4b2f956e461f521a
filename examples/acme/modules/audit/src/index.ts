/** The company's journal: who decided what about which policy, claim or payment. */
import { day } from '@acme/theme';
import { audit, auditTrail, currentUser } from '@system/security';
import { page, type Screen, type ScreenRequest, screen, table } from '@system/ui';

export type Subject = 'claim' | 'customer' | 'payment' | 'policy';

export interface JournalEntry {
  readonly subject: Subject;
  /** As on letters: `CL-000042`. */
  readonly reference: string;
  readonly action: string;
  readonly remark?: string;
}

/** Keeps an entry under the name of the person whose request it is. */
export async function record(request: ScreenRequest, entry: JournalEntry): Promise<void> {
  const { subject, reference, action, remark = '' } = entry;
  await audit(currentUser(request), action, { subject, reference, remark });
}

export interface JournalLine extends Required<JournalEntry> {
  readonly at: string;
  readonly user: string;
}

/** The newest entries, of one reference or of all. Entries of other origin than this module are left out. */
export async function journal(options: { readonly reference?: string; readonly max: number }): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  for (const entry of await auditTrail(readAhead)) {
    const { subject, reference, remark } = entry.details;
    if (typeof subject !== 'string' || typeof reference !== 'string') continue;
    if (options.reference !== undefined && reference !== options.reference) continue;
    lines.push({
      at: entry.at,
      user: entry.user,
      action: entry.action,
      subject: subject as Subject,
      reference,
      remark: typeof remark === 'string' ? remark : '',
    });
    if (lines.length === options.max) break;
  }
  return lines;
}

/** The trail is shared with other modules, so more is read than shown. */
const readAhead = 2000;

export const Journal: Screen = screen('Journal', async () => {
  const rows = await journal({ max: 100 });
  return page({
    title: 'Journal',
    lead: 'The last hundred decisions, the newest first.',
    content: table(rows, {
      caption: 'Decisions',
      columns: [
        { header: 'Day', cell: (row) => day(row.at.slice(0, 10)) },
        { header: 'Time (UTC)', cell: (row) => row.at.slice(11, 16) },
        { header: 'By', cell: (row) => row.user },
        { header: 'What', cell: (row) => `${row.reference} ${row.action}` },
        { header: 'Remark', cell: (row) => row.remark },
      ],
      empty: 'Nothing has been decided yet. File a claim or register a payment.',
    }),
  });
});
