/** The payments that a new environment starts with; the policies are those of `@acme/policies-core`. */
import { addDays, addMonths, type IsoDate, today } from '@acme/calendar';
import type { Payment } from './ledger.js';

export function firstPayments(): readonly Payment[] {
  return [
    premium(1, 51_600, addDays(addMonths(today(), -9), 6), 'TRF-70118', 'PO-000001 yearly premium'),
    premium(2, 11_100, addDays(addMonths(today(), -11), 12), 'TRF-70342', 'PO-000002 first half'),
    premium(3, 57_350, addDays(addMonths(today(), -4), 3), 'TRF-71990', 'PO 3 Weber'),
    premium(6, 10_850, addDays(addMonths(today(), -1), 1), 'TRF-72604', 'travel insurance PO-000006'),
    {
      policyId: 1,
      direction: 'out',
      amount: 165_600,
      receivedOn: addDays(today(), -60),
      bankReference: 'OUT-CL-000001',
      remark: 'Claim CL-000001',
    },
  ];
}

function premium(
  policyId: number,
  amount: number,
  receivedOn: IsoDate,
  bankReference: string,
  remark: string,
): Payment {
  return { policyId, direction: 'in', amount, receivedOn, bankReference, remark };
}
