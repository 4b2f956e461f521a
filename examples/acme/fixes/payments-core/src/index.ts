/** Payments: premiums that come in, claims that are paid out. */
export {
  type Booking,
  bookPayment,
  bookPayout,
  type Direction,
  type Payment,
  paidSince,
  paymentReference,
  payments,
  type StoredPayment,
} from './ledger.js';
export { readStatement, type StatementLine, type StatementReading } from './statement.js';
