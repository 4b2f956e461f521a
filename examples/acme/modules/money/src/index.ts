/** Amounts of money: whole cents, so that sums are exact. */
import { setting } from '@system/settings';

/** A whole number of cents. */
export type Cents = number;

/** The company's currency as ISO 4217 names it; a site property, since subsidiaries differ. */
export function currency(): string {
  return setting('@acme/money', 'Currency', 'EUR');
}

/** `€1,250.50`. */
export function showMoney(amount: Cents): string {
  return new Intl.NumberFormat('en-GB', { style: 'currency', currency: currency() }).format(amount / 100);
}

/** `1250.50`: what an input field holds and a file for the bank expects. */
export function plainMoney(amount: Cents): string {
  const whole = Math.trunc(Math.abs(amount) / 100);
  const rest = String(Math.abs(amount) % 100).padStart(2, '0');
  return `${amount < 0 ? '-' : ''}${whole}.${rest}`;
}

export type MoneyReading = { readonly cents: Cents } | { readonly problem: string };

/** Reads what a person typed: `1250`, `1,250.5`, `€ 1 250.50`. Never rounds: a third decimal is a problem. */
export function readMoney(typed: string): MoneyReading {
  const plain = typed.replace(/[\s,€$£]/g, '');
  const match = /^(-?)(\d{1,10})(?:\.(\d+))?$/.exec(plain);
  if (!match) return { problem: 'Write an amount such as 1250.50.' };
  const [, sign, whole, decimals = ''] = match;
  if (decimals.length > 2) return { problem: 'Write at most two decimals.' };
  const cents = Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
  return { cents: sign === '-' ? -cents : cents };
}

export function total(amounts: readonly Cents[]): Cents {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

/** A share of an amount, rounded half away from zero to a whole cent. */
export function percentOf(amount: Cents, percent: number): Cents {
  const exact = (Math.abs(amount) * percent) / 100;
  return Math.sign(amount) * Math.floor(exact + 0.5);
}

/**
 * An amount in `parts` instalments that differ by a cent at most and sum up to it exactly; the larger ones come first.
 * Throws on a number of parts that is not a positive whole number.
 */
export function instalments(amount: Cents, parts: number): Cents[] {
  if (!Number.isInteger(parts) || parts < 1) throw new RangeError(`An amount cannot be paid in ${parts} instalments.`);
  const smaller = Math.trunc(amount / parts);
  const larger = Math.abs(amount - smaller * parts);
  const cent = Math.sign(amount);
  return Array.from({ length: parts }, (_, index) => (index < larger ? smaller + cent : smaller));
}

/** How much of `whole` a `part` is, in percent with one decimal; 0 of nothing. */
export function share(part: Cents, whole: Cents): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10;
}
