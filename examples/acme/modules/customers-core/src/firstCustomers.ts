/** The customers that a new environment starts with. */
import type { Customer } from './index.js';

export const firstCustomers: readonly Customer[] = [
  {
    name: { given: 'Marta', family: 'Oliveira' },
    email: 'marta.oliveira@example.org',
    address: { street: 'Rua da Rosa 14', postalCode: '1200-382', city: 'Lisboa', country: 'PT' },
    bornOn: '1984-05-17',
    language: 'pt',
  },
  {
    name: { given: 'Jonas', family: 'Weber' },
    email: 'jonas.weber@example.org',
    address: { street: 'Torstraße 88', postalCode: '10119', city: 'Berlin', country: 'DE' },
    bornOn: '1971-11-02',
    language: 'de',
  },
  {
    name: { given: 'Elena', family: 'de la Cruz' },
    email: 'elena.delacruz@example.org',
    address: { street: 'Calle de Embajadores 31', postalCode: '28012', city: 'Madrid', country: 'ES' },
    bornOn: '1992-02-28',
    language: 'es',
  },
  {
    name: { given: 'Pieter', family: 'van Dijk' },
    email: 'pieter.vandijk@example.org',
    address: { street: 'Herengracht 205', postalCode: '1016 BE', city: 'Amsterdam', country: 'NL' },
    bornOn: '1965-08-09',
    language: 'en',
  },
  {
    name: { given: 'Amélie', family: 'Garnier' },
    email: 'amelie.garnier@example.org',
    address: { street: '12 rue Oberkampf', postalCode: '75011', city: 'Paris', country: 'FR' },
    bornOn: '1999-12-30',
    language: 'en',
  },
];
