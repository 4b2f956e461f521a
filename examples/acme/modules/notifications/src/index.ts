/** Letters to customers: a template per occasion and language, handed to the outbox. */
import { customerName, type StoredCustomer } from '@acme/customers-core';
import { outbox, post } from '@system/http';
import { fill } from '@system/text';

export type Occasion = 'claim filed' | 'claim decided' | 'payment reminder';

interface Template {
  readonly subject: string;
  readonly text: string;
}

const english: Readonly<Record<Occasion, Template>> = {
  'claim filed': {
    subject: 'We have received your claim {reference}',
    text: 'Dear {name}, thank you for telling us. A claim handler will look at {reference} within two working days.',
  },
  'claim decided': {
    subject: 'Your claim {reference} is {decision}',
    text: 'Dear {name}, your claim {reference} is {decision}. {explanation}',
  },
  'payment reminder': {
    subject: 'A premium is still open',
    text: 'Dear {name}, {amount} for policy {reference} was due on {due}. Please transfer it within {days} days.',
  },
};

/** Occasions that have been translated; the others go out in English. */
const translated: Readonly<Partial<Record<StoredCustomer['language'], Partial<Record<Occasion, Template>>>>> = {
  de: {
    'claim filed': {
      subject: 'Wir haben Ihre Meldung {reference} erhalten',
      text: 'Guten Tag {name}, vielen Dank. Wir melden uns zu {reference} innerhalb von zwei Arbeitstagen.',
    },
  },
  es: {
    'claim filed': {
      subject: 'Hemos recibido su parte {reference}',
      text: 'Estimado/a {name}: gracias por avisarnos. Revisaremos {reference} en dos días laborables.',
    },
  },
  pt: {
    'claim filed': {
      subject: 'Recebemos a sua participação {reference}',
      text: 'Caro/a {name}, obrigado. Vamos analisar {reference} em dois dias úteis.',
    },
  },
};

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The letter as the customer gets it. A place of the template without a value stays visible, so that it is noticed. */
export function compose(
  customer: StoredCustomer,
  occasion: Occasion,
  values: Readonly<Record<string, string | number>>,
): Letter {
  const template = translated[customer.language]?.[occasion] ?? english[occasion];
  const all = { name: customerName(customer), ...values };
  return { to: customer.email, subject: fill(template.subject, all), text: fill(template.text, all) };
}

/** Queues the letter and answers with its number in the outbox. */
export async function notify(
  customer: StoredCustomer,
  occasion: Occasion,
  values: Readonly<Record<string, string | number>>,
): Promise<number> {
  const receipt = await post('mail:letters', compose(customer, occasion, values));
  return receipt.reference;
}

/** What was queued for a customer, the newest first. */
export async function lettersTo(customer: StoredCustomer): Promise<Letter[]> {
  const queued = await outbox(500);
  return queued.map((message) => message.body as Letter).filter((letter) => letter?.to === customer.email);
}
