/** Customers: the people and households that the company insures. */
import { type Address, addressLines, normalized } from '@acme/addresses';
import { fullName, type PersonName, parseName, reference, referencedId, sortableName } from '@acme/text';
import { type Stored, table } from '@system/data';
import { firstCustomers } from './firstCustomers.js';

export interface Customer {
  readonly name: PersonName;
  readonly email: string;
  readonly address: Address;
  /** ISO 8601, a day. */
  readonly bornOn: string;
  readonly language: 'en' | 'de' | 'es' | 'pt';
}

export type StoredCustomer = Stored<Customer>;

export const customers = table<Customer>('customer', { initial: firstCustomers });

export function customerReference(customer: { readonly id: number }): string {
  return reference('CU', customer.id);
}

export function customerName(customer: Customer): string {
  return fullName(customer.name);
}

/** Name and address as they stand on a letter. */
export function letterHead(customer: Customer): string[] {
  return [customerName(customer), ...addressLines(customer.address)];
}

/** Customers whose name, mail address or reference fits what was typed, sorted by family name. */
export async function searchCustomers(typed: string, max: number): Promise<StoredCustomer[]> {
  const id = referencedId('CU', typed);
  if (id !== undefined) {
    const found = await customers.find(id);
    return found ? [found] : [];
  }
  const wanted = typed.trim().toLowerCase();
  const everyone = await customers.select();
  return everyone
    .filter((customer) => `${customerName(customer)} ${customer.email}`.toLowerCase().includes(wanted))
    .sort((left, right) => sortableName(left.name).localeCompare(sortableName(right.name), 'en'))
    .slice(0, max);
}

export type Registration =
  | { readonly kind: 'registered'; readonly customer: StoredCustomer }
  | { readonly kind: 'known'; readonly customer: StoredCustomer }
  | { readonly kind: 'refused'; readonly field: 'name'; readonly problem: string };

/** Registers a person once: a mail address that is known already leads to that customer. */
export async function registerCustomer(typedName: string, rest: Omit<Customer, 'name'>): Promise<Registration> {
  const name = parseName(typedName);
  if (!name) return { kind: 'refused', field: 'name', problem: 'Write the given name and the family name.' };
  const [known] = await customers.select({ where: { email: rest.email }, max: 1 });
  if (known) return { kind: 'known', customer: known };
  const customer = await customers.insert({ ...rest, name, address: normalized(rest.address) });
  return { kind: 'registered', customer };
}
