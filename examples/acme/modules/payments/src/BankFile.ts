/** The file with which the bank pays out the claims of a day. */
import { showIban, transferFile } from '@acme/bank-files';
import { today } from '@acme/calendar';
import { customerName } from '@acme/customers-core';
import { showMoney } from '@acme/money';
import { payments } from '@acme/payments-core';
import { holderOf, policies } from '@acme/policies-core';
import { facts, html, page, type Screen, screen, section } from '@system/ui';

/** Payouts go through the company's clearing account, which passes them on by the remark. */
const clearingAccount = 'PT50 0002 0123 1234 5678 9015 4';

export const BankFile: Screen = screen('Bank file', async (request) => {
  const day = request.query.day ?? today();
  const outgoing = await payments.select({ where: { direction: 'out', receivedOn: day } });
  const names = new Map<number, string>();
  for (const { policyId } of outgoing) {
    const policy = await policies.find(policyId);
    names.set(policyId, policy ? customerName(await holderOf(policy)) : 'UNKNOWN');
  }
  const file = transferFile(day, outgoing, (payment) => ({
    name: names.get(payment.policyId) ?? 'UNKNOWN',
    iban: clearingAccount,
  }));
  return page({
    title: 'Bank file',
    lead: `Payouts of ${day}, through ${showIban(clearingAccount)}.`,
    content: section(
      file.name,
      html`${facts([
        ['Transfers', file.transfers],
        ['Sum', showMoney(file.sum)],
      ])}<pre>${file.text}</pre>`,
    ),
  });
});
