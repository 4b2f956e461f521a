/** Files for the bank: outgoing payments as the bank's transfer desk reads them. */
import { type Cents, plainMoney, total } from '@acme/money';
import { paymentReference, type StoredPayment } from '@acme/payments-core';
import { masked } from '@acme/text';

/** What the bank must know of each transfer beside the payment itself. */
export interface Beneficiary {
  readonly name: string;
  readonly iban: string;
}

export interface BankFile {
  readonly name: string;
  readonly text: string;
  readonly transfers: number;
  readonly sum: Cents;
}

/**
 * Whether an account number is a right IBAN: its two check digits make the whole, letters counted from A = 10,
 * leave a remainder of 1 when divided by 97 (ISO 13616).
 */
export function isIban(typed: string): boolean {
  const iban = typed.replace(/\s/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const turned = iban.slice(4) + iban.slice(0, 4);
  let remainder = 0;
  for (const character of turned) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Groups of four, the way it stands on a card; all but the end hidden. */
export function showIban(iban: string): string {
  return masked(iban.replace(/\s/g, '').replace(/(.{4})(?=.)/g, '$1 '));
}

/**
 * One record a transfer, between a head and a foot that carries count and sum, which the bank compares.
 * Throws on a payment that comes in, and on a beneficiary without a right account.
 */
export function transferFile(
  day: string,
  payments: readonly StoredPayment[],
  beneficiaryOf: (payment: StoredPayment) => Beneficiary,
): BankFile {
  const records = payments.map((payment) => transferRecord(payment, beneficiaryOf(payment)));
  const sum = total(payments.map((payment) => payment.amount));
  const head = `H ${day.replaceAll('-', '')} ACME INSURANCE`;
  const foot = `F ${String(payments.length).padStart(6, '0')} ${amountField(sum)}`;
  return {
    name: `transfers-${day}.txt`,
    text: `${[head, ...records, foot].join('\n')}\n`,
    transfers: payments.length,
    sum,
  };
}

function transferRecord(payment: StoredPayment, beneficiary: Beneficiary): string {
  const reference = paymentReference(payment);
  if (payment.direction !== 'out') throw new Error(`${reference} comes in: it cannot be transferred.`);
  if (!isIban(beneficiary.iban)) throw new Error(`${reference} has no right account number for ${beneficiary.name}.`);
  const name = bankText(beneficiary.name).slice(0, 27).padEnd(27);
  const account = beneficiary.iban.replace(/\s/g, '').padEnd(34);
  return `T ${reference} ${amountField(payment.amount)} ${account} ${name} ${bankText(payment.remark)}`.trimEnd();
}

/** Banks know no accents: `Amélie` becomes `AMELIE`. */
function bankText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toUpperCase()
    .replace(/[^A-Z0-9 /.,-]/g, ' ');
}

function amountField(amount: Cents): string {
  return plainMoney(amount).padStart(14, '0');
}
