/** Books the lines of a bank statement that name a policy; the others are listed for the cashier. */
import { record } from '@acme/audit';
import { bookPayment, paymentReference, readStatement, type StatementLine } from '@acme/payments-core';
import { policies } from '@acme/policies-core';
import { dateColumn, moneyColumn } from '@acme/theme';
import { type Field, form, html, notice, page, type Screen, type ScreenRequest, screen, table } from '@system/ui';

const field: Field = {
  name: 'statement',
  label: 'Statement',
  kind: 'long text',
  required: true,
  hint: 'A line a transfer: day;bank reference;amount;remark',
};

interface Import {
  readonly booked: number;
  readonly known: number;
  readonly unmatched: readonly StatementLine[];
  readonly problems: readonly string[];
}

export const ImportStatement: Screen = screen('Import a statement', async (request) => {
  const done = request.method === 'POST' ? await importStatement(request) : undefined;
  return page({
    title: 'Import a statement',
    lead: 'A transfer that is booked already is left alone, so a statement can be imported again.',
    actions: [{ href: '/payments/Payments', text: 'To the payments' }],
    content: html`
${done && notice(`${done.booked} booked, ${done.known} known before, ${done.unmatched.length} without a policy.`, 'info')}
${done?.problems.map((problem) => notice(problem, 'bad'))}
${
  done &&
  done.unmatched.length > 0 &&
  table(done.unmatched, {
    caption: 'Without a policy',
    columns: [
      dateColumn('Day', (line) => line.receivedOn),
      { header: 'Bank reference', cell: (line) => line.bankReference },
      { header: 'Remark', cell: (line) => line.remark },
      moneyColumn('Amount', (line) => line.amount),
    ],
    empty: '',
  })
}
${form({ submit: 'Import', fields: [field] })}`,
  });
});

async function importStatement(request: ScreenRequest): Promise<Import> {
  const { lines, problems } = readStatement(request.form.statement ?? '');
  const unmatched: StatementLine[] = [];
  let booked = 0;
  let known = 0;
  for (const line of lines) {
    const policy = line.policyId === undefined ? undefined : await policies.find(line.policyId);
    if (!policy) {
      unmatched.push(line);
      continue;
    }
    const booking = await bookPayment(policy, line);
    if (booking.kind === 'known') known++;
    else {
      booked++;
      await record(request, { subject: 'payment', reference: paymentReference(booking.payment), action: 'imported' });
    }
  }
  return { booked, known, unmatched, problems };
}
