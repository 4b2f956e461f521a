/** The screens of the cashier. */
export { BankFile } from './BankFile.js';
export { ImportStatement } from './ImportStatement.js';
export { Payments } from './Payments.js';
export { RegisterPayment } from './RegisterPayment.js';
