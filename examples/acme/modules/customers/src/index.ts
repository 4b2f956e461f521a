/** The screens of customer care. */
export { Customer } from './Customer.js';
export { Customers } from './Customers.js';
export { NewCustomer } from './NewCustomer.js';
