/** Registers a customer. */
import { addressProblem, type Country, countries } from '@acme/addresses';
import { record } from '@acme/audit';
import { customerReference, registerCustomer } from '@acme/customers-core';
import { readForm, refilled } from '@acme/forms';
import { type Field, form, page, type Screen, type ScreenContent, type ScreenRequest, screen } from '@system/ui';

const languages = [
  { value: 'en', text: 'English' },
  { value: 'de', text: 'German' },
  { value: 'es', text: 'Spanish' },
  { value: 'pt', text: 'Portuguese' },
] as const;

const fields: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', required: true, hint: 'Given name, then family name' },
  { name: 'email', label: 'Mail address', kind: 'email', required: true },
  { name: 'bornOn', label: 'Born on', kind: 'date', required: true },
  { name: 'street', label: 'Street and number', kind: 'text', required: true },
  { name: 'postalCode', label: 'Postal code', kind: 'text', required: true },
  { name: 'city', label: 'City', kind: 'text', required: true },
  { name: 'country', label: 'Country', kind: 'choice', choices: countries, required: true },
  { name: 'language', label: 'Language of letters', kind: 'choice', choices: languages, required: true },
];

export const NewCustomer: Screen = screen('New customer', (request) =>
  request.method === 'POST' ? register(request) : blank(request, {}),
);

async function register(request: ScreenRequest): Promise<ScreenContent> {
  const sent = readForm(request.form);
  const name = sent.text('name');
  const country =
    sent.choice<Country>(
      'country',
      countries.map((choice) => choice.value),
    ) ?? 'PT';
  const address = {
    street: sent.text('street'),
    postalCode: sent.text('postalCode'),
    city: sent.text('city'),
    country,
  };
  const rest = {
    email: sent.email('email'),
    bornOn: sent.date('bornOn'),
    language:
      sent.choice(
        'language',
        languages.map((language) => language.value),
      ) ?? 'en',
    address,
  };
  const problem = addressProblem(address);
  if (problem !== undefined) sent.reject('postalCode', problem);
  if (!sent.accepted()) return { status: 422, content: blank(request, sent.problems) };

  const registration = await registerCustomer(name, rest);
  switch (registration.kind) {
    case 'refused':
      return { status: 422, content: blank(request, { [registration.field]: registration.problem }) };
    case 'known':
      return { redirect: `/customers/Customer?id=${registration.customer.id}` };
    case 'registered': {
      const reference = customerReference(registration.customer);
      await record(request, { subject: 'customer', reference, action: 'registered' });
      return { redirect: `/customers/Customers?done=${reference}` };
    }
  }
}

function blank(request: ScreenRequest, problems: Readonly<Record<string, string>>) {
  return page({
    title: 'New customer',
    lead: 'A person whose mail address we know already is not registered twice.',
    content: form({ submit: 'Register', fields: refilled(fields, request.form, problems) }),
  });
}
