/** Registers a premium that came in. */
import { record } from '@acme/audit';
import { today } from '@acme/calendar';
import { readForm, refilled } from '@acme/forms';
import { bookPayment, paymentReference } from '@acme/payments-core';
import { policyByReference } from '@acme/policies-core';
import {
  type Field,
  form,
  type Html,
  page,
  type Screen,
  type ScreenContent,
  type ScreenRequest,
  screen,
} from '@system/ui';

function fields(): readonly Field[] {
  return [
    {
      name: 'policy',
      label: 'Policy',
      kind: 'text',
      required: true,
      hint: 'As on the transfer, for instance PO-000002',
    },
    { name: 'amount', label: 'Amount', kind: 'amount', required: true },
    { name: 'receivedOn', label: 'Received on', kind: 'date', required: true, value: today() },
    { name: 'bankReference', label: 'Bank reference', kind: 'text', required: true, hint: 'It is booked once only' },
    { name: 'remark', label: 'Remark', kind: 'text' },
  ];
}

export const RegisterPayment: Screen = screen('Register a payment', (request) =>
  request.method === 'POST' ? register(request) : blank(request, {}),
);

async function register(request: ScreenRequest): Promise<ScreenContent> {
  const sent = readForm(request.form);
  const policy = await policyByReference(sent.text('policy'));
  if (!policy) sent.reject('policy', 'There is no such policy.');
  const received = {
    amount: sent.amount('amount'),
    receivedOn: sent.date('receivedOn', { latest: today() }),
    bankReference: sent.text('bankReference', { atMost: 40 }),
    remark: sent.text('remark', { atLeast: 0 }),
  };
  if (!policy || !sent.accepted()) return { status: 422, content: blank(request, sent.problems) };

  const booking = await bookPayment(policy, received);
  const reference = paymentReference(booking.payment);
  if (booking.kind === 'known') {
    return { status: 422, content: blank(request, { bankReference: `Booked already, as ${reference}.` }) };
  }
  await record(request, { subject: 'payment', reference, action: 'registered', remark: received.remark });
  return { redirect: `/payments/Payments?done=${reference}` };
}

function blank(request: ScreenRequest, problems: Readonly<Record<string, string>>): Html {
  return page({
    title: 'Register a payment',
    content: form({ submit: 'Register', fields: refilled(fields(), { ...request.query, ...request.form }, problems) }),
  });
}
