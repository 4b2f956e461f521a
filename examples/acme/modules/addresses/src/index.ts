/** Postal addresses: checked per country, written as the post office wants them. */
import { sentenceList } from '@acme/text';

export type Country = 'DE' | 'ES' | 'FR' | 'NL' | 'PT';

export interface Address {
  readonly street: string;
  readonly postalCode: string;
  readonly city: string;
  readonly country: Country;
}

interface PostalRule {
  readonly name: string;
  readonly pattern: RegExp;
  readonly example: string;
}

const rules: Readonly<Record<Country, PostalRule>> = {
  DE: { name: 'Germany', pattern: /^\d{5}$/, example: '10115' },
  ES: { name: 'Spain', pattern: /^\d{5}$/, example: '28004' },
  FR: { name: 'France', pattern: /^\d{5}$/, example: '75011' },
  NL: { name: 'Netherlands', pattern: /^\d{4} ?[A-Z]{2}$/, example: '1012 AB' },
  PT: { name: 'Portugal', pattern: /^\d{4}-\d{3}$/, example: '1250-096' },
};

export const countries: readonly { readonly value: Country; readonly text: string }[] = (
  Object.keys(rules) as Country[]
).map((value) => ({ value, text: rules[value].name }));

/** What is wrong with an address, as one sentence for the person who typed it; `undefined` when nothing is. */
export function addressProblem(address: Address): string | undefined {
  const missing = (['street', 'city'] as const).filter((part) => address[part].trim() === '');
  if (missing.length > 0) return `Fill in the ${sentenceList(missing)}.`;
  const rule = rules[address.country];
  if (!rule.pattern.test(address.postalCode.trim().toUpperCase())) {
    return `A postal code in ${rule.name} looks like ${rule.example}.`;
  }
  return undefined;
}

/** The same address however it was typed: so that two spellings of one are found to be equal. */
export function normalized(address: Address): Address {
  const postalCode = address.postalCode.trim().toUpperCase();
  return {
    street: address.street.trim().replace(/\s+/g, ' '),
    postalCode: address.country === 'NL' ? postalCode.replace(/^(\d{4}) ?/, '$1 ') : postalCode,
    city: address.city.trim(),
    country: address.country,
  };
}

/** The lines of a letter's address, without the name. */
export function addressLines(address: Address): string[] {
  return [address.street, `${address.postalCode} ${address.city}`, rules[address.country].name.toUpperCase()];
}

export function isCountry(text: string): text is Country {
  return Object.hasOwn(rules, text);
}
